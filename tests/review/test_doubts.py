"""Doubts: about the content answered while everybody sees the case, about privacy hidden first and decided on."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from imagebank.accounts.models import NodeRole, Notification, User
from imagebank.catalog.models import Case
from imagebank.catalog.services import change_case, revise, submit
from imagebank.core.actor import ANONYMOUS
from imagebank.core.errors import BankError, Conflict, Denied, Invalid, Missing, SignInFirst, Wait
from imagebank.core.models import AuditEvent, Outbox
from imagebank.review import doubting, inbox, incidents, trust
from imagebank.review.disputed import dispute_of, disputed
from imagebank.review.models import Doubt, Incident
from imagebank.review.services import publish, restore, review
from imagebank.review.withdrawal import withdraw
from tests.factories import World, acting, make_person, session


@pytest.fixture
def case(world: World) -> Case:
    return world.published(world.stored())


def doubted(world: World, case: Case, kind: str, by: User | None = None, text: str = "") -> Doubt:
    return doubting.doubt(actor=acting(by or world.trainee), case=case, kind=kind, text=text)


def fails(act: object, **arguments: object) -> BankError:
    with pytest.raises(BankError) as caught:
        act(**arguments)  # type: ignore[operator]
    return caught.value


def told(user: User) -> list[str]:
    return list(Notification.objects.filter(account=user).order_by("pk").values_list("event", flat=True))


def test_a_doubt_about_the_content_leaves_the_case_open_but_out_of_tests(world: World, case: Case) -> None:
    row = doubted(world, case, "content", text="The effusion is on the left.")
    assert row.due_at - row.raised_at == pytest.approx(dt.timedelta(days=14), abs=dt.timedelta(minutes=1))
    case.refresh_from_db()
    assert case.state == "published"
    assert list(disputed()) == [case.pk]
    assert dispute_of(case.pk) == "open"
    assert told(world.contributor)[-1:] == ["case_doubted"]
    assert told(world.curator) == ["doubt_waits"]
    page = session().get(f"/cases/{case.pk}/").content.decode()
    assert "Under discussion." in page
    assert "on the left" not in page
    assert session().get(f"/api/v1/cases/{case.pk}/").json()["dispute"] == "open"


def test_the_answer_reaches_the_reader_and_the_author_and_settles_it(world: World, case: Case) -> None:
    row = doubted(world, case, "content")
    doubting.answer(actor=acting(world.curator), doubt=row, verdict="reject", text="It is seen in frame two.")
    assert dispute_of(case.pk) == ""
    for person in (world.trainee, world.contributor):
        assert told(person)[-1] == "doubt_answered"
        assert "It is seen in frame two." in session(person).get("/doubts/").content.decode()
    assert "frame two" not in session(world.stranger).get("/doubts/").content.decode()


def test_what_proved_wrong_stays_out_of_tests_until_a_later_revision_is_published(world: World, case: Case) -> None:
    row = doubted(world, case, "content")
    doubting.answer(actor=acting(world.reviewer), doubt=row, verdict="uphold", text="Left, indeed.")
    assert dispute_of(case.pk) == "upheld"
    assert "Being put right." in session().get(f"/cases/{case.pk}/").content.decode()
    author = acting(world.contributor)
    draft = revise(actor=author, case=case)
    change_case(actor=author, case=draft, data={"title": {"en": "Left side"}})
    submit(actor=author, case=draft)
    review(actor=acting(world.reviewer), case=draft, verdict="accept")
    draft.refresh_from_db()
    publish(actor=acting(world.curator), case=draft)
    assert dispute_of(case.pk) == ""
    assert not disputed()


def test_who_may_answer_a_doubt(world: World, case: Case) -> None:
    row = doubted(world, case, "content", world.reviewer)
    answered = {"doubt": row, "verdict": "uphold", "text": "Yes."}
    NodeRole.objects.create(user=world.contributor, role="curator")
    assert isinstance(fails(doubting.answer, actor=acting(world.reviewer), **answered), Denied)
    assert isinstance(fails(doubting.answer, actor=acting(world.contributor), **answered), Denied)
    assert isinstance(fails(doubting.answer, actor=acting(world.trainee), **answered), Missing)
    wordless = fails(doubting.answer, actor=acting(world.curator), **{**answered, "text": " "})
    assert isinstance(wordless, Invalid)
    assert fails(doubting.answer, actor=acting(world.curator), **{**answered, "verdict": "recall"}).status == 422


def test_one_doubt_at_a_time_and_so_many_a_day(world: World, case: Case, settings) -> None:
    row = doubted(world, case, "content")
    assert fails(doubted, world=world, case=case, kind="content").code == "doubted"
    doubting.recall(actor=acting(world.trainee), doubt=row)
    assert dispute_of(case.pk) == ""
    settings.LIMITS = type(settings.LIMITS)(doubts_per_day=1)
    assert isinstance(fails(doubted, world=world, case=case, kind="content"), Wait)
    assert isinstance(fails(doubting.recall, actor=acting(world.trainee), doubt=row), Conflict)


def test_a_doubt_about_the_content_needs_a_person_and_clean_words(world: World, case: Case) -> None:
    assert isinstance(fails(doubting.doubt, actor=ANONYMOUS, case=case, kind="content"), SignInFirst)
    named = fails(doubted, world=world, case=case, kind="content", text="Scan of 12.3.2019")
    assert isinstance(named, Invalid)
    assert fails(doubted, world=world, case=case, kind="nothing").status == 422
    assert isinstance(fails(doubted, world=world, case=world.draft(world.stored()), kind="privacy"), Missing)
    assert not Doubt.objects.exists()


def test_a_doubt_about_privacy_hides_at_once_and_only_its_incident_shows_again(world: World, case: Case) -> None:
    row = doubted(world, case, "privacy")
    case.refresh_from_db()
    assert case.state == "suspended"
    assert session().get(f"/cases/{case.pk}/").status_code == 404
    assert Outbox.objects.order_by("pk").last().operation == "restrict"  # type: ignore[union-attr]
    incident = Incident.objects.get()
    assert incident.due_at - incident.opened_at == pytest.approx(dt.timedelta(hours=72), abs=dt.timedelta(minutes=1))
    assert told(world.steward) == ["incident_opened"]
    assert "case_suspended" in told(world.contributor)
    assert fails(restore, actor=acting(world.curator), case=case).code == "incident"
    assert isinstance(fails(doubting.recall, actor=acting(world.trainee), doubt=row), Denied)
    incidents.close(actor=acting(world.steward), incident=incident, decision="unfounded", note="A phantom.")
    assert session().get(f"/cases/{case.pk}/").status_code == 200
    row.refresh_from_db()
    assert row.state == "rejected"
    assert AuditEvent.objects.filter(object_id=incident.pk, event="unfounded").exists()


def test_a_later_revision_does_not_slip_past_an_open_incident(world: World, case: Case) -> None:
    author = acting(world.contributor)
    doubted(world, case, "privacy")
    draft = revise(actor=author, case=Case.objects.get(pk=case.pk))
    submit(actor=author, case=draft)
    review(actor=acting(world.reviewer), case=draft, verdict="accept")
    draft.refresh_from_db()
    assert fails(publish, actor=acting(world.curator), case=draft).code == "incident"
    incidents.close(actor=acting(world.steward), incident=Incident.objects.get(), decision="revise", note="Masked now.")
    publish(actor=acting(world.curator), case=Case.objects.get(pk=case.pk))
    assert session().get(f"/cases/{case.pk}/").status_code == 200


@pytest.mark.parametrize(
    ("decision", "state", "doubt"), [("revise", "suspended", "upheld"), ("withdraw", "withdrawn", "upheld")]
)
def test_the_other_ways_out_of_an_incident(world: World, case: Case, decision: str, state: str, doubt: str) -> None:
    row = doubted(world, case, "privacy", text="A tattoo.")
    assert row.incident is not None
    wordless = fails(incidents.close, actor=acting(world.steward), incident=row.incident, decision=decision)
    assert isinstance(wordless, Invalid)
    incidents.close(actor=acting(world.steward), incident=row.incident, decision=decision, note="Yes.")
    case.refresh_from_db()
    row.refresh_from_db()
    assert (case.state, row.state) == (state, doubt)
    assert row.text == ("" if decision == "withdraw" else "A tattoo.")


def test_who_decides_on_an_incident(world: World, case: Case) -> None:
    incident = doubted(world, case, "privacy").incident
    officer = make_person("officer", role="privacy_officer")
    decided = {"incident": incident, "decision": "unfounded", "note": "No."}
    for person in (world.curator, world.stranger, world.contributor, world.admin):
        assert isinstance(fails(incidents.close, actor=acting(person), **decided), Missing)
    Case.objects.filter(pk=case.pk).update(author=world.steward)
    assert isinstance(fails(incidents.close, actor=acting(world.steward), **decided), Denied)
    incidents.close(actor=acting(officer), **decided)  # type: ignore[arg-type]
    assert Case.objects.get(pk=case.pk).state == "published"


def test_readers_without_an_account_alarm_the_steward_who_hides(world: World, case: Case) -> None:
    row = doubting.doubt(actor=ANONYMOUS, case=case, kind="privacy", text="Born 12.3.2019")
    assert row.text == ""
    incident = Incident.objects.get()
    assert not incident.hid
    assert session().get(f"/cases/{case.pk}/").status_code == 200
    incidents.hide_overdue()
    assert Case.objects.get(pk=case.pk).state == "published"
    Incident.objects.update(due_at=timezone.now() - dt.timedelta(minutes=1))
    assert (incidents.hide_overdue(), incidents.hide_overdue()) == (1, 0)
    assert Case.objects.get(pk=case.pk).state == "suspended"
    doubted_again = fails(doubting.doubt, actor=ANONYMOUS, case=case, kind="privacy")
    assert isinstance(doubted_again, Missing)


def test_an_unfounded_alarm_shows_the_last_revision_although_a_later_one_is_in_work(world: World, case: Case) -> None:
    incident = doubted(world, case, "privacy").incident
    assert incident is not None
    revise(actor=acting(world.contributor), case=Case.objects.get(pk=case.pk))
    incidents.close(actor=acting(world.steward), incident=incident, decision="unfounded", note="No.")
    case.refresh_from_db()
    assert case.state == "draft"
    assert session().get(f"/cases/{case.pk}/").status_code == 200
    assert session().head(f"/api/v1/clips/{case.clips.get().pk}/playback.mp4").status_code == 200


def test_the_steward_hides_before_the_clock_runs_out(world: World, case: Case) -> None:
    doubting.doubt(actor=ANONYMOUS, case=case, kind="privacy")
    doubting.doubt(actor=ANONYMOUS, case=case, kind="privacy")
    incident = Incident.objects.get()
    client = session(world.steward)
    assert client.post(f"/incidents/{incident.pk}/hide/").status_code == 302
    assert session().get(f"/cases/{case.pk}/").status_code == 404
    said = client.get(f"/incidents/{incident.pk}/").content.decode()
    assert f"/api/v1/clips/{case.clips.get().pk}/playback.mp4" in said
    assert client.head(f"/api/v1/clips/{case.clips.get().pk}/playback.mp4").status_code == 200


def test_crying_wolf_takes_the_immediate_effect_away_and_being_right_brings_it_back(world: World, case: Case) -> None:
    def decided(*states: str) -> None:
        incident = Incident.objects.create(
            case=case, institution=world.north, due_at=timezone.now(), state="unfounded", decided_by=world.steward
        )
        for state in states:
            Doubt.objects.create(
                case=case, revision=1, kind="privacy", raiser=world.trainee, state=state, incident=incident,
                due_at=timezone.now(), state_since=timezone.now(),
            )  # fmt: skip

    actor = acting(world.trainee)
    decided("rejected", "rejected")
    assert trust.hides_at_once(actor)
    decided("rejected")
    assert not trust.hides_at_once(actor)
    row = doubted(world, case, "privacy")
    assert not row.at_once
    assert session().get(f"/cases/{case.pk}/").status_code == 200
    assert "were unfounded" in session(world.trainee).get("/doubts/").content.decode()
    decided("upheld", "upheld", "upheld")
    assert trust.hides_at_once(actor)


def test_three_alarms_a_day_have_an_immediate_effect(world: World) -> None:
    cases = [world.published(world.stored()) for _ in range(4)]
    assert [doubted(world, case, "privacy").at_once for case in cases] == [True, True, True, False]


def test_two_taps_on_the_page(world: World, case: Case) -> None:
    client, address = session(world.trainee), f"/cases/{case.pk}/doubt/"
    assert f'action="{address}"' in client.get(f"/cases/{case.pk}/").content.decode()
    assert client.get(address).headers["Location"] == f"/cases/{case.pk}/"
    assert client.post(address, {"kind": "content", "clip": "1"}).headers["Location"] == f"/cases/{case.pk}/"
    assert Doubt.objects.get().clip == case.clips.get()
    assert client.post(address, {"kind": "privacy"}).headers["Location"] == "/doubts/"
    waiting = session(world.curator).get("/doubts/").content.decode()
    assert "answer by" in waiting
    assert Doubt.objects.count() == 2


def test_a_reader_without_an_account_gets_no_cookie_and_three_alarms_a_day(world: World, case: Case) -> None:
    cache.clear()
    client, address = Client(enforce_csrf_checks=True), f"/cases/{case.pk}/doubt/"
    page = client.get(f"/cases/{case.pk}/")
    assert 'value="privacy"' in page.content.decode()
    assert 'value="content"' not in page.content.decode()
    foreign = client.post(address, {"kind": "privacy"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    answers = [client.post(address, {"kind": "privacy"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert not client.cookies
    assert Incident.objects.count() == 1


def test_an_account_needs_the_token_of_the_form(world: World, case: Case) -> None:
    client = session(world.trainee, enforce_csrf_checks=True)
    assert client.post(f"/cases/{case.pk}/doubt/", {"kind": "privacy"}).status_code == 403
    assert not Doubt.objects.exists()


def test_overdue_ones_stand_first_and_are_marked(world: World, case: Case) -> None:
    other = world.published(world.stored())
    doubted(world, other, "content")
    late = doubted(world, case, "content")
    Doubt.objects.filter(pk=late.pk).update(due_at=timezone.now() - dt.timedelta(days=1))
    assert next(row.pk for row in inbox.to_answer(acting(world.curator))) == late.pk
    assert "overdue" in session(world.curator).get("/doubts/").content.decode()


def test_over_rest_with_the_same_rules(world: World, case: Case) -> None:
    reader, address = session(world.trainee), f"/api/v1/cases/{case.pk}/doubts/"
    made = reader.post(address, {"kind": "content", "text": "Left."}, content_type="application/json")
    assert made.status_code == 201
    assert made.json()["mine"]
    seen = session(world.contributor).get(address).json()["results"]
    assert [(row["text"], row["mine"]) for row in seen] == [("Left.", False)]
    assert session(world.stranger).get(address).json()["results"] == []
    answer = session(world.curator).post(
        f"/api/v1/doubts/{made.json()['id']}/answer/", {"verdict": "reject", "text": "No."}, "application/json"
    )
    assert answer.json()["state"] == "rejected"
    alarm = reader.post(address, {"kind": "privacy"}, content_type="application/json").json()
    assert alarm["hidden_at_once"]
    steward = session(world.steward)
    (incident,) = steward.get("/api/v1/incidents/").json()["results"]
    closed = steward.post(
        f"/api/v1/incidents/{incident['id']}/close/", {"decision": "unfounded", "note": "No."}, "application/json"
    )
    assert closed.json()["state"] == "unfounded"


def test_words_go_with_a_withdrawn_case(world: World, case: Case) -> None:
    row = doubted(world, case, "content", text="Left.")
    withdraw(actor=acting(world.contributor), case=case)
    row.refresh_from_db()
    assert row.text == ""
