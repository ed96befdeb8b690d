"""The clips beside a sheet and a view: chosen by curators, else the ones that show most, by the reader's rights."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from imagebank.catalog.gaps import gaps
from imagebank.catalog.models import PublicCase
from imagebank.catalog.search.examples import Wanted, examples
from imagebank.catalog.search.present import clip_json
from imagebank.catalog.search.visible import visible_to
from imagebank.core.actor import Actor

from .document import PICKED, cases_of
from .models import SheetVersion

QUALITIES: Final[dict[str, tuple[int, ...]]] = {"good": (4, 5), "poor": (1, 2)}
"""Of the five-point scale (vocabulary: quality_scale)."""
OF_A_VIEW: Final = 4
Example = dict[str, Any]
"""{picked: a curator chose it, gap: why it is not shown, case: its id, clip: as REST tells it}"""


def shown_with(version: SheetVersion, actor: Actor, lang: str) -> list[dict[str, Example | None]]:
    """For each finding of the sheet {example, counter}: with it, without it; None where the bank has none."""
    findings = version.document.get("findings", [])
    rows = _chosen(version, actor)
    missing = gaps([case for case in cases_of(version.document) if case not in rows], actor)
    open_places = [(place, part) for place, point in enumerate(findings) for part in PICKED if not point[part]]
    wanted = [_wanted(version.indication_id, findings[place]["finding"], part) for place, part in open_places]
    found = dict(zip(open_places, examples(wanted, actor, seed=version.indication_id), strict=True))
    return [
        {part: _example(point, part, rows, missing, found.get((place, part), []), lang) for part in PICKED}
        for place, point in enumerate(findings)
    ]


def clips_of_view(view: str, actor: Actor, lang: str) -> dict[str, list[Example]]:
    """{good, poor: clips of the view of that quality}, at most four each."""
    wanted = [
        [Wanted((("view", (view,)), ("quality", tuple(str(score) for score in scores))))]
        for scores in QUALITIES.values()
    ]
    found = examples(wanted, actor, seed=view, most=3 * OF_A_VIEW)
    return {
        name: [
            example
            for row in rows
            if (example := _told(row, lang, picked=False, of=_fitting(row, view, scores))) is not None
        ][:OF_A_VIEW]
        for (name, scores), rows in zip(QUALITIES.items(), found, strict=True)
    }


# --- pieces


def _wanted(indication: str, finding: str, part: str) -> list[Wanted]:
    """What is looked for in turn. Without it: said to be absent there, else a normal one, else absent at all."""
    here = ("indication", (indication,))
    if part == "example":
        return [Wanted((here, ("finding", (finding,)))), Wanted((("finding", (finding,)),))]
    normal = Wanted((here, ("polarity", ("normal",))), lacks=(("polarity", ("abnormal",)), ("finding", (finding,))))
    absent = ("finding_absent", (finding,))
    return [Wanted((here, absent)), normal, Wanted((absent,))]


def _chosen(version: SheetVersion, actor: Actor) -> dict[uuid.UUID, PublicCase]:
    rows = visible_to(actor).filter(case_id__in=cases_of(version.document)).defer("text", "terms")
    return {row.case_id: row for row in rows}


def _example(
    point: Mapping[str, Any],
    part: str,
    rows: Mapping[uuid.UUID, PublicCase],
    missing: Mapping[uuid.UUID, str],
    found: list[PublicCase],
    lang: str,
) -> Example | None:
    if not point[part]:
        return _told(found[0], lang, picked=False, of=_marked(found[0], point["finding"])) if found else None
    case = uuid.UUID(point[part])
    if case not in rows:
        return {"picked": True, "gap": missing[case], "case": None, "clip": None}
    return _told(rows[case], lang, picked=True, of=_marked(rows[case], point["finding"]))


def _told(row: PublicCase, lang: str, *, picked: bool, of: Mapping[str, Any] | None) -> Example | None:
    if of is None:
        return None
    told = {"place": row.document["clips"].index(of) + 1, "synthetic": row.document["synthetic"]}
    return {"picked": picked, "gap": None, "case": str(row.case_id), "clip": clip_json(of, lang), **told}


def _marked(row: PublicCase, finding: str) -> Mapping[str, Any] | None:
    """The clip on which the finding was marked, else the first."""
    marked = {said["clip"] for said in row.document["findings"] if said["term"] == finding}
    clips = row.document["clips"]
    return next((clip for clip in clips if clip["id"] in marked), clips[0] if clips else None)


def _fitting(row: PublicCase, view: str, scores: tuple[int, ...]) -> Mapping[str, Any] | None:
    """A case is found by any of its clips: the one that shows this view in this quality."""
    return next((clip for clip in row.document["clips"] if clip["view"] == view and clip["quality"] in scores), None)
