"""Addresses, questions and what a card says."""

from __future__ import annotations

from collections import Counter

import pytest
from django.http import QueryDict

from imagebank.vocabulary.tables import read_tables
from imagebank.web.addresses import Address
from imagebank.web.presenting import card, heading, noteworthy, uneven_times
from imagebank.web.questions import QUESTIONS, entries
from imagebank.web.templatetags.bank import coded


def finding(label: str, presence: str, polarity: str = "abnormal", clip: str | None = None) -> dict[str, object]:
    return {"term": label.lower(), "label": label, "presence": presence, "polarity": polarity, "clip": clip}


def case(**changes: object) -> dict[str, object]:
    return {
        "id": "x", "title": "Fluid around the heart", "titles": {"en": "Fluid around the heart"}, "clips": [],
        "indication": {"id": "dyspnoea", "label": "Dyspnoea"}, "findings": [], **changes,
    }  # fmt: skip


def test_every_indication_belongs_to_exactly_one_question() -> None:
    grouped = Counter(slug for question in QUESTIONS for slug in question.indications)
    assert grouped == Counter(row["id"] for row in read_tables()["indications"])


def test_a_question_counts_its_indications_and_takes_a_picture_of_its_own() -> None:
    clip = {"poster": "/poster"}
    found = {e.question.id: e for e in entries({"dyspnoea": 2, "pneumonia-suspected": 3}, [case(clips=[clip])])}
    assert (found["breathless"].count, found["breathless"].picture) == (5, clip)
    assert (found["leg"].count, found["leg"].picture) == (0, None)


@pytest.mark.parametrize(
    ("change", "after"),
    [
        (lambda a: a.less("view", "plax"), "/cases/?q=b+lines&view=a4c"),
        (lambda a: a.less("view"), "/cases/?q=b+lines"),
        (lambda a: a.more("view", "psax"), "/cases/?q=b+lines&view=plax&view=a4c&view=psax"),
        (lambda a: a.more("view", "plax"), "/cases/?q=b+lines&view=a4c&view=plax"),
        (lambda a: a.only("q", "é&"), "/cases/?view=plax&view=a4c&q=%C3%A9%26"),
    ],
)
def test_an_address_changes_in_one_place_and_starts_from_the_first_page(change, after) -> None:
    address = Address.of("/cases/", QueryDict("q=b+lines&view=plax&view=a4c&cursor=abc&order="))
    assert str(address) == "/cases/?q=b+lines&view=plax&view=a4c&cursor=abc"
    assert str(change(address)) == after


def test_the_heading_is_the_title_else_what_is_present_else_the_question() -> None:
    present = [finding("Normal lung", "present", "normal"), finding("Effusion", "present"), finding("Clot", "absent")]
    assert heading(case()) == "Fluid around the heart"
    assert heading(case(titles={}, findings=present)) == "Effusion, Normal lung"
    assert heading(case(titles={})) == "Dyspnoea"


def test_a_card_shows_no_absent_finding_and_hides_all_when_asked() -> None:
    findings = [finding("Clot", "absent"), finding("Doubt", "uncertain"), finding("Effusion", "present")]
    open_card = card(case(findings=findings))
    assert [f["label"] for f in open_card.findings] == ["Effusion", "Doubt"]
    hidden = card(case(findings=findings), hidden=True)
    assert (hidden.heading, list(hidden.findings), hidden.address) == ("Dyspnoea", [], "/cases/x/?hide=1")


def test_what_stands_between_grave_accents_is_code_and_nothing_else_is_markup() -> None:
    assert coded("`next` is <opaque>") == "<code>next</code> is &lt;opaque&gt;"
    assert coded("") == ""
    assert coded("`<b>`") == "<code>&lt;b&gt;</code>"


def test_what_several_clips_show_is_told_once() -> None:
    findings = [finding("Effusion", "present", clip=clip) for clip in ("1", "2")]
    findings += [finding("Clot", "uncertain", clip="1"), finding("Clot", "absent", clip="2")]
    shown = case(titles={}, findings=[*findings, finding("B-lines", "present")])
    assert heading(shown) == "B-lines, Effusion"
    assert [f["label"] for f in noteworthy(shown, 3)] == ["B-lines", "Effusion", "Clot"]
    assert [f["label"] for f in noteworthy(shown, 3, "2")] == ["B-lines", "Effusion"]
    assert [f["label"] for f in card(shown).findings] == ["B-lines", "Effusion"]


@pytest.mark.parametrize(
    ("times", "told"),
    [
        ([0, 40, 80], []),
        ([0, 40.4, 79.7], []),
        ([0, 40, 120], [0, 40, 120]),
        ([], []),
    ],
)
def test_only_uneven_frame_times_are_told(times: list[float], told: list[float]) -> None:
    assert uneven_times({"frame_times": times, "fps": 25}) == told
