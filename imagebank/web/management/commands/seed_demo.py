"""`manage.py seed_demo`, called by `manage.py demo`: its accounts, cases and collections, through the real pipeline."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from imagebank.core.models import Node
from imagebank.web.demo.accounts import make_accounts, new_token, renew_token
from imagebank.web.demo.gather import gather
from imagebank.web.demo.seed import SeedFailed, seed


class Command(BaseCommand):
    help = "Make the demonstration's accounts and cases (needs a running worker)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--accounts-only", action="store_true", help="no cases")

    def handle(self, *args: Any, **options: Any) -> None:
        node = Node.current()
        if not (settings.DEMO_ALLOWED and node.demo):
            raise CommandError("This database is not marked as a demo.")
        people = make_accounts()
        if not options["accounts_only"]:
            self._seed(people)
        token = new_token()
        renew_token(token)
        self.stdout.write(f"api token: {token}")

    def _seed(self, people: dict[str, Any]) -> None:
        try:
            count = seed(people, self.stdout.write)
        except SeedFailed as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(f"{count} synthetic cases are published")
        self.stdout.write(f"{gather(people['curator'])} collections are published")
