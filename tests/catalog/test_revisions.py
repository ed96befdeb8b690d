"""The next revision of a published case: readers see the last published one until another person has read it."""

from __future__ import annotations

from typing import Any

import pytest

from imagebank.catalog.history import history
from imagebank.catalog.models import Case, PublicCase
from imagebank.catalog.services import change_case, drop, revise, submit
from imagebank.core.actor import ANONYMOUS
from imagebank.core.errors import Conflict, Denied, Invalid, Missing
from imagebank.core.models import Outbox
from imagebank.review.services import claim, publish, restore, review, suspend
from imagebank.review.withdrawal import withdraw, withdraw_clip, withdraw_expired
from tests.catalog.test_history import changes, two_clips
from tests.catalog.tiny import fill, told
from tests.catalog.world import at_once, people, world
from tests.factories import World, acting

__all__ = ["people", "world"]
ABSENT = {"term": "pleural-effusion-simple", "presence": "absent"}


def seen(case: Case) -> dict[str, Any]:
    """What readers get."""
    row = PublicCase.objects.get(case=case)
    assert not row.hidden
    return {name: row.document[name] for name in ("revision", "title")} | {
        "findings": [(found["term"], found["presence"]) for found in row.document["findings"]]
    }


def begun(world: World, case: Case | None = None) -> Case:
    """A published case whose next revision says that the effusion is absent."""
    case = revise(actor=acting(world.contributor), case=case or world.published(world.stored()), reason="seen again")
    return change_case(
        actor=acting(world.contributor), case=case, data={"findings": [ABSENT], "title": {"en": "No effusion"}}
    )


def emitted(case: Case) -> list[str]:
    return list(Outbox.objects.filter(object_id=case.pk).order_by("pk").values_list("operation", flat=True))


def test_readers_see_the_last_published_one_until_the_next_is_out(world: World) -> None:
    case = world.published(world.stored())
    before = seen(case)
    begun(world, case)
    assert seen(case) == before
    submit(actor=acting(world.contributor), case=case)
    assert seen(case) == before
    with pytest.raises((Denied, Missing)):
        review(actor=acting(world.contributor), case=case, verdict="accept")
    review(actor=acting(world.reviewer), case=case, verdict="accept")
    case.refresh_from_db()
    assert seen(case) == before
    with pytest.raises((Denied, Missing)):
        publish(actor=acting(world.contributor), case=case)
    assert publish(actor=acting(world.curator), case=case).state == "published"
    assert seen(case) == {
        "revision": 2, "title": {"en": "No effusion"}, "findings": [("pleural-effusion-simple", "absent")],
    }  # fmt: skip
    case.refresh_from_db()
    assert (case.revision, case.live_revision) == (2, 2)
    assert emitted(case) == ["put", "revise"]
    at_once()


def test_findings_are_superseded_and_the_history_tells_the_difference(world: World) -> None:
    case = begun(world)
    assert case.findings.count() == 2
    case = publish(actor=acting(world.curator), case=world.accepted_draft(case))
    newest, first = history(case.pk, ANONYMOUS, "en")
    assert (newest["event"], newest["role"], newest["revision"], first["event"]) == (
        "republish", "curator", 2, "publish",
    )  # fmt: skip
    assert ("Present", "Absent") in changes(newest).values()
    (title,) = [change for change in newest["changes"] if change["what"] == "title"][:1]
    assert (title["before"], title["after"]) == (None, None)


def test_it_goes_out_without_the_delay_of_the_first_time(world: World) -> None:
    case = world.accepted_draft(begun(world))
    case.institution.delay_days_least = case.institution.delay_days_most = 20
    case.institution.save()
    day = case.published_on
    case = publish(actor=acting(world.curator), case=case)
    assert (case.state, case.published_on) == ("published", day)


def test_patient_place_and_clips_stay(world: World) -> None:
    case = revise(actor=acting(world.contributor), case=two_clips(world))
    actor = acting(world.contributor)
    for name, value in {"age_band": "adult-40-64", "sex": "male", "setting": "icu", "credit": "Rounds"}.items():
        with pytest.raises(Invalid) as refused:
            change_case(actor=actor, case=case, data={name: value})
        assert list(refused.value.errors) == [name]
    clips = [{"id": str(clip.pk), "view": "lung-plaps-left"} for clip in case.clips.all()]
    more = [*clips, {"id": str(world.stored().pk), "view": "lung-plaps-left"}]
    for entries in (clips[:1], more):
        with pytest.raises(Invalid) as refused:
            change_case(actor=actor, case=case, data={"clips": entries})
        assert list(refused.value.errors) == ["clips"]
    case = change_case(actor=actor, case=case, data={"age_band": case.age_band, "clips": clips})
    assert {clip.view_id for clip in case.clips.all()} == {"lung-plaps-left"}
    assert {clip["view"] for clip in PublicCase.objects.get(case=case).document["clips"]} == {"lung-plaps-right"}


def test_who_may_begin_it(world: World) -> None:
    case = world.published(world.stored())
    for person in (world.trainee, world.stranger, world.reviewer, world.admin):
        with pytest.raises((Denied, Missing)):
            revise(actor=acting(person), case=case)
    assert revise(actor=acting(world.curator), case=case).state == "draft"
    with pytest.raises((Denied, Missing)):
        change_case(actor=acting(world.curator), case=case, data={"title": {"en": "Mine"}})
    with pytest.raises(Conflict):
        revise(actor=acting(world.contributor), case=case)
    with pytest.raises(Conflict):
        drop(actor=acting(world.contributor), case=case)
    with pytest.raises(Conflict):
        revise(actor=acting(world.contributor), case=world.draft(world.stored()))


