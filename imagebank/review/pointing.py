"""Where in a case a reader's comment points: a clip, a frame of it, and if wanted a place in the picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from imagebank.catalog.models import Case
from imagebank.core.errors import Invalid

WRONG = _("Name a clip of this case and a frame of it; a point has two numbers from 0 to 1.")


def pointed(case: Case, at: Mapping[str, Any] | None) -> dict[str, Any]:
    """Fields of a Review from {clip: id, frame: from 1, point: [x, y] from 0 to 1 or None}; Invalid where none such."""
    if not at:
        return {}
    clip = next((row for row in case.clips.all() if str(row.pk) == str(at.get("clip"))), None)
    frame, point = at.get("frame"), at.get("point")
    exists = clip is not None and isinstance(frame, int) and 1 <= frame <= clip.frames
    if not exists or not (point is None or _within(point)):
        raise Invalid(errors={"at": gettext(WRONG)})
    return {"clip": clip, "frame": frame, "point": point}


def _within(point: Any) -> bool:
    return (
        isinstance(point, list | tuple)
        and len(point) == 2
        and all(isinstance(number, int | float) and 0 <= number <= 1 for number in point)
    )
