"""Marks of an expert on frames of a clip: arrow, box, ellipse, polygon, text, in shares of the picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_noop as _

from imagebank.core.actor import Actor
from imagebank.core.errors import Invalid

from .models import Case, Clip, Mark
from .text import clean_texts

POINTS: Final = {"arrow": (2, 2), "box": (2, 2), "ellipse": (2, 2), "polygon": (3, 60), "text": (1, 1)}
"""Kind -> least and most points: tail and tip, two corners, two corners around it, corners, place of the text."""
MOST: Final = 100
"""In one case."""
DIGITS: Final = 4
SENTENCES: Final = {
    "many": _("At most 100 marks in a case."),
    "clip": _("A mark names a clip that is in this case."),
    "kind": _("A mark is one of: arrow, box, ellipse, polygon, text."),
    "points": _("The points of a mark are pairs from 0 to 1: two, of a polygon three to sixty, of a text one."),
    "frames": _("Frames count from 1 and lie within the clip of the mark."),
    "number": _("The marks of a clip have different numbers from 1 to 999."),
    "text": _("A mark of the kind text needs a text."),
}
Said = Mapping[str, Any]
Key = tuple[str, int]
"""Clip and number."""


def standing_marks(case: Case) -> list[Mark]:
    """What is drawn now, clip by clip in the order of the numbers."""
    held: list[Mark] | None = getattr(case, "held_marks", None)
    return list(in_order(case.marks.all())) if held is None else held


def in_order(marks: QuerySet[Mark]) -> QuerySet[Mark]:
    """Neither superseded nor taken away."""
    return marks.filter(retired=False, superseded_by__isnull=True).order_by("clip_id", "number")


def mark_document(mark: Mark) -> dict[str, Any]:
    """As readers are told of it."""
    return {
        "clip": str(mark.clip_id),
        "number": mark.number,
        "kind": mark.kind,
        "points": mark.points,
        "frames": [mark.frame_from, mark.frame_to],
        "label": mark.label,
    }


def set_marks(*, actor: Actor, case: Case, marks: Iterable[Said]) -> None:
    """Make `marks` the standing ones: a changed one of the same clip and number is superseded, a missing one retired.

    A mark is {clip, number?, kind, points, frame_from?, frame_to?, label?}; without frames it stands on all of them,
    without a number it gets the next free one. Invalid names what is wrong.
    """
    wanted = _numbered(_checked(list(marks), {str(clip.pk): clip for clip in case.clips.all()}))
    standing = {(str(mark.clip_id), mark.number): mark for mark in standing_marks(case)}
    Mark.objects.filter(pk__in=[mark.pk for key, mark in standing.items() if key not in wanted]).update(retired=True)
    for key, said in wanted.items():
        _draw(actor, case, said, standing.get(key))


def retire_of(case: Case, clips: Iterable[Any]) -> None:
    """The clips leave: what is drawn on them goes with them."""
    in_order(case.marks.filter(clip__in=clips)).order_by().update(retired=True)


def wipe_labels(case: Case) -> None:
    """Typed text goes with a withdrawn case."""
    case.marks.update(label={})


def texts_of(case: Case) -> str:
    """All that is written on the case's clips now."""
    return " ".join(text for mark in standing_marks(case) for text in mark.label.values())


def _draw(actor: Actor, case: Case, said: dict[str, Any], earlier: Mark | None) -> None:
    if earlier and all(getattr(earlier, name) == value for name, value in said.items() if name != "clip"):
        return
    Mark.objects.create(case=case, asserted_by_id=actor.known_id, supersedes=earlier, **said)


def _numbered(marks: Iterable[dict[str, Any]]) -> dict[Key, dict[str, Any]]:
    found: dict[Key, dict[str, Any]] = {}
    for mark in sorted(marks, key=lambda said: said["number"] is None):
        clip = str(mark["clip"].pk)
        number = mark["number"] or max((n for pk, n in found if pk == clip), default=0) + 1
        if (clip, number) in found:
            raise _wrong("number")
        found[clip, number] = mark | {"number": number}
    return found


def _checked(marks: list[Said], clips: Mapping[str, Clip]) -> Iterator[dict[str, Any]]:
    if len(marks) > MOST:
        raise _wrong("many")
    for said in marks:
        clip = clips.get(str(said.get("clip")))
        if clip is None:
            raise _wrong("clip")
        kind, label = said.get("kind"), clean_texts("label", said.get("label") or {})
        if kind not in POINTS:
            raise _wrong("kind")
        if kind == "text" and not label:
            raise _wrong("text")
        points, number = _points(kind, said.get("points")), said.get("number")
        if number is not None and not (isinstance(number, int) and 1 <= number <= 999):
            raise _wrong("number")
        yield {"clip": clip, "number": number, "kind": kind, "points": points, "label": label, **_frames(said, clip)}


def _points(kind: str, points: Any) -> list[list[float]]:
    least, most = POINTS[kind]
    if not isinstance(points, list) or not least <= len(points) <= most or not all(map(_is_point, points)):
        raise _wrong("points")
    return [[round(float(value), DIGITS) for value in point] for point in points]


def _is_point(point: Any) -> bool:
    pair = isinstance(point, list) and len(point) == 2
    return pair and all(isinstance(n, int | float) and not isinstance(n, bool) and 0 <= n <= 1 for n in point)


def _frames(said: Said, clip: Clip) -> dict[str, int]:
    first, last = said.get("frame_from") or 1, said.get("frame_to") or clip.frames
    if not isinstance(first, int) or not isinstance(last, int) or not 1 <= first <= last <= clip.frames:
        raise _wrong("frames")
    return {"frame_from": first, "frame_to": last}


def _wrong(what: str) -> Invalid:
    return Invalid(errors={"marks": SENTENCES[what]})
