"""QIDO-RS: every matching key, and what is no key."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.bank import empty_tables
from tests.factories import bearer, make_token

from .asking import STUDY, ask, shown, uids
from .conftest import fresh_world


@pytest.fixture(scope="module")
def reader(vocabulary: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Client]:
    """Two published studies of one instance each."""
    with django_db_blocker.unblock():
        world = fresh_world()
        shown(world, "1.2.1"), shown(world, "1.2.2")
        yield bearer(make_token(world.trainee, "read"))
        empty_tables()


@pytest.mark.parametrize(
    ("level", "key", "value", "count"),
    [
        ("studies", "StudyInstanceUID", "1.2.1", 1),
        ("studies", STUDY, "1.2.1", 1),
        ("studies", "StudyInstanceUID", "1.2.1,1.2.2,1.2.9", 2),
        ("studies", "StudyInstanceUID", "1.2.1\\1.2.2", 2),
        ("studies", "StudyInstanceUID", "1.2.9", 0),
        ("studies", "ModalitiesInStudy", "US", 2),
        ("studies", "ModalitiesInStudy", "CT\\US", 2),
        ("studies", "ModalitiesInStudy", "CT", 0),
        ("studies", "PatientName", "", 2),
        ("studies", "PatientName", "*", 2),
        ("studies", "PatientName", "Spec*", 0),
        ("studies", "PatientID", "1?", 0),
        ("studies", "AccessionNumber", "A1", 0),
        ("studies", "ReferringPhysicianName", "^", 0),
        ("studies", "StudyID", "1", 0),
        ("studies", "StudyDate", "20200101", 0),
        ("studies", "StudyDate", "20200101-20201231", 0),
        ("studies", "StudyDate", "-20201231", 0),
        ("studies", "StudyTime", "1015-", 0),
        ("studies", "StudyDate", "", 2),
        ("series", "Modality", "U*", 2),
        ("series", "SeriesInstanceUID", "1.2.2.1", 1),
        ("series", "SeriesNumber", "7", 2),
        ("series", "SeriesNumber", "8", 0),
        ("series", "Manufacturer", "AC?E", 2),
        ("series", "Manufacturer", "a.me", 0),
        ("series", "RequestAttributesSequence.ScheduledProcedureStepID", "1", 0),
        ("series", "PerformedProcedureStepStartDate", "20200101-", 0),
        ("instances", "SOPInstanceUID", "1.2.2.1.1", 1),
        ("instances", "SOPClassUID", "1.2.840.10008.5.1.4.1.1.3.1", 2),
        ("instances", "InstanceNumber", "1", 2),
        ("instances", "NumberOfFrames", "3", 0),
        ("instances", "StudyInstanceUID", "1.2.2", 1),
    ],
)
def test_matching_keys(reader: Client, level: str, key: str, value: str, count: int) -> None:
    answer = ask(reader, level, **{key: value})
    assert (answer.status_code, len(uids(answer))) == (200 if count else 204, count)
    assert "Warning" not in answer


@pytest.mark.parametrize(
    "query",
    [
        "NoSuchKeyword=1", "StudyInstanceUID=abc", "StudyInstanceUID=1.02", "StudyDate=2020", "StudyDate=-",
        "StudyDate=20201301", "StudyTime=25", "limit=-1", "limit=x", "offset=-1", "fuzzymatching=maybe",
        "includefield=NoSuchKeyword", "StudyInstanceUID=1.2&StudyInstanceUID=1.3", "ModalitiesInStudy=" + "*a" * 20,
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused(reader: Client, query: str) -> None:
    answer = reader.get(f"/dicomweb/studies?{query}")
    assert (answer.status_code, json.loads(answer.content)["code"]) == (400, "dicomweb_request")
