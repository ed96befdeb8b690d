"""From the spool into the intake: everything that waits of one association in one transaction, as one deposit."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Final

import structlog
from django.db import Error, connection

from imagebank.accounts.actors import actor_for
from imagebank.accounts.models import User
from imagebank.core import keys
from imagebank.core.actor import Actor
from imagebank.core.errors import BankError, TooMuch
from imagebank.intake.room import require_room
from imagebank.intake.services import deposit_institution
from imagebank.intake.spooled import register_spooled

from .spool import Batch, Permit, Spool
from .stations import Stations

GROUP: Final = 100
"""Objects in one transaction."""
EMPTY: Final = 60.0
"""Seconds after which an association's empty folder goes."""
FRESH: Final = 5.0
"""Seconds between two looks at who may give."""
log: Final = structlog.get_logger("listener")


class Registrar:
    """The other side of the spool: with the database, and without the line."""

    def __init__(self, spool: Spool, stations: Stations) -> None:
        self._spool, self._stations, self._told = spool, stations, 0.0

    def permit(self) -> None:
        """Tell the receiving side who may give and where there is room."""
        found = {account: _permit_for(account) for account in self._stations.accounts}
        day, public = keys.newest_public()
        self._spool.tell(day, public, {account: permit for account, permit in found.items() if permit})
        self._told = time.monotonic()

    def round(self) -> int:
        """Everything that waits now; returns how many objects were registered. What cannot be is tried again."""
        try:
            if time.monotonic() - self._told > FRESH:
                self.permit()
            return sum(self._registered(batch) for batch in self._spool.batches())
        except Error:
            log.exception("the database does not answer; objects wait in the spool")
            connection.close()
            return 0

    def _registered(self, batch: Batch) -> int:
        entries = batch.entries(GROUP)
        if not entries:
            _tidy(batch)
            return 0
        user = User.objects.filter(pk=batch.account, is_active=True).first()
        try:
            register_spooled(
                actor=actor_for(user, via="token"), deposit_id=batch.association, entries=[
                    (entry.id, entry.size, entry.sealed, entry.key.read_bytes()) for entry in entries
                ],
            )  # fmt: skip
        except BankError:
            log.exception("an association's objects cannot be registered; they wait in the spool")
            return 0
        for entry in entries:
            entry.drop()
        return len(entries)


def _permit_for(account: str) -> Permit | None:
    user = User.objects.filter(email=account, is_active=True, kind="service").first()
    if user is None:
        return None
    actor: Actor = actor_for(user, via="token")
    try:
        institution = deposit_institution(actor)
    except BankError:
        return None
    try:
        require_room(institution, actor)
    except TooMuch:
        return Permit(institution.pk, user.pk, room=False)
    return Permit(institution.pk, user.pk, room=True)


def _tidy(batch: Batch) -> None:
    with suppress(OSError):
        if time.time() - batch.folder.stat().st_mtime > EMPTY:
            batch.folder.rmdir()
