"""`manage.py vocabulary export DIR`, `vocabulary import DIR`: tables for editors, and back, with a look first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from imagebank.accounts.models import User
from imagebank.core.errors import Invalid
from imagebank.vocabulary.editing import compare, export, take


class Command(BaseCommand):
    help = "Write the vocabulary's tables into a folder, or show what a folder of edited tables would change."

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        out = what.add_parser("export", help="write every table as the database holds it")
        out.add_argument("folder", type=Path)
        back = what.add_parser("import", help="show the difference; with --apply make it so")
        back.add_argument("folder", type=Path)
        back.add_argument("--apply", action="store_true")
        back.add_argument("--author", default="", help="e-mail address of the account that answers for the change")
        back.add_argument("--reason", default="", help="why, in one sentence; it stands in the history of each term")

    def handle(self, *args: Any, what: str, folder: Path, **options: Any) -> None:
        try:
            if what == "export":
                self.stdout.write(f"{export(folder)} tables written to {folder}")
            else:
                self._import(folder, **options)
        except Invalid as error:
            raise CommandError("\n".join([error.title, *error.errors["vocabulary"]])) from error

    def _import(self, folder: Path, *, apply: bool, author: str, reason: str, **options: Any) -> None:
        found = compare(folder)
        for difference in found:
            self.stdout.write("\n".join(difference.told()))
        counts = [
            f"{sum(one.kind == kind for one in found)} {kind}" for kind in ("added", "changed", "removed", "moved")
        ]
        self.stdout.write(", ".join(counts))
        if not apply:
            self.stdout.write("Nothing was changed. Add --apply, --author and --reason to make it so.")
            return
        person = User.objects.filter(email__iexact=author, is_active=True).first()
        if person is None or not reason.strip():
            raise CommandError("--apply needs --author, an account's e-mail address, and --reason.")
        self.stdout.write(f"release {take(folder, author=person, reason=reason.strip())}")
        self.stdout.write("Now file the published cases by it: manage.py refile_cases")
