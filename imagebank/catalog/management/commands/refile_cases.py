"""`manage.py refile_cases`: after an import of the vocabulary, published cases are filed by the new one."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from imagebank.catalog.models import Case, PublicCase
from imagebank.catalog.projection import refile


class Command(BaseCommand):
    help = "File every published case by the vocabulary of today; safe to stop and to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        cases = Case.objects.filter(pk__in=PublicCase.objects.values("case")).order_by("pk")
        less = [refile(case) for case in cases.iterator(chunk_size=200)]
        self.stdout.write(f"{len(less)} cases filed; {sum(less)} tell less of their patient than before")
