"""`manage.py export --bag FOLDER --for EMAIL`: what a mirror may have, on a disk (BagIt, RO-Crate)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from imagebank.accounts.services import agreement_is_current
from imagebank.core.actor import SYSTEM
from imagebank.core.audit import record
from imagebank.exchange.bagging import write_bag
from imagebank.exchange.models import Mirror


class Command(BaseCommand):
    help = "Write what a mirror may have into a new folder: the same as its snapshot over the line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--bag", required=True, type=Path, metavar="FOLDER", help="a folder that is not there yet")
        parser.add_argument("--for", required=True, dest="account", metavar="EMAIL", help="the mirror's account")

    def handle(self, *args: Any, **options: Any) -> None:
        mirror = Mirror.objects.filter(account__email=options["account"].lower(), ended=False).first()
        if mirror is None or not agreement_is_current(mirror.institution_id):
            raise CommandError("There is no such mirror, or its institution has no current agreement.")
        try:
            written = write_bag(mirror, options["bag"])
        except FileExistsError:
            raise CommandError("The folder is there already: name a new one.") from None
        record(SYSTEM, "export", mirror, action="R")
        items = sum(pack.items for pack in written.packs)
        self.stdout.write(f"{items} items in {len(written.packs)} packs, up to change {written.head.seq}")
