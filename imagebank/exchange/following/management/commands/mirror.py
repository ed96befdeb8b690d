"""`manage.py mirror add | run | status | anew`: follow other nodes."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from imagebank.core.guard import refuse_demo_node
from imagebank.exchange.following import rounds, services
from imagebank.exchange.following.client import OriginClient
from imagebank.exchange.following.models import Following
from imagebank.exchange.following.taking import Busy, Result
from imagebank.exchange.outgoing import Unreachable
from imagebank.exchange.wire import WireFault

WAIT: Final = 25
"""Seconds that a request waits for news where one node is followed; where there are more, each is asked in turn."""
SHORT: Final = 1.0
"""Seconds: a wait that ended sooner with nothing was none, since too many wait there."""
PAUSE: Final = 5.0
"""Seconds after a round that failed, or between rounds over several nodes."""


def add_choices(parser: CommandParser) -> None:
    """What both ways to begin ask for."""
    parser.add_argument("--fingerprint", required=True, help="of its first key, learnt by another way: sha256:...")
    parser.add_argument("--token-file", type=Path, required=True, help="holds the token with the scope `mirror`")
    for name in ("licence", "language", "indication"):
        parser.add_argument(f"--{name}", action="append", default=[], help="take only this; may be repeated")


def fingerprint(options: dict[str, Any]) -> str:
    """CommandError for what is none."""
    text: str = options["fingerprint"]
    if not re.fullmatch("sha256:[0-9a-f]{64}", text):
        raise CommandError("A fingerprint is sha256: and 64 hexadecimal digits.")
    return text


class Command(BaseCommand):
    help = "Follow another node: its public cases are shown here, and what it withdraws goes here too."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        add = acts.add_parser("add", help="follow a node from now on")
        add.add_argument("url", help="https://node.example")
        add_choices(add)
        run = acts.add_parser("run", help="take what is new, for ever")
        run.add_argument("url", nargs="?", default="")
        run.add_argument("--pause", type=float, default=PAUSE, help="seconds after a round that failed")
        run.add_argument("--once", action="store_true", help="up to the present, then end")
        anew = acts.add_parser("anew", help="after a new epoch, once compared: read the feed from its start")
        anew.add_argument("url")
        status = acts.add_parser("status", help="how far each has come, and what was refused")
        status.add_argument("url", nargs="?", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_demo_node()
        getattr(self, f"_{options['act']}")(options)

    def _add(self, options: dict[str, Any]) -> None:
        token_file = options["token_file"].resolve()
        try:
            client = OriginClient(options["url"].rstrip("/"), token_file.read_text().strip())
            row = services.add(
                client, fingerprint=fingerprint(options), token_file=str(token_file), licences=options["licence"],
                languages=options["language"], indications=options["indication"],
            )  # fmt: skip
        except OSError:
            raise CommandError("The file with the token cannot be read.") from None
        except Unreachable as problem:
            raise CommandError(f"The node does not answer as it should: {problem}.") from None
        except WireFault as fault:
            raise CommandError(f"This is not the node of that fingerprint: {fault.code}.") from None
        self.stdout.write(f"following {row.origin.name} ({row.origin_id}) at {row.origin.address}")

    def _run(self, options: dict[str, Any]) -> None:
        rows = self._rows(options["url"])
        while True:
            begun = time.monotonic()
            done = [self._one(row, WAIT if len(rows) == 1 and not options["once"] else 0) for row in rows]
            failed = any(one.error for one in done)
            if options["once"]:
                if failed:
                    raise CommandError("Not all is well: see `mirror status`.")
                return
            idle = not any(one.items for one in done) and time.monotonic() - begun < SHORT
            if failed or idle or len(rows) > 1:
                time.sleep(options["pause"])

    def _one(self, row: Following, wait: int) -> Result:
        try:
            done = rounds.catch_up(row, wait=wait)
        except Busy:
            return Result(error="busy")
        if done.items or done.error:
            said = f"{row.origin.name}: {done.items} changes, {done.shown} shown, {done.purged} purged {done.error}"
            self.stdout.write(said.rstrip())
            self.stdout.flush()
        return done

    def _anew(self, options: dict[str, Any]) -> None:
        for row in self._rows(options["url"]):
            services.begin_anew(row)
            self.stdout.write(f"{row.origin.name}: from the start at the next run")

    def _status(self, options: dict[str, Any]) -> None:
        for row in self._rows(options["url"]):
            for line in services.status_lines(row):
                self.stdout.write(line)

    def _rows(self, url: str) -> list[Following]:
        rows = list(Following.objects.select_related("origin").order_by("origin__address"))
        found = [row for row in rows if url in ("", row.origin.address)]
        if not found:
            raise CommandError("No such node is followed." if rows else "No node is followed: see `mirror add`.")
        return found
