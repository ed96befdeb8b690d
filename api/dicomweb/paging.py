"""Pages of a search by limit and offset, at a cost that does not grow with the offset.

A list is ordered by UIDs. The UIDs at which a page ended are remembered for a while under query, caller and offset, so
that the next page starts there by index; a jump to an offset that nobody has been at counts its way once.
"""

from __future__ import annotations

from typing import Any, Final

from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.utils.crypto import salted_hmac

from imagebank.catalog.models import Clip
from imagebank.core.actor import Actor

KEYS: Final = {
    "studies": ("study_uid",),
    "series": ("study_uid", "series_uid"),
    "instances": ("study_uid", "series_uid", "sop_instance_uid"),
}
"""Level -> what names one entry, also the order of the list."""
ROOMY: Final = 2
"""Clips read at once for each entry of a page."""
TOLD: Final = (
    "case_id", "state", "study_uid", "series_uid", "sop_instance_uid", "sop_class_uid", "maker", "frames", "width",
    "height",
)  # fmt: skip
"""Columns of a clip that a search tells."""
REMEMBERED: Final = 600
"""Seconds."""
Entry = tuple[str, ...]


def page(
    actor: Actor, level: str, rows: QuerySet[Clip], limit: int, offset: int, said: str
) -> tuple[dict[Entry, list[Clip]], bool]:
    """Entries of one page with their clips among `rows`, and whether there are more. `said` names query and level."""
    columns, place = KEYS[level], _Place(actor, said)
    if not limit:
        return {}, False
    start = place.before(offset) if offset else None
    listed = rows.filter(_beyond(columns, start)) if start else rows
    found, more = (None if offset and not start else _at_once(listed, columns, limit)) or _in_two(
        rows, listed, columns, 0 if start else offset, limit
    )
    if more:
        place.keep(offset + limit, list(found)[-1])
    return found, more


def _at_once(
    listed: QuerySet[Clip], columns: tuple[str, ...], limit: int
) -> tuple[dict[Entry, list[Clip]], bool] | None:
    """In one query, where entries have few clips; None where they have so many that the page is not whole."""
    most = limit * ROOMY + 1
    clips = list(listed.only(*TOLD).order_by(*KEYS["instances"])[:most])
    found: dict[Entry, list[Clip]] = {}
    for clip in clips:
        found.setdefault(tuple(getattr(clip, column) for column in columns), []).append(clip)
    if len(clips) == most and len(found) <= limit:
        return None
    return {entry: found[entry] for entry in list(found)[:limit]}, len(found) > limit


def _in_two(
    rows: QuerySet[Clip], listed: QuerySet[Clip], columns: tuple[str, ...], skip: int, limit: int
) -> tuple[dict[Entry, list[Clip]], bool]:
    """First the entries, then their clips."""
    distinct = listed.values_list(*columns).order_by(*columns).distinct()
    entries: list[Entry] = list(distinct[skip : skip + limit + 1])
    return _with_clips(rows, columns, entries[:limit]), len(entries) > limit


def _with_clips(rows: QuerySet[Clip], columns: tuple[str, ...], entries: list[Entry]) -> dict[Entry, list[Clip]]:
    """The clips of each entry, in one query."""
    found: dict[Entry, list[Clip]] = {entry: [] for entry in entries}
    wanted = {f"{column}__in": {entry[number] for entry in entries} for number, column in enumerate(columns)}
    if not entries:
        return found
    for clip in rows.filter(**wanted).only(*TOLD).order_by(*KEYS["instances"]):
        entry = tuple(getattr(clip, column) for column in columns)
        if entry in found:
            found[entry].append(clip)
    return found


def _beyond(columns: tuple[str, ...], start: Entry) -> Q:
    """Behind an entry in the order of the columns; the first column is bounded by itself, so that its index serves."""
    found, equal = Q(), Q()
    for column, value in zip(columns, start, strict=True):
        found |= equal & Q(**{f"{column}__gt": value})
        equal &= Q(**{column: value})
    return Q(**{f"{columns[0]}__gte": start[0]}) & found


class _Place:
    """Where pages of one list ended."""

    def __init__(self, actor: Actor, said: str) -> None:
        self._said = f"{actor.user_id}/{actor.via}/{sorted(actor.scopes or ())}/{said}"

    def _key(self, offset: int) -> str:
        return f"dicomweb/{salted_hmac('dicomweb.paging', f'{self._said}#{offset}').hexdigest()}"

    def before(self, offset: int) -> Entry | None:
        found: Any = cache.get(self._key(offset))
        return tuple(found) if found else None

    def keep(self, offset: int, last: Entry) -> None:
        cache.set(self._key(offset), list(last), REMEMBERED)