def test_one_that_was_refused_can_be_tried_again_one_that_was_never_public_cannot(world: World) -> None:
    case = begun(world)
    submit(actor=acting(world.contributor), case=case)
    review(actor=acting(world.reviewer), case=case, verdict="refuse", comment="It is present")
    case.refresh_from_db()
    assert seen(case)["revision"] == 1
    assert revise(actor=acting(world.contributor), case=case).revision == 2
    fresh = world.submitted(world.stored())
    review(actor=acting(world.reviewer), case=fresh, verdict="refuse", comment="No")
    fresh.refresh_from_db()
    with pytest.raises(Conflict):
        revise(actor=acting(world.contributor), case=fresh)


@pytest.mark.parametrize("state", ["draft", "submitted", "in_review", "accepted"])
def test_what_readers_see_can_be_hidden_whatever_is_in_work(world: World, state: str) -> None:
    case = begun(world)
    before = seen(case)
    if state == "accepted":
        case = world.accepted_draft(case)
    elif state != "draft":
        case = submit(actor=acting(world.contributor), case=case)
        case = claim(actor=acting(world.reviewer), case=case) if state == "in_review" else case
    case = suspend(actor=acting(world.curator), case=case)
    assert PublicCase.objects.get(case=case).hidden
    assert {clip.state for clip in case.clips.all()} == {"private"}
    case = restore(actor=acting(world.curator), case=case)
    assert case.state == "draft"
    assert seen(case) == before
    assert {clip.state for clip in case.clips.all()} == {"public"}
    assert emitted(case) == ["put", "restrict", "revise"]


def test_one_never_published_has_nothing_to_hide(world: World) -> None:
    with pytest.raises(Conflict):
        suspend(actor=acting(world.steward), case=world.submitted(world.stored()))


def test_what_is_hidden_can_be_put_right_and_stays_hidden_until_then(world: World) -> None:
    case = suspend(actor=acting(world.curator), case=world.published(world.stored()))
    case = begun(world, case)
    assert PublicCase.objects.get(case=case).hidden
    case = publish(actor=acting(world.curator), case=world.accepted_draft(case))
    assert seen(case)["findings"] == [("pleural-effusion-simple", "absent")]
    at_once()


def test_a_clip_withdrawn_meanwhile_goes_from_what_readers_see_and_nothing_else_does(world: World) -> None:
    case = begun(world, two_clips(world))
    gone = case.clips.get(findings__term="spine-sign")
    withdraw_clip(actor=acting(world.contributor), clip=gone)
    case.refresh_from_db()
    row = PublicCase.objects.get(case=case)
    assert [clip["id"] for clip in row.document["clips"]] == [str(clip.pk) for clip in case.clips.all()]
    assert row.clips == 1
    assert case.state == "draft"
    assert "No effusion" not in row.document["title"].values()
    assert seen(case)["revision"] == 1


def test_when_nothing_is_left_of_it_it_is_hidden_until_something_is_there(world: World) -> None:
    case = two_clips(world)
    on_second = case.clips.get(findings__term="spine-sign")
    case = begun(world, case)
    document = PublicCase.objects.get(case=case).document
    document["findings"] = [found for found in document["findings"] if found["clip"]]
    PublicCase.objects.filter(case=case).update(document=document)
    withdraw_clip(actor=acting(world.contributor), clip=on_second)
    case.refresh_from_db()
    assert case.state == "suspended"
    assert PublicCase.objects.get(case=case).hidden
    with pytest.raises(Invalid):
        restore(actor=acting(world.curator), case=case)


def test_a_hidden_case_loses_a_clip_that_is_withdrawn(world: World) -> None:
    case = suspend(actor=acting(world.curator), case=two_clips(world))
    gone = case.clips.get(findings__term="spine-sign")
    withdraw_clip(actor=acting(world.contributor), clip=gone)
    case = restore(actor=acting(world.curator), case=case)
    assert str(gone.pk) not in [clip["id"] for clip in PublicCase.objects.get(case=case).document["clips"]]


def test_a_neighbour_that_leaves_makes_it_tell_less_of_what_is_out_and_nothing_of_what_is_in_work(world: World) -> None:
    cases = fill(world)
    full = [case for case in cases if told(case)["age_band"] == "adult-65-79"]
    kept, leaving = full[-1], [case for case in cases if case.age_band == "adult-65-79" and case.pk != full[-1].pk]
    revise(actor=acting(world.contributor), case=kept)
    change_case(actor=acting(world.contributor), case=kept, data={"title": {"en": "Secret"}, "findings": [ABSENT]})
    for case in leaving[:2]:
        withdraw(actor=acting(world.contributor), case=case)
    row = PublicCase.objects.get(case=kept)
    assert row.document["age_band"] == "adult"
    assert row.true_values["age_band"] == ["adult"]
    assert row.document["title"] != {"en": "Secret"}
    assert [found["presence"] for found in row.document["findings"]] == ["present"]


def test_rights_that_end_end_it_too(world: World) -> None:
    case = begun(world)
    type(case.rights).objects.filter(pk=case.rights_id).update(expires_on="2020-01-01")
    assert withdraw_expired() == 1
    assert not PublicCase.objects.filter(case=case).exists()


def test_the_reason_typed_goes_with_the_case(world: World) -> None:
    case = begun(world)
    withdraw(actor=acting(world.contributor), case=case, reason="wrong_content")
    reasons = {row.event: row.reason for row in case.history.all()}
    assert (reasons["revise"], reasons["withdraw"]) == ("", "wrong_content")
