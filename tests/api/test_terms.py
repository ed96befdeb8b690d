"""The vocabulary over REST."""

from __future__ import annotations

from django.test import Client

from tests.factories import World


def listed(name: str, lang: str = "en") -> list[dict]:
    answer = Client().get(f"/api/v1/{name}/", {"lang": lang})
    assert answer.status_code == 200
    return answer.json()["results"]


def test_findings_in_two_languages(world: World) -> None:
    english, danish = listed("findings"), listed("findings", "da")
    assert [f["id"] for f in english] == [f["id"] for f in danish]
    assert len(english) == 302
    labels = {f["id"]: f["label"] for f in danish}
    assert labels["pleural-effusion-simple"] != {f["id"]: f["label"] for f in english}["pleural-effusion-simple"]


def test_views_come_with_their_quality_items(world: World) -> None:
    views = {view["id"]: view for view in listed("views")}
    assert len(views) == 88
    assert len(views["lung-plaps-right"]["quality_items"]) >= 3


def test_an_indication_offers_views_and_findings(world: World) -> None:
    every = {row["id"]: row for row in listed("indications")}
    assert len(every) == 56
    one = Client().get("/api/v1/indications/pleural-effusion-suspected/").json()
    assert one == every["pleural-effusion-suspected"]
    assert "lung-plaps-right" in {view["id"] for view in one["views"]}
    roles = {finding["id"]: finding["role"] for finding in one["findings"]}
    assert roles["pleural-effusion-simple"] == "target-abnormal"
    assert Client().get("/api/v1/indications/nothing/").status_code == 404
