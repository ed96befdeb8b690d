"""A case as FHIR R4: the official shapes (fhir.resources), and that they tell what the public document tells."""

from __future__ import annotations

from typing import Any

from django.test import Client
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.imagingstudy import ImagingStudy
from fhir.resources.R4B.observation import Observation
from fhir.resources.R4B.operationoutcome import OperationOutcome

from imagebank.catalog.models import PublicCase
from tests.factories import World

ROOT = "/api/v1/fhir"


def read(path: str, status: int = 200) -> Any:
    answer = Client().get(f"{ROOT}/{path}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/fhir+json")
    return answer.json()


def test_a_case_and_its_findings(world: World) -> None:
    case = world.published(world.stored())
    clip = case.clips.get()
    study = read(f"ImagingStudy/{case.pk}")
    ImagingStudy.model_validate(study)
    (series,) = study["series"]
    assert (series["uid"], series["instance"][0]["uid"]) == (clip.series_uid, clip.sop_instance_uid)
    assert study["identifier"] == [{"system": "urn:dicom:uid", "value": f"urn:oid:{clip.study_uid}"}]
    assert study["reasonCode"][0]["coding"][0]["code"] == "pleural-effusion-suspected"
    seen = read(f"Observation/{case.pk}-1")
    Observation.model_validate(seen)
    assert (seen["code"]["coding"][0]["code"], seen["valueCodeableConcept"]["text"]) == (
        "pleural-effusion-simple", "present",
    )  # fmt: skip
    bundle = read(f"Bundle/{case.pk}")
    Bundle.model_validate(bundle)
    assert [entry["resource"] for entry in bundle["entry"]] == [study, seen]
    OperationOutcome.model_validate(read(f"Observation/{case.pk}-2", 404))
    CapabilityStatement.model_validate(read("metadata"))


def test_a_search_leads_from_page_to_page(world: World) -> None:
    cases = [world.published(world.stored()) for _ in range(2)]
    first = read("ImagingStudy?indication=pleural-effusion-suspected&limit=1")
    Bundle.model_validate(first)
    links = {link["relation"]: link["url"] for link in first["link"]}
    assert links["next"].startswith("http://127.0.0.1:8000/api/v1/fhir/ImagingStudy?")
    second = Client().get(links["next"].removeprefix("http://127.0.0.1:8000")).json()
    pages = (first, second)
    modes = [[entry["search"]["mode"] for entry in page["entry"]] for page in pages]
    assert modes == [["match", "include"]] * 2 and first["total"] == 2
    assert {page["entry"][0]["resource"]["id"] for page in pages} == {str(case.pk) for case in cases}


def test_what_is_withheld_stays_withheld(world: World) -> None:
    case = world.published(world.stored())
    public = PublicCase.objects.get(case=case)
    assert public.document["sex"] == ""
    study, seen = read(f"ImagingStudy/{case.pk}"), read(f"Observation/{case.pk}-1")
    assert {one["contained"][0]["gender"] for one in (study, seen)} == {"unknown"}
    text = str([study, seen])
    for told in (world.north.slug, str(case.subject_id), "adult-65-79", str(case.published_on)):
        assert told not in text
    PublicCase.objects.update(document=public.document | {"sex": "female"})
    assert read(f"ImagingStudy/{case.pk}")["contained"][0]["gender"] == "female"
