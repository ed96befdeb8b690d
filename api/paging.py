"""Lists by opaque, signed cursors over (time, id), newest first unless said otherwise: the cost of a page does not
depend on its depth."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from imagebank.core.errors import Invalid

M = TypeVar("M", bound=Model)
SALT: Final = "api.paging"
DEFAULT: Final = 50
MOST: Final = 1_000


def limit_of(request: Request, default: int = DEFAULT, most: int = MOST) -> int:
    """`?limit=`, from 1 to `most`."""
    text = request.query_params.get("limit", str(default))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
        raise Invalid(errors={"limit": f"A whole number from 1 to {most:,}."})
    return int(text)


def page(
    request: Request,
    rows: QuerySet[M],
    show: Callable[[M], Any],
    *,
    time: str = "created_at",
    oldest_first: bool = False,
) -> Response:
    """{results, next, previous}; the links also stand in the header Link (RFC 8288)."""
    limit = limit_of(request)
    place = _read(request.query_params.get("cursor", ""))
    back = bool(place and place[0] == "b")
    rising = back != oldest_first
    if place:
        rows = rows.filter(_beyond(place, time, rising))
    order = [time, "pk"] if rising else [f"-{time}", "-pk"]
    found = list(rows.order_by(*order)[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    if back:
        found.reverse()
    after = _write("f", found[-1], time) if found and (more or back) else None
    before = _write("b", found[0], time) if found and place and (more or not back) else None
    body = {"results": [show(row) for row in found], "next": after, "previous": before}
    return Response(body, headers=links(request, after, before))


def whole(results: list[dict[str, Any]]) -> Response:
    """A list that always fits a page."""
    return Response({"results": results, "next": None, "previous": None})


def links(request: Request, after: str | None, before: str | None) -> dict[str, str]:
    """The header Link for the neighbouring pages."""
    parts = [(cursor, rel) for cursor, rel in ((after, "next"), (before, "prev")) if cursor]
    told = [f'<{request.path}?{_query(request, cursor)}>; rel="{rel}"' for cursor, rel in parts]
    return {"Link": ", ".join(told)} if told else {}


def _query(request: Request, cursor: str) -> str:
    query = request.query_params.copy()
    query["cursor"] = cursor
    return query.urlencode()


def _write(way: str, row: Model, time: str) -> str:
    return signing.dumps([way, getattr(row, time).isoformat(), str(row.pk)], salt=SALT)


def _read(cursor: str) -> tuple[str, dt.datetime, uuid.UUID] | None:
    if not cursor:
        return None
    try:
        way, moment, key = signing.loads(cursor, salt=SALT)
    except signing.BadSignature:
        raise Invalid(errors={"cursor": "This is not a cursor of this list."}) from None
    return way, dt.datetime.fromisoformat(moment), uuid.UUID(key)


def _beyond(place: tuple[str, dt.datetime, uuid.UUID], time: str, rising: bool) -> Q:
    _, moment, key = place
    side = "gt" if rising else "lt"
    return Q(**{f"{time}__{side}": moment}) | Q(**{time: moment, f"pk__{side}": key})
