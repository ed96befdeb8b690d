"""The list of 50 cases over REST against the floor: the same cases from their rows by psycopg, written by orjson."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import Callable
from statistics import median
from typing import Any, Final

import orjson
from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.db import connection, transaction
from django.http import HttpResponseBase, QueryDict
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext, override_settings
from psycopg.rows import dict_row

from deploy.benchmarks.asking import forget
from deploy.benchmarks.made_cases import copy_in
from deploy.benchmarks.measuring import in_turn, say, tell
from imagebank.catalog.models import Case, Clip, Finding, PublicCase, Rendition
from imagebank.catalog.search import SearchParams, search, tag_of
from imagebank.core.actor import ANONYMOUS

LIST: Final = "order=newest&limit=50"
NOTHING: Final = "/api/v1/suggest/"
ROLES: Final = ("dicom", "playback", "small", "poster", "frames")
ROWS: Final = {
    "cases": "SELECT id, title, vignette, indication_id, setting, age_band, sex, bmi_class, confirmed_method,"
    " confirmed_certainty, confirmed_interval_days, credit, synthetic, revision, published_on"
    " FROM catalog_case WHERE id = ANY(%s)",
    "clips": "SELECT id, case_id, view_id, kind, mode, frames, fps, frame_times, width, height, pixel_spacing_mm,"
    " depth_mm, maker, model, probe, laterality, quality FROM catalog_clip WHERE case_id = ANY(%s) ORDER BY position",
    "media": "SELECT clip_id, role, sha256, size FROM catalog_rendition WHERE clip_id = ANY(%s)",
    "findings": "SELECT case_id, term_id, presence, polarity, threat, severity, clip_id, frame_from, frame_to, region"
    " FROM catalog_finding JOIN vocabulary_findingterm AS term ON term.id = term_id WHERE case_id = ANY(%s)",
}


def rest(runs: int) -> None:
    """Through the whole of Django, its cache of the throttle in memory as Redis would be."""
    limits = dataclasses.replace(settings.LIMITS, reads_per_minute_address=10**9)
    caches = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    given = {"LIMITS": limits, "CACHES": caches, "ALLOWED_HOSTS": ["*"], "SEARCH_FRESH_SECONDS": 1.0}
    with override_settings(**given), transaction.atomic():
        ask = _asking()
        ids = [case["id"] for case in orjson.loads(ask().content)["results"]]
        _give_rows(ids)
        held = ask().headers["ETag"]

        def anew(held: str) -> Any:
            forget()
            return ask(held)

        acts: dict[str, tuple[Callable[[], Any], str]] = {
            "floor: 50 cases from rows, psycopg and orjson": (lambda: _from_rows(ids), ""),
            "Django and REST framework around nothing": (lambda: ask(path=NOTHING), ""),
            "REST list of 50 cases, whole": (ask, "<= 2x"),
            "REST list of 50 cases, within the view": (_view, "<= 2x"),
            "REST list, 304, whole": (lambda: ask(held), "<= 0.5x"),
            "REST list, 304, within the view": (lambda: _view(tag=True), "<= 0.5x"),
            "REST list, 304, whole, first since a change": (lambda: anew(held), "once"),
        }
        took = in_turn([act for act, _ in acts.values()], runs)
        for (name, (_, target)), times in zip(acts.items(), took, strict=True):
            tell(name, times, target, floor=median(took[0]))
        forget()
        with CaptureQueriesContext(connection) as queries:
            ask()
        say("REST list, queries", str(len(queries)), "<= 3")
        transaction.set_rollback(True)


def _asking() -> Any:
    handler, factory = BaseHandler(), RequestFactory()
    handler.load_middleware()

    def ask(held: str = "", path: str = f"/api/v1/cases/?{LIST}") -> HttpResponseBase:
        headers = {"If-None-Match": held} if held else {}
        response = handler.get_response(factory.get(path, headers=headers))
        assert response.status_code == (304 if held else 200)
        return response

    return ask


def _view(tag: bool = False) -> bytes:
    """What the view does itself: from the parameters to the bytes, or to the tag."""
    params = SearchParams.from_query(QueryDict(LIST), "en")
    return tag_of(params, ANONYMOUS).encode() if tag else orjson.dumps(search(params, ANONYMOUS).as_dict())


def _from_rows(ids: list[str]) -> bytes:
    with connection.connection.cursor(row_factory=dict_row) as cursor:
        cases = cursor.execute(ROWS["cases"], [ids]).fetchall()
        clips = cursor.execute(ROWS["clips"], [ids]).fetchall()
        media = cursor.execute(ROWS["media"], [[clip["id"] for clip in clips]]).fetchall()
        findings = cursor.execute(ROWS["findings"], [ids]).fetchall()
    stored, of_case, said = defaultdict(list), defaultdict(list), defaultdict(list)
    for row in media:
        stored[row.pop("clip_id")].append(row)
    for row in clips:
        of_case[row.pop("case_id")].append({**row, "media": stored[row["id"]]})
    for row in findings:
        said[row.pop("case_id")].append(row)
    return orjson.dumps([{**case, "clips": of_case[case["id"]], "findings": said[case["id"]]} for case in cases])


def _give_rows(ids: list[str]) -> None:
    """The clips and findings that stand in the documents, as rows of their tables."""
    documents = PublicCase.objects.filter(case_id__in=ids).values_list("document", flat=True)
    cases = Case.objects.in_bulk(ids)
    rows = [(cases[uuid.UUID(told["id"])], told) for told in documents]
    clips = [_clip(case, clip) for case, told in rows for clip in told["clips"]]
    copy_in(Clip, clips)
    media = [{"clip_id": clip["id"], "role": role} for clip in clips for role in ROLES]
    copy_in(Rendition, [{**one, "sha256": "0" * 64, "size": 1, "store": "bank", "content_type": ""} for one in media])
    findings = [_finding(case, finding) for case, told in rows for finding in told["findings"]]
    copy_in(Finding, findings)


def _clip(case: Case, told: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": told["id"], "institution_id": case.institution_id, "subject_id": case.subject_id,
        "rights_id": case.rights_id, "depositor_id": case.author_id, "case_id": case.pk, "view_id": told["view"],
        "state": "private", "synthetic": True, "verifier_report": "{}", "features_answered_by_id": case.author_id,
        "kind": "cine", "frames": 90, "width": 800, "height": 600, "fps": 30.0, "maker": told["vendor"],
        "model": told["model"], "probe": told["probe"], "quality": told["quality"], "sop_class_uid": "1",
        "sop_instance_uid": told["id"], "series_uid": "1", "study_uid": "1", "frame_times": "{}",
    }  # fmt: skip


def _finding(case: Case, told: dict[str, Any]) -> dict[str, Any]:
    names = {"term_id": told["term"], "presence": told["presence"], "severity": told["severity"]}
    return {"id": uuid.uuid4(), "case_id": case.pk, "asserted_by_id": case.author_id, **names}
