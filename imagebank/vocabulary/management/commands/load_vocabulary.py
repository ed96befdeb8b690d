"""`manage.py load_vocabulary`: bring the database's vocabulary to the tables that come with the product."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from imagebank.core.errors import Invalid
from imagebank.vocabulary.services import load, superseded


class Command(BaseCommand):
    help = "Load the vocabulary's tables. May run as often as one likes; an imported edition stays unless --replace."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--replace", action="store_true", help="also over an edition that somebody imported")

    def handle(self, *args: Any, replace: bool, **options: Any) -> None:
        if (edition := superseded()) and not replace:
            self.stdout.write(f"release {edition.number} was imported and stays in force: {edition.reason}")
            return
        try:
            loaded = load()
        except Invalid as error:
            raise CommandError("\n".join([error.title, *error.errors["vocabulary"]])) from error
        for name, counts in loaded.counts.items():
            self.stdout.write(
                f"{name:26}{counts.added:6} added{counts.changed:6} changed{counts.retired:6} retired"
                f"{counts.unchanged:6} unchanged"
            )
        self.stdout.write(f"{'Facet':26}{loaded.facets_added:6} added")
        self.stdout.write(f"release {loaded.release}")
