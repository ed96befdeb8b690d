"""Objects of a station into the intake: the way of every other deposit, each answered when it is durable."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

from imagebank.accounts.actors import actor_for
from imagebank.accounts.models import User
from imagebank.core.actor import Actor
from imagebank.core.errors import BankError
from imagebank.core.stores import SealedIntake
from imagebank.intake.instances import NO_ROOM, NOT_AUTHORISED, NOT_UNDERSTOOD, abort_all, doubt_about, seal, status_of
from imagebank.intake.models import Deposit
from imagebank.intake.services import deposit_institution, open_deposit, open_intake, receive

PIECE: Final = 1 << 20
FREE: Final = 1 << 30
"""Bytes that stay free on the disk of the quarantine: beyond, senders are told to wait."""


class Giving:
    """The objects of one association: one deposit for all of them, so that a person attests once."""

    def __init__(self, account: str) -> None:
        self._account = account
        self._deposit: Deposit | None = None
        self._count = 0

    def give(self, data: bytes) -> int:
        """The status (PS3.4 B.2.3) of one object, a file of PS3.10. Success: encrypted, on disk and registered."""
        if not _room_for(len(data)):
            return NO_ROOM
        user = User.objects.filter(email=self._account, is_active=True, kind="service").first()
        if user is None:
            return NOT_AUTHORISED
        try:
            return self._given(actor_for(user, via="token"), data)
        except BankError as problem:
            return NOT_AUTHORISED if problem.status in (401, 403) else NOT_UNDERSTOOD

    def _given(self, actor: Actor, data: bytes) -> int:
        institution = deposit_institution(actor)
        outcomes: list[SealedIntake | BankError] = [seal(_pieces(data), lambda: open_intake(institution, actor))]
        try:
            with transaction.atomic():
                deposit = self._open() or open_deposit(actor=actor, institution=institution)
                doubt = doubt_about(institution.pk)
                (received,) = receive(actor=actor, deposit=deposit, outcomes=outcomes, doubt=doubt)
                status = status_of(received)
        except BaseException:
            abort_all(outcomes)
            raise
        self._deposit, self._count = deposit, self._count + 1
        return status

    def _open(self) -> Deposit | None:
        """The deposit so far, unless it is full."""
        if self._count >= settings.LIMITS.files_per_deposit:
            self._deposit, self._count = None, 0
        return self._deposit


def _room_for(size: int) -> bool:
    folder = Path(settings.QUARANTINE_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return shutil.disk_usage(folder).free >= FREE + size


def _pieces(data: bytes) -> Iterator[bytes]:
    view = memoryview(data)
    for start in range(0, len(view), PIECE):
        yield bytes(view[start : start + PIECE])
