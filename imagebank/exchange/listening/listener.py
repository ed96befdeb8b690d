"""The DICOM listener: C-ECHO and C-STORE of ultrasound, for the stations of the list alone (PS3.4 A, B; PS3.8)."""

from __future__ import annotations

import logging
import shutil
import ssl
from collections.abc import Mapping
from typing import Any, Final

import structlog
from pynetdicom import AE, evt

from .metrics import Counters
from .reception import NOT_UNDERSTOOD, Arriving, Recent, Reception, StreamingProvider
from .spool import Spool
from .stations import Stations

VERIFICATION: Final = "1.2.840.10008.1.1"
CLASSES: Final = (
    *(f"1.2.840.10008.5.1.4.1.1.{tail}" for tail in ("6.1", "3.1", "6", "3")),
    *(f"1.2.840.10008.5.1.4.1.1.7{tail}" for tail in ("", ".1", ".2", ".3", ".4")),
)
"""Ultrasound, and captured screens, which are held for a person. Never storage commitment (privacy.md 27)."""
SYNTAXES: Final = tuple(
    f"1.2.840.10008.1.2{tail}"
    for tail in (
        ".1", "", ".1.99", ".2", ".5", *(f".4.{number}" for number in (50, 51, 57, 70, 80, 81, 90, 91)),
        *(f".4.{number}" for number in range(100, 109)), ".4.201", ".4.202", ".4.203",
    )
)  # fmt: skip
"""What the cleaner reads, native ones first."""
PDU: Final = 1 << 17
"""Bytes of P-DATA that a peer is told to send at most."""
LONGEST: Final = 1 << 20
"""Bytes of any PDU: an association request with every context and syntax is far below."""
ASSOCIATIONS: Final = 8
IDLE: Final = 60.0
"""Seconds without a byte after which an association is ended."""
REJECTED: Final = (0x01, 0x01, 0x03)
"""For good, by the user of the service: calling AE title not recognized (PS3.8 9.3.4)."""
log: Final = structlog.get_logger("listener")
logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)  # it tells UIDs and addresses (privacy.md 23)


class Listener:
    """One port. `start` returns at once. It knows no secret and no database: only the spool and the list."""

    def __init__(self, ae_title: str, stations: Stations, spool: Spool, *, limit: int, objects: int = 2_000) -> None:
        """`limit`: bytes of an object; `objects`: those of one deposit."""
        self._stations, self._spool, self._limit, self._objects = stations, spool, limit, objects
        self.counters = Counters()
        self._ae = AE(ae_title=ae_title)
        self._ae.require_called_aet = True
        self._ae.maximum_pdu_size, self._ae.maximum_associations = PDU, ASSOCIATIONS
        self._ae.network_timeout = self._ae.dimse_timeout = IDLE
        self._ae.add_supported_context(VERIFICATION)
        for uid in CLASSES:
            self._ae.add_supported_context(uid, list(SYNTAXES))
        self._server: Any = None

    def start(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> int:
        """Returns the port."""
        handlers: list[Any] = [
            (evt.EVT_CONN_OPEN, _fence),
            (evt.EVT_REQUESTED, self._admit),
            (evt.EVT_ACCEPTED, lambda event: self.counters.add("associations_total")),
            (evt.EVT_REJECTED, lambda event: self.counters.add("associations_rejected_total")),
            (evt.EVT_C_ECHO, _echo),
            (evt.EVT_C_STORE, _store),
            (evt.EVT_CONN_CLOSE, _abandon),
        ]
        self._server = self._ae.start_server((host, port), block=False, evt_handlers=handlers, ssl_context=tls)
        return int(self._server.socket.getsockname()[1])

    def stop(self) -> None:
        self._ae.shutdown()

    def metrics(self) -> Mapping[tuple[str, str], int]:
        """Counts since the start, and how the spool stands."""
        objects, size = self._spool.depth()
        now = {
            "associations": len(self._server.active_associations) if self._server else 0,
            "spool_objects": objects,
            "spool_bytes": size,
            "disk_free_bytes": shutil.disk_usage(self._spool.root).free,
        }
        return self.counters.all() | {(name, ""): value for name, value in now.items()}

    def _admit(self, event: Any) -> None:
        """Before anything is negotiated."""
        caller = event.assoc.requestor
        station = self._stations.find(caller.primitive.calling_ae_title, caller.address)
        if station is None:
            log.warning("association refused: station not on the list")
            self.counters.add("associations_rejected_total")
            event.assoc.acse.send_reject(*REJECTED)
            event.assoc.kill()
            return
        reception = Reception(
            self._spool, Recent(), self.counters, station.account, limit=self._limit, objects=self._objects
        )
        event.assoc.dimse = StreamingProvider(event.assoc, reception)


def _fence(event: Any) -> None:
    """pynetdicom would read as many bytes as a PDU says it has, and wait for them for ever."""
    line = event.assoc.dul.socket
    line.socket.settimeout(IDLE)
    read = line.recv

    def bounded(size: int) -> bytearray:
        if size > LONGEST:
            raise OSError("a PDU that is too long")
        return bytearray(read(size))

    line.recv = bounded


def _store(event: Any) -> int:
    data = event.request.DataSet
    return data.settle() if isinstance(data, Arriving) else NOT_UNDERSTOOD


def _abandon(event: Any) -> None:
    if isinstance(event.assoc.dimse, StreamingProvider):
        event.assoc.dimse.abandon()


def _echo(event: Any) -> int:
    return 0
