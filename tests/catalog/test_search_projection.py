"""What a case tells the search: the maker's facet."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from imagebank.catalog import projection
from imagebank.catalog.models import Case, Clip, PublicCase
from imagebank.catalog.search.numbers import values_of
from tests.catalog.asking import ask


def published_with(row: PublicCase, maker: str) -> PublicCase:
    """The case of `row` with one clip from a device of this maker, projected as publication does."""
    case = Case.objects.get(pk=row.case_id)
    case.published_on = dt.date(2026, 11, 1)
    Clip.objects.create(
        institution=case.institution, subject=case.subject, rights=case.rights, depositor=case.author, case=case,
        kind="cine", frames=2, width=8, height=8, maker=maker, model="One", sop_class_uid="1.2",
        sop_instance_uid=f"2.25.{uuid.uuid4().int}", series_uid="1", study_uid="1", pixel_sha256="0", state="private",
        synthetic=True, verifier_report={}, features_answered_by=case.author,
    )  # fmt: skip
    projection.project(case)
    return PublicCase.objects.get(case=case, audience="open")


@pytest.mark.parametrize(
    ("maker", "vendor"),
    [
        ("GE Vingmed Ultrasound", "ge-healthcare"),
        ("TOSHIBA_MEC_US", "canon"),
        ("Nordlys Made-Up Imaging", "nordlys-made-up-imaging"),
        ("", "other"),
    ],
)
def test_the_maker_is_told_by_its_slug(scratch, maker, vendor):
    row = published_with(scratch[0], maker)
    assert {slug for facet, slug in values_of(row.terms).values() if facet == "vendor"} == {vendor}
    assert row.true_values["vendor"] == ([vendor] if maker else [])
    assert row.document["clips"][0]["vendor"] == maker
    assert str(row.case_id) in {case["id"] for case in ask("order=newest&limit=1000", vendor=vendor).results}


def test_an_unknown_maker_has_a_readable_label(scratch):
    published_with(scratch[0], "Nordlys Made-Up Imaging")
    published_with(scratch[1], "Philips Medical Systems")
    told = {value["id"]: value["label"] for value in ask("facets=1").facets["vendor"]}
    assert told["nordlys-made-up-imaging"] == "Nordlys Made Up Imaging"
    assert told["philips"] == "Philips"
