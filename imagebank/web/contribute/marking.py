"""Marks on the tagging screen: rows of fields that a drag over the picture fills, or a person by numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.http import QueryDict

from imagebank.catalog.marks import standing_marks
from imagebank.catalog.models import Case
from imagebank.catalog.search.present import in_language
from imagebank.catalog.text import LANGUAGES

FIELDS: Final = ("number", "kind", "points", "from", "to", "label")
NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")
BLANK: Final = dict.fromkeys(("number", "kind", "points", "first", "last", "text"), "")
Row = dict[str, Any]


def stored_rows(case: Case, language: str) -> dict[str, list[Row]]:
    """{clip: its marks as the fields show them}."""
    rows: dict[str, list[Row]] = {}
    for mark in standing_marks(case):
        points = " ".join(",".join(f"{share * 100:g}" for share in point) for point in mark.points)
        row = {"number": mark.number, "kind": mark.kind, "points": points, "first": mark.frame_from}
        text = in_language(mark.label, language)
        rows.setdefault(str(mark.clip_id), []).append(row | {"last": mark.frame_to, "text": text})
    return rows


def typed_rows(said: QueryDict, pk: str) -> list[Row]:
    """The rows of a clip as they were sent, for a form that is shown again."""
    return [dict(zip(BLANK, row, strict=True)) for row in _rows(said, pk) if any(row[2:])]


def marks_said(said: QueryDict, case: Case, clips: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the rows say, for `catalog.marks.set_marks`; rows without points are left out."""
    standing = {(str(mark.clip_id), str(mark.number)): mark.label for mark in standing_marks(case)}
    language = said.get("language", "")
    found = []
    for pk in (str(clip["id"]) for clip in clips):
        for number, kind, points, first, last, text in _rows(said, pk):
            if points:
                label = _label(text, standing.get((pk, number), {}), language)
                found.append({"clip": pk, "number": _whole(number), "kind": kind, "points": _points(points),
                              "frame_from": _whole(first), "frame_to": _whole(last), "label": label})  # fmt: skip
    return found


def _rows(said: QueryDict, pk: str) -> Iterator[tuple[str, ...]]:
    columns = [[text.strip() for text in said.getlist(f"mark-{pk}-{name}")] for name in FIELDS]
    return zip(*columns, strict=False)


def _label(text: str, before: Mapping[str, str], language: str) -> dict[str, str]:
    """The label with this text in the form's language; the other languages stay as they are, unless it is emptied."""
    if not text:
        return {}
    known = language if language in LANGUAGES else "en"
    return dict(before) if text == in_language(before, known) else {**before, known: text}


def _points(text: str) -> list[list[float]]:
    """Pairs of shares; a number too many makes a pair that no mark has."""
    numbers = [float(found) / 100 for found in NUMBER.findall(text)]
    return [numbers[i : i + 2] for i in range(0, len(numbers), 2)]


def _whole(text: str) -> int | str | None:
    """A number, None where the field is empty, the text itself where it is none: the service refuses that."""
    return (int(text) if text.isascii() and text.isdecimal() else text) if text else None
