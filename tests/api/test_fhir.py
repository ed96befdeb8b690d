"""The vocabulary as FHIR R4 and SKOS: the official shapes (fhir.resources), R4's invariants, and what it says."""

from __future__ import annotations

import re
from typing import Any

import pytest
import rdflib
from django.test import Client
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.codesystem import CodeSystem
from fhir.resources.R4B.conceptmap import ConceptMap
from fhir.resources.R4B.operationoutcome import OperationOutcome
from fhir.resources.R4B.valueset import ValueSet
from rdflib.namespace import OWL, RDF, SKOS

from imagebank.vocabulary.publishing import SCHEMES
from imagebank.vocabulary.tables import LANGUAGES, packaged

BASE = "/api/v1/vocabulary/fhir"
SHAPES: dict[str, Any] = {"CodeSystem": CodeSystem, "ValueSet": ValueSet, "ConceptMap": ConceptMap}
COMPUTABLE = re.compile(r"[A-Z]([A-Za-z0-9_]){0,254}")
"""csd-0, vsd-0, cmd-0."""
IDENTIFIER = re.compile(r"[A-Za-z0-9\-.]{1,64}")


@pytest.fixture
def client(reading: None) -> Client:
    return Client()


def read(client: Client, path: str, status: int = 200) -> dict[str, Any]:
    answer = client.get(f"{BASE}/{path}")
    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (status, "application/fhir+json")
    return dict(answer.json())


def every(client: Client, kind: str) -> list[dict[str, Any]]:
    bundle = read(client, f"{kind}/")
    Bundle.model_validate(bundle)
    found = [entry["resource"] for entry in bundle["entry"]]
    assert bundle["total"] == len(found)
    assert [entry["fullUrl"] for entry in bundle["entry"]] == [one["url"] for one in found]
    return found


@pytest.mark.parametrize(("kind", "count"), [("CodeSystem", 15), ("ValueSet", 15 + 56), ("ConceptMap", 3)])
def test_each_resource_has_the_official_shape(client: Client, kind: str, count: int) -> None:
    found = every(client, kind)
    assert len(found) == count
    for one in found:
        SHAPES[kind].model_validate(one)
        assert COMPUTABLE.fullmatch(one["name"]), one["name"]
        assert IDENTIFIER.fullmatch(one["id"]), one["id"]
        assert one["status"] == "draft"
        assert one["url"].endswith(f"{BASE}/{kind}/{one['id']}")
    assert len({one["url"] for one in found}) == count


def test_code_systems_say_what_the_tables_say(client: Client) -> None:
    for system in every(client, "CodeSystem"):
        codes = [concept["code"] for concept in system["concept"]]
        assert len(codes) == len(set(codes)) == system["count"]  # csd-1
        defined = {told["code"]: told["type"] for told in system["property"]}
        for concept in system["concept"]:
            plain = {d["language"]: d["value"] for d in concept["designation"] if "use" not in d}
            assert set(plain) == set(LANGUAGES)
            assert all(plain.values())
            for told in concept["property"]:
                assert set(told) == {"code", "value" + defined[told["code"]].title()}, told
            read_by_somebody = concept["code"].startswith("CC")  # the licences that are not the bank's own
            status = "active" if read_by_somebody else "draft"
            assert {"code": "status", "valueCode": status} in concept["property"]


def test_a_finding_tells_its_relations(client: Client) -> None:
    concepts = {c["code"]: c for c in read(client, "CodeSystem/findings")["concept"]}
    assert len(concepts) == 302
    mild = {(p["code"], p.get("valueCode")) for p in concepts["hydronephrosis-mild"]["property"]}
    assert {("parent", "hydronephrosis"), ("disclosure", "ordinary"), ("polarity", "abnormal"),
            ("excludes", "kidney-normal")} <= mild  # fmt: skip
    parents = {p["valueCode"] for c in concepts.values() for p in c["property"] if p["code"] == "parent"}
    assert parents <= set(concepts)
    assert len(parents) >= 20


