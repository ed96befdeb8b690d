"""What an expert says of the demonstration's clips besides their table: marks on the picture, quality of the view."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from anonymize.phantom.demo import LANGUAGES, DemoClip
from imagebank.vocabulary.models import QualityItem

DATA: Final = Path(__file__).parent / "data"


def rows(table: str) -> Iterator[dict[str, str]]:
    """Of a tab-separated table of the folder `data`."""
    with (DATA / f"{table}.tsv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def marks_of(clip: DemoClip, pk: str) -> list[dict[str, Any]]:
    """As `create_case` takes them; `pk` is the clip's in the bank."""
    return [{"clip": pk, **_mark(row)} for row in rows("marks") if row["clip"] == clip.id]


def quality_of(clip: DemoClip) -> dict[str, bool]:
    """Every yes/no item of the view; "yes" but for those that the table names."""
    wrong = {number for row in rows("quality") if row["clip"] == clip.id for number in row["not"].split()}
    numbers = QualityItem.objects.filter(view=clip.view, retired=False).values_list("number", flat=True)
    return {str(number): str(number) not in wrong for number in numbers}


def _mark(row: dict[str, str]) -> dict[str, Any]:
    points = [[float(value) for value in point.split(",")] for point in row["points"].split()]
    return {"kind": row["kind"], "points": points, "label": {language: row[language] for language in LANGUAGES}}
