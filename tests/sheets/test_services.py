"""Practice sheets: from a draft through the agreement of experts to what readers see; what was published stays."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, transaction
from django.utils import timezone

from anonymize.keying import SecretKeyer
from imagebank.accounts.models import User
from imagebank.catalog.models import Clip, Tombstone
from imagebank.core import keys
from imagebank.core.actor import ANONYMOUS, Actor
from imagebank.core.errors import Conflict, Denied, Gone, Invalid, Missing, SecondFactorFirst, SignInFirst
from imagebank.core.models import AuditEvent, Outbox
from imagebank.review.withdrawal import withdraw
from imagebank.sheets import describing, selectors, services, steps
from imagebank.sheets.loading import load_drafts
from imagebank.sheets.models import Edit, SheetVersion, Vote
from imagebank.sheets.states import PROPOSAL, SHEET
from tests.factories import World, acting, make_person

from .conftest import DRAFT, SLUG, agreed, indication, published, written_sheet

EVENTS = {
    "draft": {"ask", "drop"},
    "consensus": {"return", "publish"},
    "published": {"supersede", "withdraw"},
    "superseded": {"withdraw"},
    "dropped": set(),
    "withdrawn": set(),
}
FIELDS = ("when_to_scan", "when_not_to_scan", "views", "findings", "sources")


def test_the_state_tables_are_the_ones_that_are_meant() -> None:
    assert {state: set(SHEET.events(state)) for state in SHEET.states} == EVENTS
    assert {state: set(PROPOSAL.events(state)) for state in PROPOSAL.states} == {
        "open": {"accept", "decline", "recall"}, "accepted": set(), "declined": set(), "recalled": set(),
    }  # fmt: skip


def test_the_twelve_drafts_load_as_drafts_and_once(drafts: int) -> None:
    assert drafts == 12
    assert load_drafts() == 0
    for version in selectors.shown():
        told = describing.whole(version, ANONYMOUS, "da")
        assert (told["state"], told["draft"], told["published_at"]) == ("draft", True, None)
        assert told["consensus"]["experts"] == []
        assert all(told[name] for name in FIELDS)
        assert {point["language"] for point in told["when_to_scan"]} == {"en"}
        assert told["untranslated"] > 10


def test_what_people_have_edited_is_not_loaded_again(world: World, drafts: int) -> None:
    row = selectors.current("dyspnoea")
    services.change(actor=acting(world.curator), version=row, data={"title": {"en": "Breathless"}})
    load_drafts()
    assert selectors.current("dyspnoea").document["title"] == {"en": "Breathless"}


def test_two_named_experts_who_did_not_write_it_must_agree(world: World, experts: list[User]) -> None:
    curator = acting(world.curator)
    row = written_sheet(world)
    with pytest.raises(Conflict):
        steps.publish(actor=curator, version=row)
    row = steps.ask(actor=curator, version=row)
    with pytest.raises(Denied):  # who wrote it
        steps.vote(actor=curator, version=row, verdict="agree")
    steps.vote(actor=acting(experts[0]), version=row, verdict="agree")
    with pytest.raises(Invalid, match="incomplete") as refused:
        steps.publish(actor=curator, version=row)
    assert "1 did" in refused.value.errors["consensus"]
    steps.vote(actor=acting(experts[1]), version=row, verdict="agree")
    row = steps.publish(actor=curator, version=row)
    assert row.state == "published" and row.published_on == timezone.now().date()
    told = describing.agreement(selectors.current(SLUG))
    assert (told["voted"], told["agreed"], told["percent"]) == (2, 2, 100)
    assert [one["name"] for one in told["experts"]] == ["reviewer", "second"]
    assert Outbox.objects.filter(object_id=row.pk).values_list("operation", flat=True).get() == "put"
    events = AuditEvent.objects.filter(object_id=row.pk).values_list("event", flat=True)
    assert sorted(events) == ["agree", "agree", "ask", "create", "publish"]


def test_three_of_four_must_agree(world: World, experts: list[User]) -> None:
    curator = acting(world.curator)
    row = steps.ask(actor=curator, version=written_sheet(world))
    for expert, verdict in zip(experts, ("agree", "agree", "disagree"), strict=True):
        steps.vote(actor=acting(expert), version=row, verdict=verdict, comment="Not so.")
    with pytest.raises(Invalid) as refused:
        steps.publish(actor=curator, version=row)
    assert "66" in refused.value.errors["consensus"]
    steps.vote(actor=acting(make_person("fourth", role="reviewer")), version=row, verdict="agree")
    assert steps.publish(actor=curator, version=row).state == "published"


def test_the_database_refuses_publication_without_them(world: World, experts: list[User]) -> None:
    row = steps.ask(actor=acting(world.curator), version=written_sheet(world))
    steps.vote(actor=acting(experts[0]), version=row, verdict="agree")
    Vote.objects.create(
        version=row, round=1, expert=world.curator, name="Curator", verdict="agree", voted_on=timezone.now().date()
    )
    rows = SheetVersion.objects.filter(pk=row.pk)
    _refused(lambda: rows.update(state="published", published_on=timezone.now().date()))
    steps.vote(actor=acting(experts[1]), version=row, verdict="agree")
    rows.update(state="published", published_on=timezone.now().date())


def test_the_database_keeps_words_votes_and_places(world: World, experts: list[User]) -> None:
    asked = steps.ask(actor=acting(world.curator), version=written_sheet(world))
    rows = SheetVersion.objects.filter(pk=asked.pk)
    _refused(lambda: rows.update(document={"title": {"en": "Another"}}))
    for expert in experts[:2]:
        steps.vote(actor=acting(expert), version=asked, verdict="agree")
    steps.publish(actor=acting(world.curator), version=asked)
    vote = Vote.objects.filter(version=asked)
    for act in (
        lambda: rows.update(document={"title": {"en": "Another"}}),
        lambda: rows.update(state="draft", published_on=None),
        lambda: rows.update(number=7),
        lambda: rows.update(round=2),
        lambda: vote.update(verdict="disagree", comment="Later."),
        lambda: vote.delete(),
        lambda: Edit.objects.filter(version=asked).delete() and rows.delete(),
        lambda: SheetVersion.objects.create(
            indication=indication("dyspnoea"), number=9, state="published", published_on=timezone.now().date()
        ),
    ):
        _refused(act)


def test_changed_words_are_judged_anew(world: World, experts: list[User]) -> None:
    curator = acting(world.curator)
    row = steps.ask(actor=curator, version=written_sheet(world))
    for expert in experts[:2]:
        steps.vote(actor=acting(expert), version=row, verdict="agree")
    with pytest.raises(Conflict):
        services.change(actor=curator, version=row, data={"title": {"en": "Other"}})
    row = steps.give_back(actor=curator, version=row)
    services.change(actor=curator, version=row, data={"title": {"en": "Other"}})
    row = steps.ask(actor=curator, version=row)
    with pytest.raises(Invalid):
        steps.publish(actor=curator, version=row)
    assert describing.agreement(row)["voted"] == 0


def test_a_sheet_with_gaps_is_not_put_before_experts(world: World) -> None:
    row = services.begin(actor=acting(world.curator), indication=indication(SLUG))
    with pytest.raises(Invalid, match="incomplete") as refused:
        steps.ask(actor=acting(world.curator), version=row)
    assert set(refused.value.errors) == {"when_to_scan", "when_not_to_scan", "views", "findings", "sources"}


def test_every_version_stays_readable_at_its_address(world: World, experts: list[User]) -> None:
    case = world.published(world.stored())
    picked = [{**DRAFT["findings"][0], "example": str(case.pk)}, DRAFT["findings"][1]]
    first = published(world, experts, findings=picked)
    before = describing.whole(selectors.version(SLUG, 1, ANONYMOUS), ANONYMOUS, "en")
    assert before["findings"][0]["example"]["case"] == str(case.pk)
    second = services.begin(actor=acting(world.curator), indication=indication(SLUG), data={"sources": ["Newer 2020"]})
    assert selectors.current(SLUG) == first
    agreed(world, experts, second)
    assert selectors.current(SLUG).number == 2
    after = describing.whole(selectors.version(SLUG, 1, ANONYMOUS), ANONYMOUS, "en")
    assert after["state"] == "superseded"
    assert {**after, "state": "published", "versions": before["versions"]} == before
    assert [one["version"] for one in after["versions"]] == [2, 1]
    withdraw(actor=acting(world.contributor), case=case, reason="patient_request")
    gap = describing.whole(selectors.version(SLUG, 1, ANONYMOUS), ANONYMOUS, "en")["findings"][0]["example"]
    assert gap == {"picked": True, "gap": "consent", "case": None, "clip": None}


def test_a_withdrawn_version_is_gone_with_its_words(world: World, experts: list[User]) -> None:
    row = published(world, experts)
    steps.withdraw(actor=acting(world.curator), version=row)
    for read in (lambda: selectors.version(SLUG, 1, ANONYMOUS), lambda: selectors.current(SLUG)):
        with pytest.raises(Gone):
            read()
    row.refresh_from_db()
    assert row.document == {} and not row.edits.exists()
    assert Tombstone.objects.filter(pk=row.pk).exists()


def test_who_may_do_what(world: World, experts: list[User]) -> None:
    row = written_sheet(world)
    trainee, curator = acting(world.trainee), acting(world.curator)
    with pytest.raises(SignInFirst):
        services.begin(actor=ANONYMOUS, indication=indication("dyspnoea"))
    with pytest.raises(Denied):
        services.begin(actor=trainee, indication=indication("dyspnoea"))
    with pytest.raises(Conflict):
        services.begin(actor=curator, indication=indication(SLUG))
    with pytest.raises(Denied):
        services.change(actor=trainee, version=row, data={"title": {"en": "Mine"}})
    row = steps.ask(actor=curator, version=row)
    with pytest.raises(Denied):
        steps.vote(actor=trainee, version=row, verdict="agree")
    with pytest.raises(SecondFactorFirst):
        steps.vote(actor=Actor(user_id=experts[0].pk, roles=frozenset({"reviewer"})), version=row, verdict="agree")
    with pytest.raises(Denied):
        steps.publish(actor=acting(experts[0]), version=row)
    with pytest.raises(Invalid) as nameless:
        steps.vote(actor=acting(make_person("", role="reviewer")), version=row, verdict="agree")
    assert "name" in nameless.value.errors
    with pytest.raises(Invalid) as silent:
        steps.vote(actor=acting(experts[0]), version=row, verdict="disagree")
    assert "comment" in silent.value.errors


def test_a_draft_beside_a_published_version_is_for_accounts(world: World, experts: list[User]) -> None:
    published(world, experts)
    services.begin(actor=acting(world.curator), indication=indication(SLUG))
    with pytest.raises(Missing):
        selectors.version(SLUG, 2, ANONYMOUS)
    assert selectors.version(SLUG, 2, acting(world.trainee)).state == "draft"
    steps.drop(actor=acting(world.curator), version=selectors.in_work(SLUG, acting(world.curator)))
    with pytest.raises(Missing):
        selectors.version(SLUG, 2, acting(world.curator))


def test_a_proposal_is_taken_over_under_the_name_of_who_made_it(world: World, experts: list[User]) -> None:
    row = written_sheet(world)
    data = {"sources": ["Volpicelli 2012", "Lichtenstein 2008"]}
    with pytest.raises(Invalid):
        services.propose(actor=acting(experts[0]), version=row, data=data, reason=" ")
    with pytest.raises(Invalid):
        services.propose(actor=acting(experts[0]), version=row, data={}, reason="Why not")
    said = services.propose(actor=acting(experts[0]), version=row, data=data, reason="The first of them")
    other = services.propose(actor=acting(world.trainee), version=row, data={"sources": ["Mine"]}, reason="Better")
    with pytest.raises(Denied):
        services.accept(actor=acting(world.trainee), proposal=said)
    row = services.accept(actor=acting(world.curator), proposal=said)
    assert row.document["sources"] == data["sources"]
    newest = describing.edits(row)[0]
    assert (newest["author"], newest["reason"]) == (str(experts[0]), "The first of them")
    assert newest["changes"] == [{"what": "sources", "place": 2, "before": None, "after": "Lichtenstein 2008"}]
    with pytest.raises(Conflict):  # the sources are others by now
        services.accept(actor=acting(world.curator), proposal=other)
    row = steps.ask(actor=acting(world.curator), version=row)
    with pytest.raises(Denied):  # whose words stand in it does not judge it
        steps.vote(actor=acting(experts[0]), version=row, verdict="agree")


def test_history_tells_who_why_and_what(world: World) -> None:
    row = written_sheet(world)
    findings = [{**DRAFT["findings"][0], "text": {"en": "Black above the diaphragm"}}]
    services.change(actor=acting(world.curator), version=row, data={"findings": findings}, reason="Shorter")
    newest, first = describing.edits(row)
    assert (newest["author"], newest["reason"]) == (str(world.curator), "Shorter")
    assert newest["changes"][0] == {
        "what": "findings", "place": 1, "language": "en",
        "before": "Dark above the diaphragm", "after": "Black above the diaphragm",
    }  # fmt: skip
    assert newest["changes"][1]["before"]["finding"] == "lung-consolidation"
    assert newest["changes"][1]["after"] is None
    assert {change["what"] for change in first["changes"]} == {*DRAFT, "views"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", {"da": "Kun dansk"}),
        ("title", {"en": "Seen on 12 March 2021"}),
        ("views", ["bladder-trans"]),
        ("views", ["lung-plaps-right", "lung-plaps-right"]),
        ("findings", [{"finding": "no-such-finding", "text": {"en": "x"}}]),
        ("findings", [{"finding": "lung-consolidation", "text": {"en": "x"}, "example": "nothing"}]),
        ("findings", [{"finding": "lung-consolidation", "text": {"en": "x"}}] * 2),
        ("when_to_scan", [{"text": {"en": "x"}}] * 15),
        ("when_to_scan", ["x"]),
        ("sources", "x"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_stand_in_a_sheet_is_refused_by_field(world: World, field: str, value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        services.change(actor=acting(world.curator), version=written_sheet(world), data={field: value})
    assert list(refused.value.errors) == [field]


def test_only_cases_that_the_curator_may_see_are_shown(world: World) -> None:
    row, draft = written_sheet(world), world.draft(world.stored())
    findings = [{**DRAFT["findings"][0], "example": str(draft.pk)}]
    with pytest.raises(Invalid):
        services.change(actor=acting(world.curator), version=row, data={"findings": findings})


def test_no_text_repeats_a_name_of_a_file_that_is_shown(world: World) -> None:
    case, row = world.published(world.stored()), written_sheet(world)
    met = SecretKeyer(keys.derive(world.north.pk, "name")).key("name", ["lindqvist"])
    Clip.objects.filter(case=case).update(name_keys=list(met))
    picked = [{**DRAFT["findings"][0], "example": str(case.pk)}]
    services.change(actor=acting(world.curator), version=row, data={"findings": picked})
    with pytest.raises(Invalid):
        services.change(actor=acting(world.curator), version=row, data={"sources": ["As Lindqvist showed"]})


def test_the_bank_shows_with_and_without_the_finding(world: World) -> None:
    with_it = world.published(world.stored())
    row = written_sheet(world)
    told = describing.whole(row, ANONYMOUS, "en")["findings"]
    assert told[0]["example"]["case"] == str(with_it.pk)
    assert told[0]["example"]["picked"] is False
    assert told[0]["counter"] is None and told[1]["example"] is None


def _refused(act: Any) -> None:
    with pytest.raises((InternalError, IntegrityError, ProgrammingError)), transaction.atomic():
        act()
