"""`manage.py load_vocabulary`: bring the database's vocabulary to the tables that come with the product."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from imagebank.core.errors import Invalid
from imagebank.vocabulary.services import load


class Command(BaseCommand):
    help = "Load the vocabulary's tables. May run as often as one likes; terms that left are retired, never deleted."

    def handle(self, *args: Any, **options: Any) -> None:
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
