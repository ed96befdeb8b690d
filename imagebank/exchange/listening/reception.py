"""From P-DATA to the spool without a copy of the object: pynetdicom's message gets a data set that seals what is
written into it (PS3.7 6.3.1, 9.3.1; PS3.8 9.3.5). It is called by the thread that reads the line, so a slow disk slows
the sender and fills no memory.
"""

from __future__ import annotations

import io
import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from pynetdicom.dimse import DIMSEServiceProvider
from pynetdicom.dimse_messages import C_STORE_RQ, DIMSEMessage
from pynetdicom.dsutils import create_file_meta, encode_file_meta
from pynetdicom.pdu_primitives import P_DATA

from .metrics import Counters
from .spool import Arrival, NoRoom, Permit, Spool

TAKEN: Final = 0x0000
NO_ROOM, NOT_UNDERSTOOD, NOT_AUTHORISED, CONFLICTING = 0xA700, 0xC000, 0x0124, 0x0111
REASONS: Final = {
    NO_ROOM: "no_room",
    NOT_UNDERSTOOD: "not_understood",
    NOT_AUTHORISED: "not_authorised",
    CONFLICTING: "conflict",
}
"""Status (PS3.4 B.2.3, PS3.7 C) -> the metrics' label."""
COMMAND: Final = 1 << 16
"""Bytes of a command set, at most."""
REMEMBERED: Final = 10_000
"""Objects of which the numbers and the hash are still in memory."""
PART_10: Final = b"\0" * 128 + b"DICM"
log: Final = structlog.get_logger("listener")


@dataclass(slots=True)
class Recent:
    """What this association took lately: the same bytes again are kept once, others under the same number are refused.

    Not longer: what was discarded meanwhile may come again.
    """

    _known: OrderedDict[tuple[uuid.UUID, str], bytes] = field(default_factory=OrderedDict)

    def before(self, account: uuid.UUID, instance: str) -> bytes | None:
        return self._known.get((account, instance))

    def remember(self, account: uuid.UUID, instance: str, digest: bytes) -> None:
        self._known[account, instance] = digest
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Reception:
    """What one association needs to receive."""

    spool: Spool
    recent: Recent
    counters: Counters
    account: str
    limit: int
    """Bytes of an object."""
    objects: int
    """Of one deposit."""
    places: list[uuid.UUID] = field(default_factory=list)
    """The deposit's number; a new one when it is full."""
    taken: list[int] = field(default_factory=lambda: [0])

    def begin(self, permit: Permit) -> Arrival:
        if not self.places or self.taken[0] >= self.objects:
            self.places[:], self.taken[0] = [uuid.uuid4()], 0
        return self.spool.begin(self.places[0], permit, self.limit)


class Arriving(io.BytesIO):
    """The data set of one message: what is written goes into the spool. `settle` says what became of it."""

    def __init__(self, reception: Reception, message: DIMSEMessage, syntax_of: Callable[[int], Any]) -> None:
        super().__init__()
        self._reception, self._message, self._syntax_of = reception, message, syntax_of
        self._arrival: Arrival | None = None
        self._status, self._begun, self._permit = TAKEN, False, Permit(uuid.UUID(int=0), uuid.UUID(int=0), False)

    def write(self, data: Any) -> int:
        """Never raises: what goes wrong is told by the status, and the rest of the object is dropped."""
        try:
            if not self._begun:
                self._begun = True
                self._begin()
            if self._arrival is not None:
                self._arrival.write(bytes(data))
        except (NoRoom, OSError):
            self._give_up(NO_ROOM)
        except Exception:
            log.exception("an object could not be taken")
            self._give_up(NO_ROOM)
        return len(data)

    def settle(self) -> int:
        """The status of the object. Success: it is sealed and durable, or the same bytes were before."""
        if not self._begun:
            return self._counted(NOT_UNDERSTOOD)
        try:
            if self._arrival is not None:
                self._keep(self._arrival)
        except OSError:
            self._give_up(NO_ROOM)
        return self._counted(self._status)

    def close(self) -> None:
        """The association ended, or it was answered: nothing half received is left."""
        self._give_up(self._status)
        super().close()

    def _begin(self) -> None:
        permit = self._reception.spool.permit(self._reception.account)
        if not isinstance(self._message, C_STORE_RQ) or permit is None or not permit.room:
            self._status = NO_ROOM if permit else NOT_AUTHORISED
            return
        self._permit, self._arrival = permit, self._reception.begin(permit)
        command = self._message.command_set
        meta = create_file_meta(
            sop_class_uid=command.AffectedSOPClassUID,
            sop_instance_uid=command.AffectedSOPInstanceUID,
            transfer_syntax=self._syntax_of(self._message.context_id or 0),
        )
        self._arrival.write(PART_10 + encode_file_meta(meta))

    def _keep(self, arrival: Arrival) -> None:
        recent, who = self._reception.recent, self._permit.account
        instance, digest = str(self._message.command_set.AffectedSOPInstanceUID), arrival.digest.digest()
        before = recent.before(who, instance)
        if before is None:
            arrival.finish()
            self._arrival = None
            recent.remember(who, instance, digest)
            self._reception.taken[0] += 1
            self._reception.counters.add("received_bytes_total", arrival.size)
        else:
            self._give_up(TAKEN if before == digest else CONFLICTING)
            self._reception.counters.add("repeated_total", int(before == digest))

    def _give_up(self, status: int) -> None:
        self._status = status
        if self._arrival is not None:
            self._arrival.abort()
            self._arrival = None

    def _counted(self, status: int) -> int:
        if status == TAKEN:
            self._reception.counters.add("received_total")
        else:
            self._reception.counters.add("refused_total", label=REASONS[status])
        return status


class StreamingProvider(DIMSEServiceProvider):
    """Of one association; put in place of pynetdicom's own before the first message."""

    def __init__(self, assoc: Any, reception: Reception) -> None:
        super().__init__(assoc)
        self._reception = reception

    def receive_primitive(self, primitive: P_DATA) -> None:
        """A message begins with a data set of our own; a command set that does not end is the end of the line."""
        if self.message is None:
            self.message = DIMSEMessage()
            self.message.data_set = Arriving(self._reception, self.message, self._syntax)
        if self.message.encoded_command_set.tell() > COMMAND:
            self.abandon()
            self.dul.event_queue.put("Evt19")  # as for an invalid PDU: abort
            return
        super().receive_primitive(primitive)

    def abandon(self) -> None:
        """The association ended."""
        if self.message is not None and isinstance(self.message.data_set, Arriving):
            self.message.data_set.close()

    def _syntax(self, context_id: int) -> Any:
        return self.assoc._accepted_cx[context_id].transfer_syntax[0]
