"""The frame that a reader's comment points at: as it is typed, as it is shown to the author."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from imagebank.review.models import Review


def typed_at(said: Mapping[str, Any]) -> dict[str, Any] | None:
    """{clip, frame, point} of the form, None where no frame is named; what is no number is left for the service."""
    frame, point = str(said.get("frame", "")).strip(), str(said.get("point", "")).strip()
    if not frame:
        return None
    number = int(frame) if frame.isdecimal() and len(frame) < 8 else 0
    return {"clip": said.get("clip", ""), "frame": number, "point": _numbers(point) if point else None}


def shown_at(word: Review, clips: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """{place, frame, src, width, height, x, y, r} for review/at.html; x and y in pixels, None without a point."""
    place = next((n for n, clip in enumerate(clips, 1) if str(clip["id"]) == str(word.clip_id)), None)
    if place is None or not word.frame:
        return None
    clip = clips[place - 1]
    wide, high = clip["width"], clip["height"]
    x, y = (round(word.point[0] * wide), round(word.point[1] * high)) if word.point else (None, None)
    return {
        "place": place if len(clips) > 1 else 0, "frame": word.frame, "width": wide, "height": high,
        "src": clip["frame"].replace("{n}", str(word.frame)) if clip.get("frame") else "", "x": x, "y": y,
        "r": max(8, wide // 32),
    }  # fmt: skip


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        return []
