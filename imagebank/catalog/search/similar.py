"""Beside a case: what to compare it with. Never the same patient, never a case that the reader may not see.

Everything is chosen by what is told (`PublicCase.document` and `terms`): choosing by a withheld value would tell it.
"""

from __future__ import annotations

import uuid
from typing import Any, Final

import numpy as np
from django.db import connection, transaction
from django.db.models import QuerySet
from numpy.typing import NDArray
from pgvector.django import L2Distance
from pyroaring import BitMap

from imagebank.catalog.models import Look, PublicCase
from imagebank.core.actor import Actor
from imagebank.core.errors import Missing
from imagebank.vocabulary.selectors import contrasts, facet_values

from .index import View, view_of
from .index.postings import union
from .numbers import any_of
from .picking import picked
from .present import case_json
from .stream import START, Stream, turned
from .tree import And, Node, Not
from .visible import visible_to

MOST: Final = 4
POOL: Final = 100
"""Candidates looked at for each kind."""
LOOKED_AT: Final = 3
"""Clips of the case whose looks are compared."""
ALIKE: Final = 300
"""Looks further apart than this (anonymize/render/look.py) are not alike."""
UNKNOWN_HABITUS: Final = frozenset({"", "bmi-unknown"})
Slots = NDArray[np.uint32]


def similar(case_id: uuid.UUID, actor: Actor, lang: str = "en") -> dict[str, list[dict[str, Any]]]:
    """{kind: cases in the reader's language}; Missing when the reader may not see this one.

    `same_finding` on another device, `other_habitus`: same finding in a patient of another build, `normal_view`: the
    normal of the same view, `mimics`: what is mistaken for it, `look_alike`: pictures that look like it.
    """
    rows = visible_to(actor)
    own = rows.filter(case_id=case_id).first()
    if own is None:
        raise Missing()
    view, others = view_of(actor), rows.exclude(true_subject=own.true_subject)
    found = {
        "same_finding": _varied(own, view, _same_finding(own, view)),
        "other_habitus": _varied(own, view, _other_habitus(own, view)),
        "normal_view": _varied(own, view, view.matching(_normal_view(own))),
        "mimics": _varied(own, view, view.matching(_mimics(own))),
        "look_alike": _look_alike(own, others),
    }
    documents = dict(others.filter(pk__in={pk for keys in found.values() for pk in keys}).values_list("pk", "document"))
    return {kind: [case_json(documents[pk], lang) for pk in keys if pk in documents] for kind, keys in found.items()}


def _same_finding(own: PublicCase, view: View) -> BitMap:
    used = view.generation.coded("model", own.true_values.get("model", ()))
    return view.matching(any_of("finding", _abnormal(own))) - union(used)


def _other_habitus(own: PublicCase, view: View) -> BitMap:
    """Only where the build of both patients is told."""
    habitus = own.document["bmi_class"]
    others = set() if habitus in UNKNOWN_HABITUS else facet_values("bmi").keys() - {habitus, *UNKNOWN_HABITUS}
    return view.matching(And((any_of("finding", _abnormal(own)), any_of("bmi", others))))


def _normal_view(own: PublicCase) -> Node:
    views = {clip["view"] for clip in own.document["clips"] if clip["view"]}
    return And((any_of("view", views), any_of("polarity", ["normal"]), Not(any_of("polarity", ["abnormal"]))))


def _mimics(own: PublicCase) -> Node:
    """For a target of the indication its mimics, for a mimic the targets."""
    present = _present(own)
    wanted = contrasts(own.document["indication"], present)
    return And((any_of("finding", wanted), Not(any_of("finding", present))))


def _look_alike(own: PublicCase, others: QuerySet[PublicCase]) -> list[int]:
    """The nearest first."""
    clips = [clip["id"] for clip in own.document["clips"][:LOOKED_AT]]
    nearest: dict[int, float] = {}
    for look in Look.objects.filter(clip__in=clips):
        for pk, distance in _near(look, others):
            nearest[pk] = min(distance, nearest.get(pk, ALIKE))
    alike = [pk for pk, distance in nearest.items() if distance < ALIKE]
    return sorted(alike, key=lambda pk: (nearest[pk], pk))[:MOST]


@transaction.atomic
def _near(look: Look, others: QuerySet[PublicCase]) -> list[tuple[int, float]]:
    """(case, distance); the index goes on until it has found enough that the reader may see."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL hnsw.iterative_scan = strict_order")
    near = Look.objects.filter(clip__state="public", clip__case__projection__in=others)
    near = near.annotate(distance=L2Distance("vector", look.vector)).order_by("distance")
    return list(near.values_list("clip__case__projection", "distance")[: MOST * LOOKED_AT])


# --- pieces


def _present(own: PublicCase) -> set[str]:
    return {finding["term"] for finding in own.document["findings"] if finding["presence"] == "present"}


def _abnormal(own: PublicCase) -> set[str]:
    """What is abnormal, else all that is present."""
    present = [finding for finding in own.document["findings"] if finding["presence"] == "present"]
    return {finding["term"] for finding in present if finding["polarity"] == "abnormal"} or _present(own)


def _varied(own: PublicCase, view: View, cases: BitMap) -> list[int]:
    """Primary keys. Of a pool begun at the case's own place (so that each case gets others beside it), each time the
    one that adds most to what was told so far."""
    slots = _pool(own, view, cases)
    chosen = picked(view.generation, slots, most=MOST, seen=set(own.terms))
    return [int(pk) for pk in view.generation.of("pk", np.array(chosen, dtype=np.uint32))]


def _pool(own: PublicCase, view: View, cases: BitMap) -> Slots:
    """Slots of other patients."""
    read = Stream(view.generation, turned(cases, own.shuffle)).read(START, POOL)
    slots = np.array([slot for _, slot in read], dtype=np.uint32)
    patient = view.generation.of("subject", view.generation.slots([own.pk]))
    return slots[~np.isin(view.generation.of("subject", slots), patient)]
