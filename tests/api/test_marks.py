"""Marks over REST: written with the case, read in it."""

from __future__ import annotations

import pytest
from django.test import Client

from imagebank.catalog.models import Case
from tests.api.test_cases import CASES, patch, post
from tests.factories import World, case_data, session

MARK = {"kind": "ellipse", "points": [[0.1, 0.2], [0.5, 0.5]], "label": {"en": "Cyst", "da": "Cyste"}}


def test_they_are_written_and_read_with_the_case(world: World) -> None:
    author, clip = session(world.contributor), world.stored()
    regions = [{"box": [0, 0, 640, 480], "x": {"unit": "cm", "delta": 0.03}, "y": {"unit": None, "delta": None}}]
    clip.regions = regions
    clip.save()
    made = post(author, CASES, case_data(clip, marks=[{"clip": str(clip.pk), **MARK}])).json()
    assert made["clips"][0]["regions"] == regions
    told = {"clip": str(clip.pk), "number": 1, "frames": [1, 2], "text": "Cyst", **MARK}
    assert made["marks"] == [told]
    changed = patch(author, made["id"], {"marks": [{"clip": str(clip.pk), **MARK, "number": 1, "frame_from": 2}]})
    assert changed.json()["marks"] == [told | {"frames": [2, 2]}]
    assert patch(author, made["id"], {"credit": "Rounds"}).json()["marks"], "left out they stay"
    case = world.accepted_draft(Case.objects.get(pk=made["id"]))
    assert post(session(world.curator), f"{CASES}{case.pk}/publish/").status_code == 200
    shown = Client().get(f"{CASES}{case.pk}/?lang=da").json()
    assert [mark["text"] for mark in shown["marks"]] == ["Cyste"]
    assert "asserted" not in str(shown["marks"]), "nobody learns who drew it"


@pytest.mark.parametrize(
    "wrong", [{"kind": "star"}, {"points": [[0.1, 2]]}, {"points": []}, {"colour": "red"}], ids=str
)
def test_wrong_ones_are_refused(wrong: dict[str, object], world: World) -> None:
    clip = world.stored()
    answer = post(session(world.contributor), CASES, case_data(clip, marks=[{"clip": str(clip.pk), **MARK, **wrong}]))
    assert answer.status_code == 422
    assert answer.json()["errors"]
    assert not Case.objects.exists()
