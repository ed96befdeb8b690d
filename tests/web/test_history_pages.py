"""The history of a case on its page, what to compare it with, and the note on what readers will not be told."""

from __future__ import annotations

import re
from html import unescape

from django.test import Client

from imagebank.catalog.history.facts import OF_CLIP, OF_CONFIRMATION, PLAIN, TEXTS
from imagebank.catalog.services import change_case
from imagebank.catalog.states import CASE
from imagebank.web.contribute.telling import BECAUSE, NOT_SHOWN
from imagebank.web.pages.history import EVENTS, FACTS
from tests.factories import World, acting, session


def words_of(client: Client, address: str, lang: str = "en") -> str:
    answer = client.get(address, headers={"accept-language": lang})
    assert answer.status_code == 200
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


def test_readers_see_the_publication_and_the_author_every_step(world: World) -> None:
    draft = world.draft(world.stored())
    change_case(actor=acting(world.contributor), case=draft, data={"sex": "male", "reason": "a slip of mine"})
    tag = words_of(session(world.contributor), f"/contribute/case/{draft.pk}/")
    assert "History of this case" in tag
    assert re.search(r"Changed .{0,60}contributor · a slip of mine", tag)
    assert "Sex: Female → Male" in tag
    case = world.published(world.stored())
    page = words_of(Client(), f"/cases/{case.pk}/")
    assert re.search(r"Published .{0,60}curator", page)
    assert "contributor" not in page
    assert "Handed in" not in page
    assert "Historique de ce cas" in words_of(Client(), f"/cases/{case.pk}/", "fr")


def test_what_is_withheld_is_said_before_handing_in(world: World) -> None:
    case = world.draft(world.stored())
    page = words_of(session(world.contributor), f"/contribute/case/{case.pk}/")
    assert "What readers will not be told" in page
    assert "The age is shown as “Adult”, because fewer than 5 patients in the bank are alike in it." in page
    assert "The country is not shown, because this device is rare in the country." in page
    german = words_of(session(world.contributor), f"/contribute/case/{case.pk}/", "de")
    assert "Das Geschlecht wird nicht gezeigt, weil weniger als 5 Patienten" in german


def test_of_a_synthetic_case_only_the_institution_is_withheld(world: World) -> None:
    case = world.draft(world.stored(synthetic=True))
    page = words_of(session(world.contributor), f"/contribute/case/{case.pk}/")
    assert "The institution is not named, because the institution did not choose to be named." in page
    assert "The age is shown" not in page


def test_there_are_words_for_all_of_it() -> None:
    steps = {event for _, event in CASE.steps} - {"claim", "release"}
    assert steps | {"create", "change", "clip_withdrawn"} == set(EVENTS)
    known = {*PLAIN, *OF_CONFIRMATION, *OF_CLIP, *TEXTS, "management_changed", "clip"}
    assert known == set(FACTS)
    assert set(BECAUSE) == {"terms", "device", "few", "place", "unnamed", "before"}
    assert set(NOT_SHOWN) == {"sex", "country", "bmi_class", "setting", "institution", "credit"}