def test_a_value_set_of_each_indication_holds_what_it_offers(client: Client) -> None:
    sets = {one["id"]: one for one in every(client, "ValueSet")}
    tagged: dict[str, set[str]] = {}
    for row in packaged()["indication_findings"]:
        tagged.setdefault(row["indication"], set()).add(row["finding"])
    for indication, findings in tagged.items():
        (include,) = sets[indication]["compose"]["include"]
        assert {concept["code"] for concept in include["concept"]} == findings
        assert len(include["concept"]) == len(findings)
        expansion = sets[indication]["expansion"]
        assert expansion["total"] == len(expansion["contains"]) == len(findings)
        for contained in expansion["contains"]:  # vsd-6, 9, 10
            assert contained["code"] and contained["display"] and contained["system"] == include["system"]
    for one in sets.values():  # vsd-1, 2, 3
        for include in one["compose"]["include"]:
            assert include["system"]
            assert not {"concept", "filter"} <= set(include)


def test_maps_hold_verified_codes_only_with_their_relation(client: Client) -> None:
    relation = {"exact": "equivalent", "close": "inexact", "broader": "wider", "related": "relatedto"}
    systems = {"SCT": "http://snomed.info/sct", "DCM": "http://dicom.nema.org/resources/ontology/DCM"}
    for one in every(client, "ConceptMap"):
        told = {
            (group["target"], element["code"], target["code"], target["equivalence"])
            for group in one["group"]
            for element in group["element"]
            for target in element["target"]
        }
        rows = [row for row in packaged()[one["id"]] if row["code_verified"] == "yes"]
        assert told == {(systems[r["code_system"]], r["id"], r["code"], relation[r["code_relation"]]) for r in rows}
        for group in one["group"]:
            for target in (target for element in group["element"] for target in element["target"]):
                assert target["equivalence"] not in ("narrower", "inexact") or target["comment"]  # cmd-1


def test_it_is_read_once_until_it_changes(client: Client) -> None:
    first = client.get(f"{BASE}/CodeSystem/findings")
    again = client.get(f"{BASE}/CodeSystem/findings", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["CodeSystem/nothing", "Patient/1", "Patient/"])
def test_what_is_not_there_is_an_outcome(client: Client, path: str) -> None:
    told = read(client, path, status=404)
    OperationOutcome.model_validate(told)
    assert told["issue"][0]["code"] == "not-found"


def test_a_method_that_is_not_allowed_is_an_outcome(client: Client) -> None:
    answer = client.delete(f"{BASE}/CodeSystem/findings")
    OperationOutcome.model_validate(answer.json())
    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (405, "application/fhir+json")


def test_skos_is_a_thesaurus_with_labels_relations_and_matches(client: Client) -> None:
    answer = client.get("/api/v1/vocabulary/skos.ttl")
    assert answer.headers["Content-Type"] == "text/turtle; charset=utf-8"
    graph = rdflib.Graph().parse(data=answer.content, format="turtle")
    assert len(set(graph.subjects(RDF.type, SKOS.ConceptScheme))) == len(SCHEMES)
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))
    assert len(concepts) == sum(scheme.model.objects.count() for scheme in SCHEMES.values())
    for concept in concepts:
        preferred = {label.language: str(label) for label in graph.objects(concept, SKOS.prefLabel)}  # type: ignore[attr-defined]
        assert set(preferred) == set(LANGUAGES)
        others = {(label.language, str(label)) for label in graph.objects(concept, SKOS.altLabel)}  # type: ignore[attr-defined]
        assert not others & set(preferred.items())  # S13
    assert set(graph.objects(None, SKOS.broader)) <= concepts
    mild = rdflib.URIRef(next(str(c) for c in concepts if str(c).endswith("/findings/hydronephrosis-mild/")))
    assert str(graph.value(mild, SKOS.broader)).endswith("/findings/hydronephrosis/")
    relations = {"exact": SKOS.exactMatch, "close": SKOS.closeMatch, "broader": SKOS.broadMatch,
                 "related": SKOS.relatedMatch}  # fmt: skip
    for word, match in relations.items():
        rows = [r for t in ("findings", "indications", "views") for r in packaged()[t] if r["code_relation"] == word]
        assert len(list(graph.subject_objects(match))) == len(rows)
    assert not list(graph.subjects(OWL.deprecated))
