"""Erasing an account: asked for, taken back, carried out; nothing of the person is left in any table."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile

from django.utils import timezone

from imagebank.accounts import erasing, exporting, notifying
from imagebank.accounts.models import Erasure, Export, User
from imagebank.accounts.personal import kept
from imagebank.catalog.models import Case, OpenedCase, PublicCase
from imagebank.catalog.search import opened
from imagebank.catalog.services import change_case, submit
from imagebank.collections import services as collections
from imagebank.collections.models import Version
from imagebank.collections.steps import STEPS as collection_steps
from imagebank.core.audit import write_card
from imagebank.core.models import AuditEvent
from imagebank.review.services import publish, review
from imagebank.sheets.models import Vote
from tests.factories import World, acting, make_person, make_token, session
from tests.sheets.conftest import agreed, written_sheet

from .conftest import tables_with

NAME = "Quirina Zebrowski"
CREDIT = f"Dr. {NAME}, North"


def known(user: User) -> User:
    """The person under a name that stands nowhere else."""
    user.name, user.email, user.orcid = NAME, "quirina@zebrowski.example", "0000-0002-1825-0097"
    user.save()
    write_card(user.pk, user.name, user.email)
    return user


def credited_case(world: World) -> Case:
    """A published case of the contributor that names them; made up, so that readers are told of it."""
    draft = world.draft(world.stored(synthetic=True))
    change_case(actor=acting(world.contributor), case=draft, data={"credit": CREDIT})
    submit(actor=acting(world.contributor), case=draft)
    review(actor=acting(world.reviewer), case=Case.objects.get(pk=draft.pk), verdict="accept")
    return publish(actor=acting(world.curator), case=Case.objects.get(pk=draft.pk))


def credited_collection(world: World, case: Case) -> None:
    """A published collection of the contributor that names them."""
    data = {"title": {"en": "T"}, "description": {"en": "W."}, "credit": CREDIT, "items": [{"case": str(case.pk)}]}
    row = collections.create(actor=acting(world.contributor), data=data)
    collection_steps["publish"](actor=acting(world.curator), collection=row)


def over(user: User) -> None:
    """The days of grace are over, and the sweeper comes by."""
    Erasure.objects.filter(account=user).update(due_at=timezone.now() - dt.timedelta(seconds=1))
    erasing.erase_due()


def test_nothing_is_left_of_who_only_read(world: World) -> None:
    reader, case = known(make_person("reader")), world.published(world.stored())
    client = session(reader)
    assert client.get(f"/cases/{case.pk}/").status_code == 200
    assert OpenedCase.objects.filter(user=reader).exists()
    make_token(reader, "read")
    exporting.make(exporting.ask(actor=acting(reader), account=reader, language="en").pk)
    erasing.ask(actor=acting(reader), account=reader, keep_credit=False)
    assert tables_with(reader.email) >= {"accounts_user", "core_actorcard"}
    over(reader)
    assert tables_with(reader.email) == tables_with(NAME) == tables_with(reader.orcid) == set()
    assert tables_with(str(reader.pk)) == {"core_auditevent", "core_actorcard"}
    assert client.get("/account/").status_code == 302


def test_contributions_stay_without_the_name(world: World) -> None:
    person = known(world.contributor)
    case = credited_case(world)
    credited_collection(world, case)
    assert PublicCase.objects.get(case=case).document["credit"] == CREDIT
    erasing.ask(actor=acting(person), account=person, keep_credit=False)
    over(person)
    assert tables_with(person.email) == tables_with(NAME) == tables_with(person.orcid) == set()
    document = PublicCase.objects.get(case=case).document
    assert (document["credit"], len(document["clips"])) == ("", 1)
    row = User.objects.get(pk=person.pk)
    assert (row.erased, row.is_active, row.has_usable_password(), row.memberships.exists()) == (
        True,
        False,
        False,
        False,
    )
    given = {place.model._meta.db_table for place in kept() if place.rule == "given"}
    assert tables_with(str(person.pk)) <= given | {"accounts_user", "core_auditevent", "core_actorcard"}


def test_a_vote_stays_without_the_name(world: World) -> None:
    expert = known(world.reviewer)
    agreed(world, [expert, make_person("expert", role="reviewer")], written_sheet(world, "dyspnoea"))
    assert tables_with(NAME) >= {"sheets_vote"}
    erasing.ask(actor=acting(expert), account=expert, keep_credit=False)
    over(expert)
    assert tables_with(NAME) == set()
    assert Vote.objects.get(expert=expert).verdict == "agree"


def test_the_name_may_stay_in_the_credit(world: World) -> None:
    person = known(world.contributor)
    case = credited_case(world)
    credited_collection(world, case)
    erasing.ask(actor=acting(person), account=person, keep_credit=True)
    over(person)
    assert PublicCase.objects.get(case=case).document["credit"] == CREDIT
    assert Version.objects.get().credit == CREDIT
    assert tables_with(person.email) == set()


def test_it_can_be_taken_back(world: World) -> None:
    person = world.trainee
    erasing.ask(actor=acting(person), account=person, keep_credit=False)
    erasing.erase_due()
    assert User.objects.filter(pk=person.pk, is_active=True).exists()
    erasing.recall(actor=acting(person), account=person)
    over(person)
    assert User.objects.filter(pk=person.pk, is_active=True).exists()
    told = [*person.notifications.order_by("pk").values_list("event", flat=True)]
    assert told == ["erasure_asked", "erasure_recalled"]
    assert {*AuditEvent.objects.filter(actor_id=person.pk).values_list("event", flat=True)} >= {
        "ask_erasure", "recall_erasure",
    }  # fmt: skip


def test_the_copy_holds_what_is_ones_own_and_no_secret_nor_patient(world: World) -> None:
    person = known(world.contributor)
    case = credited_case(world)
    opened.note(acting(person), case.pk)
    notifying.choose(account=person, wanted={"published": "never"})
    token = make_token(person, "read")
    row = exporting.ask(actor=acting(person), account=person, language="de")
    exporting.make(row.pk)
    made = bytes(Export.objects.get(pk=row.pk).archive or b"")
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        told, page = json.loads(archive.read("account.json")), archive.read("account.html").decode()
    assert told["accounts.user"][0]["email"] == person.email
    assert told["catalog.openedcase.user"] == [
        {
            "id": OpenedCase.objects.get().pk,
            "user": str(person.pk),
            "case": str(case.pk),
            "on": str(timezone.now().date()),
        }
    ]
    assert told["accounts.mailchoice.account"][0]["when"] == "never"
    assert told["catalog.case.author"][0]["credit"] == CREDIT
    assert "subject" not in told["catalog.clip.depositor"][0]
    assert NAME in page
    assert 'lang="de"' in page
    assert token not in str(told) + page
    assert person.password not in str(told) + page
    assert str(case.subject_id) not in str(told) + page
