"""QIDO-RS: levels, fields, pages, warnings; only what the caller may see, in a fixed number of queries."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from tests.factories import World, bearer, make_token, session

from .asking import SERIES, ask, clip, shown, uids


@pytest.fixture
def reader(world: World) -> Client:
    return bearer(make_token(world.trainee, "read"))


def test_each_level_tells_what_the_standard_asks_for(world: World, reader: Client) -> None:
    shown(world, "1.2.1"), shown(world, "1.2.1", "1.2.1.1", 2), shown(world, "1.2.1", "1.2.1.9", 3)
    (study,) = json.loads(ask(reader, "studies").content)
    assert study["00201206"]["Value"] == [2] and study["00201208"]["Value"] == [3]
    assert study["00080061"] == {"vr": "CS", "Value": ["US"]}
    assert study["00081190"]["Value"][0].endswith("/dicomweb/studies/1.2.1")
    assert study["00081030"]["Value"] == ["Suspected pleural effusion"]
    for empty in (
        "00080020",
        "00080030",
        "00080050",
        "00080090",
        "00100010",
        "00100020",
        "00100030",
        "00100040",
        "00200010",
    ):
        assert set(study[empty]) == {"vr"}
    series = json.loads(ask(reader, "studies/1.2.1/series").content)
    assert [(each[SERIES]["Value"][0], each["00201209"]["Value"][0]) for each in series] == [
        ("1.2.1.1", 2),
        ("1.2.1.9", 1),
    ]
    assert (series[0]["00080060"]["Value"], series[0]["00200011"]["Value"]) == (["US"], [7])
    found = json.loads(ask(reader, "studies/1.2.1/series/1.2.1.1/instances").content)
    assert [each["00200013"]["Value"][0] for each in found] == [1, 2]
    assert [found[0][tag]["Value"][0] for tag in ("00280010", "00280011", "00280100", "00280008")] == [480, 640, 8, 2]
    assert uids(ask(reader, "series"), SERIES) == ["1.2.1.1", "1.2.1.9"]
    assert len(uids(ask(reader, "instances"))) == len(uids(ask(reader, "studies/1.2.1/instances"))) == 3


def test_warnings(world: World, reader: Client) -> None:
    shown(world, "1.2.1"), shown(world, "1.2.2")
    assert "fuzzymatching" in ask(reader, "studies", fuzzymatching="true")["Warning"]
    assert "Warning" not in ask(reader, "studies", fuzzymatching="false")
    ignored = ask(reader, "studies", StudyDescription="x", SeriesDescription="y")
    assert (
        ignored["Warning"].startswith('299 imagebank "') and "StudyDescription, SeriesDescription" in ignored["Warning"]
    )
    assert "additional results" in ask(reader, "studies", limit=1)["Warning"]
    assert "Warning" not in ask(reader, "studies", limit=2)


def test_fields_are_included(world: World, reader: Client) -> None:
    shown(world, "1.2.1")
    assert "0008103E" not in json.loads(ask(reader, "series").content)[0]
    for wanted in (
        "SeriesDescription",
        "0008103e",
        "PatientName,SeriesDescription",
        ["PatientID", "SeriesDescription"],
    ):
        told = json.loads(ask(reader, "series", includefield=wanted).content)[0]
        assert told["0008103E"]["Value"] == ["Right"] and "00181030" not in told
    everything = json.loads(ask(reader, "instances", includefield="all").content)[0]
    assert everything["00181030"]["Value"] == ["Lung"]


@pytest.mark.parametrize("wanted", ["all", "ProtocolName", "00181030"])
def test_without_an_account_no_more_is_told_than_a_search_must(world: World, reader: Client, wanted: str) -> None:
    shown(world, "1.2.1")
    plain, asked = (ask(Client(), "instances", **more) for more in ({}, {"includefield": wanted}))
    assert "includefield need an account" in asked["Warning"]
    assert asked.content == plain.content
    assert "00181030" in json.loads(ask(reader, "instances", includefield=wanted).content)[0]


def test_pages(world: World, reader: Client) -> None:
    names = [f"1.2.{number}" for number in range(1, 8)]
    for name in names:
        shown(world, name)
    for remembered in (True, False):
        seen: list[str] = []
        for offset in range(0, 9, 2):
            if not remembered:
                cache.clear()
            seen += uids(ask(reader, "studies", limit=2, offset=offset))
        assert seen == names
    assert ask(reader, "studies", limit=0).status_code == 204
    assert ask(reader, "studies", offset=50).status_code == 204


def test_only_what_the_caller_may_see(world: World, reader: Client) -> None:
    shown(world, "1.2.1"), clip(world, "1.2.2"), shown(world, "1.2.3", rights={"audience": "registered"})
    shown(world, "1.2.4"), clip(world, "1.2.4", "1.2.4.2", 2)
    assert uids(ask(Client(), "studies")) == ["1.2.1", "1.2.4"]
    assert uids(ask(reader, "studies")) == ["1.2.1", "1.2.3", "1.2.4"]
    assert len(uids(ask(reader, "studies/1.2.4/instances"))) == 1
    assert json.loads(ask(reader, "studies", StudyInstanceUID="1.2.4").content)[0]["00201208"]["Value"] == [1]
    for owner in (world.contributor, world.steward):
        assert uids(ask(session(owner), "studies")) == ["1.2.1", "1.2.2", "1.2.3", "1.2.4"]
    for other in (world.stranger, world.reviewer, world.curator, world.admin):
        assert uids(ask(session(other), "studies")) == ["1.2.1", "1.2.3", "1.2.4"]
    assert ask(reader, "studies/1.2.2/series").status_code == 204


def test_the_number_of_queries_does_not_grow(world: World, reader: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(1, 6):
        shown(world, f"1.2.{number}")
    for level in ("studies", "series", "instances"):
        with django_assert_max_num_queries(26) as few:
            ask(reader, level, limit=1, includefield="all")
        with django_assert_max_num_queries(len(few)):
            ask(reader, level, includefield="all")


def test_in_xml_and_not_modified(world: World, reader: Client) -> None:
    shown(world, "1.2.1")
    xml = reader.get("/dicomweb/studies", headers={"Accept": 'multipart/related; type="application/dicom+xml"'})
    assert b'keyword="StudyInstanceUID"' in b"".join(xml)
    first = ask(reader, "studies")
    assert reader.get("/dicomweb/studies", headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert reader.get("/dicomweb/studies", headers={"Accept": "text/html"}).status_code == 406
    assert first["Cache-Control"] == "private, no-cache"


def test_capabilities(world: World, reader: Client) -> None:
    wadl = Client().options("/dicomweb/")
    assert wadl["Content-Type"] == "application/vnd.sun.wadl+xml" and b"studies/{study}/metadata" in wadl.content
    told = reader.get("/dicomweb/", headers={"Accept": "application/json"}).json()["resources"]
    assert {"path": "studies", "methods": ["GET", "POST"]} in told
    assert not [each for each in told if "workitem" in each["path"]]


def test_another_origin_is_let_in_by_name_only(world: World, reader: Client, settings: Any) -> None:
    asking = {"Origin": "https://viewer.example", "Access-Control-Request-Method": "GET"}
    assert "Access-Control-Allow-Origin" not in Client().options("/dicomweb/studies", headers=asking)
    settings.DICOMWEB_ORIGINS = ["https://viewer.example"]
    allowed = Client().options("/dicomweb/studies", headers=asking)
    assert (allowed.status_code, allowed["Access-Control-Allow-Origin"]) == (204, "https://viewer.example")
    assert "Authorization" in allowed["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in allowed
    assert reader.get("/dicomweb/studies", headers=asking)["Vary"].count("Origin") == 1
    other = Client().options("/dicomweb/studies", headers={**asking, "Origin": "https://other.example"})
    assert "Access-Control-Allow-Origin" not in other
