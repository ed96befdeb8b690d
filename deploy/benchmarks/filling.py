"""A bank of many made-up cases, written block by block; a run that was cut short goes on where it stopped."""

from __future__ import annotations

import sys
import time
from typing import Final

from django.db import connection

from deploy.benchmarks.made_cases import BLOCK, write_cases
from imagebank.catalog.models import PublicCase

TEXT: Final = "CREATE INDEX catalog_publictext_words ON catalog_publictext USING gin (words)"


def fill(cases: int) -> None:
    """Up to this many; a bank that has more keeps them. The index of the text is made when all are there."""
    there = PublicCase.objects.count() // BLOCK * BLOCK
    if there >= cases:
        return
    begun = time.monotonic()
    _run("DROP INDEX IF EXISTS catalog_publictext_words")
    for first in range(there, cases, BLOCK):
        write_cases(first, min(first + BLOCK, cases), named=True)
        sys.stderr.write(f"\r{first + BLOCK:,} cases, {time.monotonic() - begun:.0f} s")
    _run("DELETE FROM catalog_searchchange")
    _run(TEXT)
    _run("VACUUM ANALYZE")
    sys.stderr.write(f"\rfilled in {time.monotonic() - begun:.0f} s\n")


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
