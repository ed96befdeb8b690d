"""Beside a case: the same finding on another device, and the normal of the same view. Never the same patient."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Final

from django.db.models import QuerySet

from imagebank.catalog.models import PublicCase
from imagebank.core.actor import Actor
from imagebank.core.errors import Missing

from .coverage import Board
from .numbers import numbers_of
from .present import case_json
from .stream import START, Stream
from .tree import And, AnyOf, Not, render
from .varied import COLUMNS, candidate
from .visible import visible_to

MOST: Final = 4
POOL: Final = 300
"""Candidates looked at for each kind."""


def similar(case_id: uuid.UUID, actor: Actor, lang: str = "en") -> dict[str, list[dict[str, Any]]]:
    """{same_finding, normal_view}: cases in the reader's language; Missing when the reader may not see this one."""
    rows = visible_to(actor)
    own = rows.filter(case_id=case_id).first()
    if own is None:
        raise Missing()
    others = rows.exclude(true_subject=own.true_subject)
    found = {"same_finding": _same_finding(own, others), "normal_view": _normal_view(own, others)}
    documents = dict(rows.filter(pk__in=[pk for keys in found.values() for pk in keys]).values_list("pk", "document"))
    return {kind: [case_json(documents[pk], lang) for pk in keys if pk in documents] for kind, keys in found.items()}


def _same_finding(own: PublicCase, others: QuerySet[PublicCase]) -> list[int]:
    present = [f for f in own.document["findings"] if f["presence"] == "present"]
    abnormal = [f["term"] for f in present if f["polarity"] == "abnormal"] or [f["term"] for f in present]
    pool = _pool(own, others.filter(render(_any("finding", abnormal))))
    used = set(own.true_values.get("model", ()))
    return _varied(own, [row for row in pool if used.isdisjoint(row.true_values.get("model", ()))])


def _normal_view(own: PublicCase, others: QuerySet[PublicCase]) -> list[int]:
    views = [clip["view"] for clip in own.document["clips"] if clip["view"]]
    wanted = And((_any("view", views), _any("polarity", ["normal"]), Not(_any("polarity", ["abnormal"]))))
    return _varied(own, _pool(own, others.filter(render(wanted))))


def _any(facet: str, slugs: list[str]) -> AnyOf:
    return AnyOf(tuple(numbers_of(facet, slugs).values()))


def _pool(own: PublicCase, rows: QuerySet[PublicCase]) -> list[PublicCase]:
    """Begun at the case's own place, so that each case gets others beside it."""
    rows = rows.only(*COLUMNS)
    parts = (rows.filter(shuffle__gt=own.shuffle), rows.filter(shuffle__lt=own.shuffle))
    return [row for _, row in Stream(parts).read(START, POOL)]


def _varied(own: PublicCase, pool: Sequence[PublicCase]) -> list[int]:
    """Primary keys of those that differ most from the case and from each other."""
    board = Board([candidate(row, str(own.shuffle)) for row in (own, *pool)])
    board.show(0)
    return [pool[place - 1].pk for place in board.page(MOST)]
