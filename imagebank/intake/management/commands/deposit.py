"""`manage.py deposit PATH... --institution SLUG --user EMAIL`: files from a shell through the same services."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from imagebank.accounts.actors import actor_for
from imagebank.accounts.models import Institution, User
from imagebank.core.actor import Actor
from imagebank.core.errors import BankError
from imagebank.core.stores import SealedIntake
from imagebank.intake.models import Deposit, Original
from imagebank.intake.services import deposit_institution, open_deposit, open_intake, register

PIECE: Final = 1 << 20
WORKING: Final = ("received", "deidentifying", "verifying")
LONGEST_WAIT: Final = 600.0


class Command(BaseCommand):
    help = "Give files or folders: they are sealed into quarantine and cleaned by the workers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--institution", required=True, metavar="SLUG")
        parser.add_argument(
            "--user", required=True, metavar="EMAIL", help="the person who gives and attests the rights"
        )
        parser.add_argument("--licence", default="", help="default: the institution's")
        parser.add_argument("--setting", default="", help="where the scans were done, for example ed")
        parser.add_argument("--no-wait", action="store_true", help="do not wait for the verdicts")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            deposit, names = self._give(options)
        except BankError as problem:
            raise CommandError(f"{problem.title} {problem.errors or ''}".strip()) from None
        self.stdout.write(f"deposit {deposit.pk}")
        if not options["no_wait"]:
            _wait(deposit)
        for row in deposit.originals.order_by("position"):
            self.stdout.write(f"file {row.position}\t{row.state}\t{row.code or '-'}\t{names[row.position - 1]}")

    def _give(self, options: dict[str, Any]) -> tuple[Deposit, list[str]]:
        actor, institution = _who(options["user"], options["institution"])
        files = [path for given in options["paths"] for path in _files(given)]
        if not files:
            raise CommandError("There is no file at these paths.")
        rights = {"licence": options["licence"]} if options["licence"] else {}
        deposit = open_deposit(actor=actor, institution=institution, rights=rights, setting=options["setting"])
        for path in files:
            register(actor=actor, deposit=deposit, outcomes=[_sealed(path, institution, actor)])
        return deposit, [path.name for path in files]


def _who(email: str, slug: str) -> tuple[Actor, Institution]:
    user = User.objects.filter(email=email.lower(), is_active=True).first()
    if user is None:
        raise CommandError("There is no such active user.")
    actor = actor_for(user, via="command")
    return actor, deposit_institution(actor, slug)


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(p for p in path.rglob("*") if p.is_file())
    elif path.is_file():
        yield path
    else:
        raise CommandError(f"There is nothing at {path}.")


def _sealed(path: Path, institution: Institution, actor: Actor) -> SealedIntake | BankError:
    intake = None
    try:
        intake = open_intake(institution, actor)
        with path.open("rb") as handle:
            while piece := handle.read(PIECE):
                intake.write(piece)
        intake.finish()
    except BankError as problem:
        if intake:
            intake.abort()
        return problem
    return intake


def _wait(deposit: Deposit) -> None:
    deadline = time.monotonic() + LONGEST_WAIT
    while Original.objects.filter(deposit=deposit, state__in=WORKING).exists() and time.monotonic() < deadline:
        time.sleep(0.3)
