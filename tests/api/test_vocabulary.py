"""The small tables over REST: labels in five languages, definitions, the text of the licence, codes of errors."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from imagebank.vocabulary.publishing import SCHEMES
from imagebank.vocabulary.tables import LANGUAGES


@pytest.fixture
def client(reading: None) -> Client:
    return Client()


def read(client: Client, path: str, lang: str = "en") -> Any:
    answer = client.get(f"/api/v1/vocabulary/{path}", {"lang": lang})
    assert answer.status_code == 200
    return answer.json()


def test_every_table_and_every_term_has_its_address(client: Client) -> None:
    tables = read(client, "")["results"]
    assert {table["id"] for table in tables} == set(SCHEMES)
    for table in tables:
        rows = read(client, f"{table['id']}/")["results"]
        assert len(rows) == table["count"] > 0
        assert read(client, f"{table['id']}/{rows[0]['id']}/").items() >= rows[0].items()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_label_is_missing_in_any_language(client: Client, lang: str) -> None:
    for table in SCHEMES:
        assert all(row["label"] for row in read(client, f"{table}/", lang)["results"])


def test_labels_are_in_the_readers_language(client: Client) -> None:
    assert read(client, "withdrawal-reasons/patient_request/", "da")["label"] == "Patienten har bedt om det"
    assert read(client, "legal-bases/consent/", "es")["label"] == "Consentimiento del paciente"
    assert read(client, "consent-kinds/explicit-release/", "fr")["definition"]


def test_the_teaching_licence_brings_its_text(client: Client) -> None:
    english = read(client, "licences/LicenseRef-Imagebank-Teaching-1.0/")["text"]
    german = read(client, "licences/LicenseRef-Imagebank-Teaching-1.0/", "de")["text"]
    assert len(english) == len(german) == 11
    assert {clause["text"] for clause in english}.isdisjoint(clause["text"] for clause in german)
    assert read(client, "licences/CC0-1.0/")["text"] == []


def test_codes_of_errors_have_sentences_and_pages(client: Client) -> None:
    english, french = ({p["id"]: p for p in read(client, "problems/", lang)["results"]} for lang in ("en", "fr"))
    assert len(english) > 50
    assert english["wrong_state"]["label"] != french["wrong_state"]["label"]
    assert english["refused.duplicate"]["label"] != french["refused.duplicate"]["label"]
    for code in ("wrong_state", "refused.duplicate"):
        assert client.get(english[code]["type"], follow=True).status_code == 200


@pytest.mark.parametrize("path", ["nothing/", "findings/nothing/", "licences/MIT/"])
def test_what_is_not_there(client: Client, path: str) -> None:
    answer = client.get(f"/api/v1/vocabulary/{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
