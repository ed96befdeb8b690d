"""Making, changing and publishing collections; what was published stays."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from imagebank.catalog import gaps
from imagebank.catalog.models import Clip, Tombstone
from imagebank.collections import selectors, services, steps
from imagebank.collections.forgetting import forget_withdrawn
from imagebank.collections.models import Collection, Edit, Item
from imagebank.collections.states import COLLECTION
from imagebank.core.actor import ANONYMOUS, Actor
from imagebank.core.errors import BankError, Conflict, Denied, Gone, Invalid, Missing, SignInFirst
from imagebank.core.models import AuditEvent, Outbox
from imagebank.review.services import suspend
from imagebank.review.withdrawal import REASONS, withdraw
from tests.factories import World, acting
from tests.waiting import PATIENCE, wait_for

from .conftest import TITLE, data_for, published_collection

EVENTS = {
    "draft": {"propose", "publish", "drop", "abandon", "withdraw"},
    "proposed": {"recall", "return", "publish", "withdraw"},
    "published": {"revise", "retire", "withdraw"},
    "retired": {"restore", "withdraw"},
    "dropped": set(),
    "withdrawn": set(),
}


def test_the_state_table_is_the_one_that_is_meant() -> None:
    assert {state: set(COLLECTION.events(state)) for state in COLLECTION.states} == EVENTS


def test_a_published_version_is_read_by_everybody(world: World) -> None:
    cases = [world.published(world.stored()) for _ in range(2)]
    row = published_collection(world, *cases)
    held, version = selectors.live("effusions")
    assert (held.pk, version.number, row.state) == (row.pk, 1, "published")
    shown = selectors.shown_items(version, ANONYMOUS)
    assert [item.row.case_id for item in shown if item.row] == [case.pk for case in cases]
    assert list(selectors.holding(cases[0].pk)) == [row]
    assert Outbox.objects.filter(object_id=row.pk).values_list("operation", "revision").get() == ("put", 1)
    events = AuditEvent.objects.filter(object_id=row.pk).values_list("event", flat=True)
    assert set(events) == {"create", "publish"}


def test_who_may_make_propose_and_publish(world: World) -> None:
    case = world.published(world.stored())
    with pytest.raises(SignInFirst):
        services.create(actor=ANONYMOUS, data=data_for(case))
    trainee, curator = acting(world.trainee), acting(world.curator)
    row = services.create(actor=trainee, data=data_for(case))
    with pytest.raises(Missing):
        services.change(actor=acting(world.contributor), collection=row, data={"credit": "Me"})
    with pytest.raises(Denied):
        steps.publish(actor=trainee, collection=row)
    row = steps.propose(actor=trainee, collection=row)
    with pytest.raises(Denied):
        services.change(actor=trainee, collection=row, data={"credit": "Me"})
    services.comment(actor=acting(world.reviewer), collection=row, text="The second clip is dark.")
    row = steps.give_back(actor=curator, collection=row)
    services.change(actor=trainee, collection=row, data={"credit": "Emergency ultrasound group"})
    row = steps.propose(actor=trainee, collection=row)
    assert steps.publish(actor=curator, collection=row).state == "published"


def test_an_older_version_stays_as_it_was(world: World) -> None:
    first, second = (world.published(world.stored()) for _ in range(2))
    curator = acting(world.curator)
    row = published_collection(world, first)
    steps.revise(actor=curator, collection=row)
    row.refresh_from_db()
    services.change(actor=curator, collection=row, data={"title": {"en": "Other"}, "items": [{"case": second.pk}]})
    assert selectors.live("effusions")[1].number == 1
    steps.publish(actor=curator, collection=row)
    _, old = selectors.version("effusions", 1)
    _, new = selectors.version("effusions", 2)
    assert (old.title["en"], new.title["en"]) == ("Effusions", "Other")
    assert [[i.item.case_id for i in selectors.shown_items(v, ANONYMOUS)] for v in (old, new)] == [
        [first.pk], [second.pk],
    ]  # fmt: skip
    with pytest.raises(Missing):
        selectors.version("effusions", 3)


def test_the_database_keeps_what_was_published(world: World) -> None:
    row = published_collection(world, world.published(world.stored()))
    version = row.versions.get()
    for touch in (
        lambda: row.versions.update(title={"en": "Rewritten"}),
        lambda: version.items.update(position=9),
        lambda: version.items.all().delete(),
        lambda: Item.objects.create(version=version, position=2, case=world.published(world.stored())),
    ):
        with pytest.raises(ProgrammingError, match="does not change"), transaction.atomic():
            touch()


def test_a_withdrawn_case_leaves_a_gap_and_its_note_is_forgotten(world: World) -> None:
    case, other = (world.published(world.stored()) for _ in range(2))
    items = [{"case": case.pk, "note": {"en": "Look left."}}, {"case": other.pk, "note": {"en": "Look right."}}]
    row = published_collection(world, items=items)
    withdraw(actor=acting(world.contributor), case=case, reason="patient_request")
    gap, there = selectors.shown_items(row.versions.get(), acting(world.curator))
    told = selectors.item_json(gap, "en")
    assert (told["gap"], told["case"], told["note"]) == ("consent", None, "")
    assert selectors.item_json(there, "en")["note"] == "Look right."
    assert forget_withdrawn() == 2
    assert [item.note for item in Item.objects.order_by("position")] == [{}, {"en": "Look right."}]
    assert "Look left" not in str(Edit.objects.get().document)
    assert forget_withdrawn() == 0


def test_what_a_reader_may_not_see_is_a_gap(world: World) -> None:
    hidden, closed = world.published(world.stored()), world.published(world.stored(rights={"audience": "registered"}))
    row = published_collection(world, hidden, closed)
    suspend(actor=acting(world.curator), case=hidden)
    version = row.versions.get()
    gaps = {name: [item.gap for item in selectors.shown_items(version, actor)] for name, actor in (
        ("anyone", ANONYMOUS), ("account", acting(world.trainee)),
    )}  # fmt: skip
    assert gaps == {"anyone": ["hidden", "registered"], "account": ["hidden", None]}


def test_a_withdrawn_clip_is_a_gap_with_the_class_of_its_reason(world: World) -> None:
    case = world.published(world.stored())
    clip = case.clips.get()
    row = published_collection(world, items=[{"case": case.pk, "clip": clip.pk}])
    for reason in REASONS:
        with transaction.atomic():
            Tombstone.objects.create(object_id=clip.pk, object_type="clip", reason=reason)
            [item] = selectors.shown_items(row.versions.get(), ANONYMOUS)
            transaction.set_rollback(True)
        assert item.gap == gaps.REASONS.get(reason, "other")
        assert item.gap in gaps.GAPS


def wrong(world: World) -> dict[str, tuple[dict[str, Any], str]]:
    case, unseen = world.published(world.stored()), world.submitted(world.stored())
    return {
        "untitled": (data_for(case, title={}), "title"),
        "a date": (data_for(case, description={"en": "Seen on 12.05.2024"}), "description"),
        "a language": (data_for(case, title={"xx": "Title"}), "title"),
        "not published": (data_for(unseen), "items"),
        "not an id": (data_for(items=[{"case": "x"}]), "items"),
        "absent": (data_for(items=[{"case": uuid.uuid4()}]), "items"),
        "twice": (data_for(case, case), "items"),
        "a foreign clip": (data_for(items=[{"case": case.pk, "clip": world.stored().pk}]), "items"),
        "a frame beyond": (data_for(items=[{"case": case.pk, "start_frame": 3}]), "start_frame"),
        "too many": (data_for(items=[{"case": uuid.uuid4()} for _ in range(201)]), "items"),
    }


def test_what_is_refused_names_its_field(world: World) -> None:
    told, cases = {}, wrong(world)
    for name, (data, _field) in cases.items():
        with pytest.raises(Invalid) as caught, transaction.atomic():
            services.create(actor=acting(world.curator), data=data)
        told[name] = list(caught.value.errors)
    assert told == {name: [field] for name, (_data, field) in cases.items()}


def test_no_text_repeats_a_name_of_a_file(world: World) -> None:
    from anonymize.keying import SecretKeyer
    from anonymize.naming import name_words
    from imagebank.core import keys

    case = world.published(world.stored())
    met = SecretKeyer(keys.derive(world.north.pk, "name")).key("name", sorted(name_words("Lindqvist")))
    Clip.objects.filter(case=case).update(name_keys=list(met))
    for field in ({"title": {"en": "Lindqvist's heart"}}, {"items": [{"case": case.pk, "note": {"en": "Lindqvist"}}]}):
        with pytest.raises(Invalid) as caught:
            services.create(actor=acting(world.curator), data=data_for(case, **field))
        assert list(caught.value.errors) == ["text"]


def test_publication_says_what_is_missing(world: World) -> None:
    curator = acting(world.curator)
    row = services.create(actor=curator, data={"title": {"en": "Empty"}})
    for step in (steps.propose, steps.publish):
        with pytest.raises(Invalid) as caught:
            step(actor=curator, collection=row)
        assert set(caught.value.errors) == {"description", "items"}


def test_items_are_added_moved_noted_and_taken_out(world: World) -> None:
    cases = [world.published(world.stored()) for _ in range(4)]
    curator = acting(world.curator)
    row = services.create(actor=curator, data=data_for(*cases[:2]))
    assert services.add(actor=curator, collection=row, cases=[case.pk for case in cases[1:]]) == 2
    version = row.versions.get()
    first, second, third, fourth = version.items.all()
    services.change_item(
        actor=curator,
        collection=row,
        item=second.pk,
        data={"note": {"en": "Wait for it."}, "start_frame": 2, "hide": True},
    )
    services.reorder(actor=curator, collection=row, order=[fourth.pk, second.pk])
    services.change_item(actor=curator, collection=row, item=third.pk, data={"take_out": True})
    items = [(item.pk, item.position, item.note, item.start_frame, item.hide) for item in version.items.all()]
    assert items == [
        (fourth.pk, 1, {}, None, False), (second.pk, 2, {"en": "Wait for it."}, 2, True),
        (first.pk, 3, {}, None, False),
    ]  # fmt: skip


def test_a_gap_may_stay_be_moved_and_be_taken_out(world: World) -> None:
    cases = [world.published(world.stored()) for _ in range(2)]
    curator = acting(world.curator)
    row = services.create(actor=curator, data=data_for(*cases))
    withdraw(actor=acting(world.contributor), case=cases[0])
    version = row.versions.get()
    gap, other = version.items.all()
    services.reorder(actor=curator, collection=row, order=[other.pk, gap.pk])
    assert list(version.items.values_list("pk", flat=True)) == [other.pk, gap.pk]
    services.change_item(actor=curator, collection=row, item=gap.pk, data={"take_out": True})
    assert list(version.items.values_list("pk", flat=True)) == [other.pk]


def test_throwing_the_next_version_away_keeps_the_last(world: World) -> None:
    curator = acting(world.curator)
    row = published_collection(world, world.published(world.stored()))
    steps.revise(actor=curator, collection=row)
    row = steps.drop(actor=curator, collection=row)
    assert (row.state, row.revision, row.versions.count()) == ("published", 1, 1)
    assert selectors.live(row.slug)[1].number == 1
    with pytest.raises(Conflict):
        steps.drop(actor=curator, collection=row)


def test_retired_is_off_the_list_and_still_read(world: World) -> None:
    curator = acting(world.curator)
    row = steps.retire(actor=curator, collection=published_collection(world, world.published(world.stored())))
    assert not selectors.published().exists()
    assert selectors.version(row.slug, 1)
    assert steps.restore(actor=curator, collection=row).state == "published"


def test_withdrawn_is_gone_with_its_words(world: World) -> None:
    case = world.published(world.stored())
    row = published_collection(world, items=[{"case": case.pk, "note": {"en": "A name"}}])
    steps.withdraw(actor=acting(world.curator), collection=row)
    for reading in (lambda: selectors.live(row.slug), lambda: selectors.version(row.slug, 1)):
        with pytest.raises(Gone):
            reading()
    version = row.versions.get()
    assert (version.title, version.description, version.items.get().note, row.edits.count()) == ({}, {}, {}, 0)


def test_slugs_are_of_the_title_and_differ(world: World) -> None:
    curator, titles = acting(world.curator), ({"en": "Épanchements!"}, {"fr": "Épanchements"}, {"da": "¿?"})
    slugs = [services.create(actor=curator, data={"title": title}).slug for title in titles]
    assert slugs == ["epanchements", "epanchements-2", "collection"]


def test_two_of_one_title_at_the_same_instant_get_two_addresses(world: World) -> None:
    """The second one finds the address free and waits for the first, which then takes it."""
    trainee, curator = acting(world.trainee), acting(world.curator)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first = services.create(actor=curator, data={"title": TITLE})
            second = pool.submit(begun_elsewhere, trainee)
            wait_for(somebody_waits)
        assert (first.slug, second.result(PATIENCE)) == ("effusions", "effusions-2")


def begun_elsewhere(actor: Actor) -> str:
    """Over a connection of its own; the slug."""
    try:
        return services.create(actor=actor, data={"title": TITLE}).slug
    finally:
        connection.close()


def somebody_waits() -> bool:
    """For the end of the transaction in which this is asked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid)"
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize("state", ["draft", "published", "retired"])
def test_every_step_follows_the_table(world: World, state: str) -> None:
    curator = acting(world.curator)
    row = services.create(actor=curator, data=data_for(world.published(world.stored())))
    for event in {"draft": [], "published": ["publish"], "retired": ["publish", "retire"]}[state]:
        row = steps.STEPS[event](actor=curator, collection=row)
    told = {step: after(row, step, curator) for step in steps.STEPS}
    meant = {step: COLLECTION.steps.get((state, step), "wrong_state") for step in steps.STEPS}
    assert told == meant | ({"withdraw": "wrong_state"} if state == "draft" else {})


def after(row: Collection, step: str, actor: Actor) -> str:
    """The state after the step, or the code of the refusal; taken back."""
    with transaction.atomic():
        try:
            return steps.STEPS[step](actor=actor, collection=Collection.objects.get(pk=row.pk)).state
        except BankError as error:
            return error.code
        finally:
            transaction.set_rollback(True)
