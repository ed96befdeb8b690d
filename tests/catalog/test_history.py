"""What happened to a case: for those who work on it, and for readers."""

from __future__ import annotations

from typing import Any

import pytest

from imagebank.catalog.history import history
from imagebank.catalog.history.facts import differences, for_readers, joined
from imagebank.catalog.models import Case, Revision
from imagebank.catalog.services import change_case
from imagebank.core.actor import ANONYMOUS, Actor
from imagebank.core.errors import Invalid, Missing
from imagebank.review.services import publish
from imagebank.review.withdrawal import withdraw, withdraw_clip
from imagebank.vocabulary.selectors import labels
from tests.catalog.world import at_once, people, world
from tests.factories import World, acting

__all__ = ["people", "world"]
SEVERE = {"term": "pleural-effusion-simple", "presence": "uncertain"}


def events(case: Case, actor: Actor) -> list[tuple[str, str]]:
    return [(row["event"], row["role"]) for row in history(case.pk, actor, "en")][::-1]


def changes(row: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {
        change["label"] or change["what"]: (change["before_label"], change["after_label"]) for change in row["changes"]
    }


def two_clips(world: World) -> Case:
    """A published case of two clips."""
    first, second = world.stored(), world.stored()
    case = world.draft(first)
    clips = [{"id": str(clip.pk), "view": "lung-plaps-right"} for clip in (first, second)]
    on_second = {"term": "spine-sign", "presence": "present", "clip": str(second.pk)}
    change_case(actor=acting(world.contributor), case=case, data={"clips": clips, "findings": [SEVERE, on_second]})
    return publish(actor=acting(world.curator), case=world.accepted_draft(case))


def test_every_step_stands_in_it_with_its_role(world: World) -> None:
    case = world.published(world.stored())
    assert events(case, acting(world.contributor)) == [
        ("create", "contributor"), ("submit", "contributor"), ("accept", "reviewer"), ("schedule", "curator"),
        ("publish", "curator"),
    ]  # fmt: skip
    assert [row["number"] for row in history(case.pk, acting(world.contributor), "en")] == [5, 4, 3, 2, 1]


def test_the_differences_are_readable(world: World) -> None:
    case = world.draft(world.stored())
    review_needed = {"age_band": "adult-40-64", "findings": [SEVERE], "reason": "Read again with a radiologist"}
    change_case(actor=acting(world.steward), case=case, data=review_needed)
    newest = history(case.pk, acting(world.contributor), "en")[0]
    assert (newest["event"], newest["role"]) == ("change", "steward")
    assert newest["reason"] == "Read again with a radiologist"
    told = changes(newest)
    assert told["age_band"] == ("Adult 65-79", "Adult 40-64")
    name = labels("finding", "en")["pleural-effusion-simple"]
    assert told[name] == ("Present", "Uncertain")
    assert set(told) == {"age_band", name}


def test_savings_of_a_day_are_one_and_what_was_changed_back_is_none(world: World) -> None:
    case, actor = world.draft(world.stored()), acting(world.contributor)
    for sex in ("male", "female", "male"):
        change_case(actor=actor, case=case, data={"sex": sex})
    assert case.history.count() == 1
    change_case(actor=actor, case=case, data={"sex": "female", "reason": "a slip"})
    change_case(actor=actor, case=case, data={"sex": "female"})
    assert [row.event for row in case.history.order_by("number")] == ["create", "change"]


def test_readers_get_publications_alone(world: World) -> None:
    case = world.published(world.stored())
    (row,) = history(case.pk, ANONYMOUS, "en")
    assert {name: row[name] for name in ("number", "event", "role", "reason", "changes")} == {
        "number": 1, "event": "publish", "role": "curator", "reason": "", "changes": [],
    }  # fmt: skip
    assert row["day"] == str(case.published_on)


def test_of_a_withdrawn_clip_readers_learn_that_it_is_gone_and_no_more(world: World) -> None:
    case = two_clips(world)
    gone = case.clips.get(findings__term="spine-sign")
    withdraw_clip(actor=acting(world.contributor), clip=gone, reason="patient_request")
    at_once()
    newest, first = history(case.pk, ANONYMOUS, "en")
    assert [(change["what"], change["clip"]) for change in newest["changes"]] == [("clip", None)]
    assert (newest["event"], newest["reason"], newest["revision"]) == ("clip_withdrawn", "", 2)
    assert str(gone.pk) not in str(newest)
    assert first["changes"] == []
    inside = history(case.pk, acting(world.contributor), "en")[0]
    assert inside["reason"] == "patient_request"
    assert "spine-sign" in {change["about"] for change in inside["changes"]}


def test_typed_text_goes_with_a_withdrawn_case(world: World) -> None:
    case = world.published(world.stored())
    withdraw(actor=acting(world.contributor), case=case)
    kept = list(Revision.objects.filter(case=case).values_list("changes", "told"))
    assert "Breathless" not in str(kept)
    assert {told for _, told in kept} == {None}


@pytest.mark.parametrize("who", ["anonymous", "trainee", "stranger"])
def test_a_draft_has_no_history_for_others(who: str, world: World) -> None:
    case = world.draft(world.stored())
    actor = ANONYMOUS if who == "anonymous" else acting(getattr(world, who))
    with pytest.raises(Missing):
        history(case.pk, actor, "en")


@pytest.mark.parametrize("field", ["reason", "credit"])
@pytest.mark.parametrize("text", ["seen on 3 May 2024", "ask jo@clinic.example", "number 1234567", "she is 94 years"])
def test_typed_text_may_point_at_nobody(field: str, text: str, world: World) -> None:
    case = world.draft(world.stored())
    with pytest.raises(Invalid) as refusal:
        change_case(actor=acting(world.contributor), case=case, data={"sex": "male", field: text})
    assert list(refusal.value.errors) == [field]


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [({"laterality": "Mr Jones"}, "laterality"), ({"probe": "of ward 7"}, "probe"), ({"mode": "jones"}, "mode"),
     ({"screen_convention": "jones"}, "screen_convention"), ({"zone": "12.03.1950"}, "zone")],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_words_of_a_clip_are_those_of_the_vocabulary(entry: dict[str, str], wrong: str, world: World) -> None:
    case = world.draft(world.stored())
    clip = {"id": str(case.clips.get().pk), "view": "lung-plaps-right", **entry}
    with pytest.raises(Invalid) as refusal:
        change_case(actor=acting(world.contributor), case=case, data={"clips": [clip]})
    assert list(refusal.value.errors) == [wrong]


def test_severity_and_region_are_of_their_kind(world: World) -> None:
    case = world.draft(world.stored())
    for wrong in ({"severity": "Mr Jones"}, {"region": [0, 0, 2, 1]}, {"region": "here"}):
        with pytest.raises(Invalid) as refusal:
            change_case(actor=acting(world.contributor), case=case, data={"findings": [{**SEVERE, **wrong}]})
        assert list(refusal.value.errors) == ["findings"]


def test_synthetic_and_other_clips_stand_in_no_case_together(world: World) -> None:
    """A case that counts as synthetic is exempt from the k-check."""
    case = world.draft(world.stored(synthetic=True))
    real = {"id": str(world.stored().pk), "view": "lung-plaps-right"}
    with pytest.raises(Invalid):
        change_case(actor=acting(world.contributor), case=case, data={"clips": [real]})


def test_two_changes_as_one() -> None:
    key = ("sex", "", "")
    there, back = differences({key: "male"}, {key: "female"}), differences({key: "female"}, {key: "male"})
    assert joined(there, back) == []
    assert joined(there, differences({key: "female"}, {}))[0] == {
        "what": "sex", "about": "", "clip": "", "before": "male", "after": None,
    }  # fmt: skip


def test_patient_and_place_are_not_for_readers() -> None:
    before = {(name, "", ""): "a" for name in ("age_band", "sex", "bmi_class", "setting", "credit", "indication")}
    after = dict.fromkeys(before, "b") | {("title", "en", ""): "typed"}
    told = for_readers(differences(before, after))
    assert [change["what"] for change in told] == ["indication", "title"]
    assert "typed" not in str(told)
