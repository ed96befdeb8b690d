"""`manage.py load_sheets`: the practice sheets that come with the product, as drafts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from imagebank.sheets.loading import load_drafts


class Command(BaseCommand):
    help = "Make a draft of each practice sheet that is not there yet; what people have edited stays as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{load_drafts()} sheets were made")
