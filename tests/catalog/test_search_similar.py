"""Beside a case: the same finding on another device, the normal of the same view."""

from __future__ import annotations

import uuid

import pytest

from imagebank.catalog.models import PublicCase
from imagebank.catalog.search import similar
from imagebank.core.actor import ANONYMOUS
from imagebank.core.errors import Missing


def present(case: dict, polarity: str = "") -> set[str]:
    return {
        f["term"]
        for f in case["findings"]
        if f["presence"] == "present" and (not polarity or f["polarity"] == polarity)
    }


def devices(case: dict) -> set[str]:
    return {clip["model"] for clip in case["clips"]}


def views(case: dict) -> set[str]:
    return {clip["view"] for clip in case["clips"]}


def test_the_same_finding_comes_from_another_device_and_patient(bank):
    subjects = {str(row.case_id): row.true_subject for row in bank}
    seen = 0
    for row in bank[:60]:
        own = row.document
        for other in similar(row.case_id, ANONYMOUS)["same_finding"]:
            seen += 1
            assert present(other) & (present(own, "abnormal") or present(own))
            assert devices(other).isdisjoint(devices(own))
            assert subjects[other["id"]] != row.true_subject
    assert seen > 20


def test_the_normal_of_the_same_view(bank):
    subjects = {str(row.case_id): row.true_subject for row in bank}
    seen = 0
    for row in bank[:100]:
        for other in similar(row.case_id, ANONYMOUS)["normal_view"]:
            seen += 1
            assert views(other) & views(row.document)
            assert present(other, "normal") and not present(other, "abnormal")
            assert subjects[other["id"]] != row.true_subject
    assert seen > 20


def test_never_the_same_patient(scratch):
    row = next(row for row in scratch if similar(row.case_id, ANONYMOUS)["same_finding"])
    other = similar(row.case_id, ANONYMOUS)["same_finding"][0]["id"]
    PublicCase.objects.filter(case=other).update(true_subject=row.true_subject)
    shown = [case["id"] for cases in similar(row.case_id, ANONYMOUS).values() for case in cases]
    assert other not in shown


def test_a_hidden_or_unknown_case_has_nothing_beside_it(scratch):
    PublicCase.objects.filter(case=scratch[0].case_id).update(hidden=True)
    for case_id in (scratch[0].case_id, uuid.uuid4()):
        with pytest.raises(Missing):
            similar(case_id, ANONYMOUS)
