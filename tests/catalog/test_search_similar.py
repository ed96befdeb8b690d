"""Beside a case: the same finding on another device, the normal of the same view."""

from __future__ import annotations

import uuid

import pytest

from imagebank.catalog.models import LOOK_SIZE, Case, Clip, Look, PublicCase
from imagebank.catalog.search import similar
from imagebank.core.actor import ANONYMOUS
from imagebank.core.errors import Missing
from imagebank.vocabulary.selectors import contrasts, facet_numbers
from tests.catalog.asking import recorded


def present(case: dict, polarity: str = "") -> set[str]:
    return {
        f["term"]
        for f in case["findings"]
        if f["presence"] == "present" and (not polarity or f["polarity"] == polarity)
    }


def found(case: dict) -> set[str]:
    """What is present, and what that is a kind of."""
    return {term for presence, term in recorded(case) if presence == "present"}


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
            assert found(other) & (present(own, "abnormal") or present(own))
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


def habitus(case: dict) -> str:
    return case["bmi_class"]


def test_the_same_finding_in_another_build(bank):
    seen = 0
    for row in bank[:60]:
        for other in similar(row.case_id, ANONYMOUS)["other_habitus"]:
            seen += 1
            assert found(other) & (present(row.document, "abnormal") or present(row.document))
            assert {habitus(other), habitus(row.document)}.isdisjoint({"", "bmi-unknown"})
            assert habitus(other) != habitus(row.document)
    assert seen > 20


def test_an_unknown_build_has_none_to_compare(scratch):
    row = next(row for row in scratch if similar(row.case_id, ANONYMOUS)["other_habitus"])
    PublicCase.objects.filter(pk=row.pk).update(document={**row.document, "bmi_class": ""})
    assert similar(row.case_id, ANONYMOUS)["other_habitus"] == []


def test_mimics_are_told_from_their_targets(scratch):
    """By the tables: fluid in the pericardium, and the fat that is taken for it."""
    target, mimic, other = scratch[:3]
    PublicCase.objects.exclude(pk__in=[row.pk for row in scratch[:3]]).delete()
    told(target, "pericardial-effusion-suspected", "pericardial-effusion")
    told(mimic, "dyspnoea", "epicardial-fat-pad")
    told(other, "dyspnoea", "gallstones")
    shown = [[case["id"] for case in similar(row.case_id, ANONYMOUS)["mimics"]] for row in (target, mimic, other)]
    assert str(mimic.case_id) in shown[0]
    assert str(other.case_id) not in shown[0]
    told(mimic, "pericardial-effusion-suspected", "epicardial-fat-pad")
    back = similar(mimic.case_id, ANONYMOUS)["mimics"]
    targets = contrasts("pericardial-effusion-suspected", ["epicardial-fat-pad"])
    assert "pericardial-effusion" in targets
    assert back
    assert all(present(case) & targets for case in back)


def told(row: PublicCase, indication: str, finding: str) -> None:
    """The row says this and nothing else."""
    terms = facet_numbers([("indication", indication), ("finding", finding)])
    said = {"term": finding, "presence": "present", "polarity": "abnormal", "threat": "no", "severity": "",
            "clip": None, "frames": None, "region": None}  # fmt: skip
    document = {**row.document, "indication": indication, "findings": [said]}
    PublicCase.objects.filter(pk=row.pk).update(terms=terms, document=document)


@pytest.fixture
def looks(scratch):
    """Four clips that look ever less like the first: a little, more, and another altogether."""
    rows = scratch[:4]
    for row, steps in zip(rows, (0, 40, 200, 2_000), strict=True):
        case = Case.objects.get(pk=row.case_id)
        clip = Clip.objects.create(
            id=row.document["clips"][0]["id"], institution=case.institution, subject=case.subject, rights=case.rights,
            depositor=case.author, case=case, synthetic=case.synthetic, state="public", kind="cine", frames=2, width=8,
            height=8, sop_class_uid="1.2", sop_instance_uid=f"2.25.{uuid.uuid4().int}", series_uid="1", study_uid="1",
            verifier_report={}, features_answered_by=case.author,
        )  # fmt: skip
        Look.objects.create(clip=clip, vector=[steps, *[7] * (LOOK_SIZE - 1)])
    return rows


def test_what_looks_alike_is_nearest_first(looks):
    first, near, far, _ = (str(row.case_id) for row in looks)
    shown = [case["id"] for case in similar(looks[0].case_id, ANONYMOUS)["look_alike"]]
    assert shown == [near, far]
    assert first not in shown


def test_nobody_looks_like_themselves_or_like_what_is_hidden(looks):
    PublicCase.objects.filter(pk=looks[1].pk).update(true_subject=looks[0].true_subject)
    PublicCase.objects.filter(pk=looks[2].pk).update(hidden=True)
    assert similar(looks[0].case_id, ANONYMOUS)["look_alike"] == []


def test_no_answer_holds_a_look(looks):
    answer = str(similar(looks[0].case_id, ANONYMOUS))
    assert "vector" not in answer
    assert "distance" not in answer
