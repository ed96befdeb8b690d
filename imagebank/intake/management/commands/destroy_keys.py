"""`manage.py destroy_keys SLUG --user EMAIL --yes`: the keys of an institution that has ended, at its order."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from imagebank.accounts.actors import actor_for
from imagebank.accounts.models import Institution, User
from imagebank.core.errors import BankError
from imagebank.intake.ending import destroy_keys


class Command(BaseCommand):
    help = "Destroy the keys of an institution that has ended. Nobody can undo this."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("institution", metavar="SLUG")
        parser.add_argument("--user", required=True, metavar="EMAIL", help="who carries the order out, for the trail")
        parser.add_argument("--yes", action="store_true", help="without this nothing is done")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["user"].lower(), is_active=True).first()
        institution = Institution.objects.filter(slug=options["institution"]).first()
        if user is None or institution is None:
            raise CommandError("There is no such active user, or no such institution.")
        if not options["yes"]:
            raise CommandError("Say --yes: no copy of these keys is left anywhere but in backups of the keys.")
        try:
            destroy_keys(actor=actor_for(user, via="command"), institution=institution)
        except BankError as problem:
            raise CommandError(problem.title) from None
        self.stdout.write(f"the keys of {institution.slug} are destroyed")
