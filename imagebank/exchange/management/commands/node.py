"""`manage.py node show | rotate-key | new-epoch`: what this node is to others, and its keys."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from imagebank.accounts.actors import actor_for
from imagebank.accounts.models import User
from imagebank.exchange import node_keys


class Command(BaseCommand):
    help = "Show what this node tells of itself, let a new key sign, or begin a new epoch after a restore."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["show", "rotate-key", "new-epoch"])
        parser.add_argument("--user", metavar="EMAIL", help="the administrator who does it, for the trail")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] == "rotate-key":
            node_keys.rotate(actor=self._actor(options["user"]))
        elif options["act"] == "new-epoch":
            node_keys.new_epoch(actor=self._actor(options["user"]))
        self.stdout.write(json.dumps(node_keys.card(), indent=1))

    def _actor(self, email: str | None) -> Any:
        user = User.objects.filter(email=(email or "").lower(), is_active=True).first()
        if user is None or not user.node_roles.filter(role="admin").exists():
            raise CommandError("Say with --user which administrator does this.")
        return actor_for(user, via="command")
