"""`manage.py import FOLDER`: begin to follow a node from a disk instead of over a line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from imagebank.core.guard import refuse_demo_node
from imagebank.exchange.following import rounds, services
from imagebank.exchange.following.bag import BagClient
from imagebank.exchange.outgoing import Unreachable
from imagebank.exchange.wire import WireFault

from .mirror import add_choices, fingerprint


class Command(BaseCommand):
    help = "Take a BagIt folder that another node has exported; `mirror run` goes on from there."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--url", required=True, help="where the node is: the feed goes on there")
        add_choices(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_demo_node()
        client = BagClient(options["url"].rstrip("/"), "", options["folder"])
        try:
            row = services.add(
                client, fingerprint=fingerprint(options), token_file=str(options["token_file"].resolve()),
                licences=options["licence"], languages=options["language"], indications=options["indication"],
            )  # fmt: skip
            done = rounds.import_from(row, client)
        except (Unreachable, WireFault) as problem:
            raise CommandError(f"This is no export of the node of that fingerprint: {problem}.") from None
        if done is None:
            raise CommandError("Nothing was taken: this node is followed already, or the folder does not hold.")
        self.stdout.write(f"{row.origin.name}: {done.items} cases, {done.shown} shown")
