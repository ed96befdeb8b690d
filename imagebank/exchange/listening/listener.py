"""The DICOM listener: C-ECHO and C-STORE of ultrasound, for the stations of the list alone (PS3.4 A, B; PS3.8)."""

from __future__ import annotations

import logging
import ssl
from typing import Any, Final
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import connection
from pynetdicom import AE, evt

from imagebank.intake.instances import NO_ROOM

from .giving import Giving
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
PDU: Final = 1 << 16
ASSOCIATIONS: Final = 8
IDLE: Final = 60.0
"""Seconds without a message after which an association is ended."""
REJECTED: Final = (0x01, 0x01, 0x03)
"""For good, by the user of the service: calling AE title not recognized (PS3.8 9.3.4)."""
log: Final = logging.getLogger("listener")
logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)  # it tells UIDs and addresses (privacy.md 23)


class Listener:
    """One process, one port. `start` returns at once."""

    def __init__(self, ae_title: str, stations: Stations) -> None:
        self._stations = stations
        self._givings: WeakKeyDictionary[Any, Giving] = WeakKeyDictionary()
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
            (evt.EVT_REQUESTED, self._admit),
            (evt.EVT_C_ECHO, _echo),
            (evt.EVT_C_STORE, self._store),
        ]
        self._server = self._ae.start_server((host, port), block=False, evt_handlers=handlers, ssl_context=tls)
        return int(self._server.socket.getsockname()[1])

    def stop(self) -> None:
        self._ae.shutdown()

    def _account(self, event: Any) -> str:
        caller = event.assoc.requestor
        station = self._stations.find(caller.primitive.calling_ae_title, caller.address)
        return station.account if station else ""

    def _admit(self, event: Any) -> None:
        """Before anything is negotiated."""
        if not self._account(event):
            log.warning("association refused: station not on the list")
            event.assoc.acse.send_reject(*REJECTED)
            event.assoc.kill()

    def _store(self, event: Any) -> int:
        """Success only when the object is encrypted, durable and registered; a fault of ours is "try again"."""
        try:
            if len(event.request.DataSet.getbuffer()) > settings.LIMITS.file_bytes:
                return NO_ROOM
            giving = self._givings.setdefault(event.assoc, Giving(self._account(event)))
            status = giving.give(event.encoded_dataset())
        except Exception:
            log.exception("an object could not be taken")
            return NO_ROOM
        finally:
            connection.close()
        log.info("object answered", extra={"status": f"{status:04X}"})
        return status


def _echo(event: Any) -> int:
    return 0
