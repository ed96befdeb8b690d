"""A draft shared with a colleague: who sees and changes it, and that neither of them is ever the other reader of it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from imagebank.accounts.actors import actor_for
from imagebank.accounts.models import Membership, NodeRole, Notification, User
from imagebank.accounts.permissions import allowed
from imagebank.catalog.authors import authors, end, invite, written_by
from imagebank.catalog.models import Case, Clip, CoAuthor
from imagebank.catalog.services import change_case, drop, recall, submit
from imagebank.core.errors import Conflict, Denied, Invalid, Missing
from imagebank.core.models import AuditEvent
from imagebank.review import doubting, inbox
from imagebank.review.models import Review
from imagebank.review.people import answerers
from imagebank.review.services import claim, publish, review
from imagebank.review.withdrawal import withdraw
from tests.factories import World, acting, make_person, session


@pytest.fixture
def colleague(world: World) -> User:
    """A contributor of the same institution who is a reviewer and a curator too."""
    person = make_person("colleague", world.north, "contributor", "reviewer")
    NodeRole.objects.create(user=person, role="curator")
    return person


@pytest.fixture
def draft(world: World) -> Case:
    return world.draft(world.stored(synthetic=True))


def shared(world: World, draft: Case, colleague: User) -> CoAuthor:
    return invite(actor=acting(world.contributor), case=draft, email=f" {colleague.email.upper()} ")


def sees(account: User, act: str, case: Case) -> bool:
    return allowed(acting(account), act, Case.objects.filter(pk=case.pk)).exists()


def test_a_colleague_sees_and_changes_it_from_the_invitation_to_its_end(
    world: World, draft: Case, colleague: User
) -> None:
    assert not sees(colleague, "case.see", draft)
    row = shared(world, draft, colleague)
    assert authors(draft) == [world.contributor, colleague]
    change_case(actor=acting(colleague), case=draft, data={"age_band": "adult-65-79"})
    clips = Clip.objects.filter(case=draft)
    assert allowed(acting(colleague), "clip.see", clips).exists()
    assert not allowed(acting(colleague), "clip.withdraw", clips).exists()
    assert Notification.objects.get(account=colleague).event == "case_shared"
    end(actor=acting(world.contributor), row=row)
    for act in ("case.see", "case.edit"):
        assert not sees(colleague, act, draft), act
    assert not allowed(acting(colleague), "clip.see", clips).exists()
    told = AuditEvent.objects.filter(object_id=row.pk).order_by("recorded_at")
    assert [(one.event, one.actor_id, one.institution_id) for one in told] == [
        (event, world.contributor.pk, world.north.pk) for event in ("share", "unshare")
    ]


def test_a_co_author_leaves_and_comes_back(world: World, draft: Case, colleague: User) -> None:
    row = shared(world, draft, colleague)
    end(actor=acting(colleague), row=row)
    row.refresh_from_db()
    with pytest.raises(Missing):
        end(actor=acting(colleague), row=row)
    assert shared(world, draft, colleague).pk == row.pk
    assert sees(colleague, "case.edit", draft)


@pytest.mark.parametrize("who", ["stranger", "trainee", "reviewer", "contributor", "service"])
def test_only_with_another_contributor_of_the_institution(world: World, draft: Case, who: str) -> None:
    with pytest.raises(Invalid) as refused:
        invite(actor=acting(world.contributor), case=draft, email=getattr(world, who).email)
    assert "email" in refused.value.errors
    assert not CoAuthor.objects.exists()


def test_a_co_author_neither_shares_nor_drops_nor_withdraws(world: World, draft: Case, colleague: User) -> None:
    shared(world, draft, colleague)
    third = make_person("third", world.north, "contributor")
    with pytest.raises(Denied):
        invite(actor=acting(colleague), case=draft, email=third.email)
    with pytest.raises(Denied):
        drop(actor=acting(colleague), case=draft)
    submit(actor=acting(colleague), case=draft)
    with pytest.raises(Denied):
        withdraw(actor=acting(colleague), case=draft, reason="patient_request")
    with pytest.raises(Conflict):
        invite(actor=acting(world.contributor), case=draft, email=third.email)
    assert recall(actor=acting(colleague), case=Case.objects.get(pk=draft.pk)).state == "draft"


def test_nothing_is_left_of_it_without_the_membership(world: World, draft: Case, colleague: User) -> None:
    shared(world, draft, colleague)
    Membership.objects.filter(user=colleague).delete()
    assert not sees(colleague, "case.see", draft)
    assert not sees(colleague, "case.edit", draft)


@pytest.mark.parametrize("ended", [False, True], ids=["sharing", "ended"])
def test_whoever_had_a_part_never_reviews_it(world: World, draft: Case, colleague: User, ended: bool) -> None:
    row = shared(world, draft, colleague)
    if ended:
        end(actor=acting(world.contributor), row=row)
    submit(actor=acting(world.contributor), case=draft)
    for act in (claim, lambda **said: review(verdict="accept", **said)):
        with pytest.raises(Denied):
            act(actor=acting(colleague), case=Case.objects.get(pk=draft.pk))
    queue = session(colleague).get("/review/").content.decode()
    assert str(draft.pk) not in queue
    assert colleague not in answerers(draft, None)


def test_the_database_refuses_what_a_co_author_accepted(world: World, draft: Case, colleague: User) -> None:
    shared(world, draft, colleague)
    submit(actor=acting(world.contributor), case=draft)
    Case.objects.filter(pk=draft.pk).update(state="accepted")
    Review.objects.create(case=draft, revision=1, reviewer=colleague, verdict="accept")
    with pytest.raises(IntegrityError, match="another person"), transaction.atomic():
        publish(actor=acting(world.curator), case=Case.objects.get(pk=draft.pk))
    Review.objects.create(case=draft, revision=1, reviewer=world.reviewer, verdict="accept")
    assert publish(actor=acting(world.curator), case=Case.objects.get(pk=draft.pk)).state == "published"
    connection.check_constraints()


def test_both_are_told_credited_and_asked(world: World, draft: Case, colleague: User) -> None:
    shared(world, draft, colleague)
    world.accepted_draft(draft)
    publish(actor=acting(world.curator), case=draft)
    events = Notification.objects.filter(account=colleague).values_list("event", flat=True)
    assert {"case_shared", "case_accepted", "case_published"} <= set(events)
    assert list(Case.objects.filter(written_by(colleague))) == [draft]
    assert f"/cases/{draft.pk}/" in session(colleague).get("/account/contributions/").content.decode()
    held = doubting.doubt(actor=acting(world.trainee), case=draft, kind="content", text="The view is another.")
    assert list(inbox.about_mine(actor_for(colleague))) == [held]
    with pytest.raises(Denied):
        doubting.answer(actor=acting(colleague), doubt=held, verdict="reject", text="It is not.")


def test_an_older_page_does_not_overwrite_what_another_author_said(world: World, draft: Case, colleague: User) -> None:
    shared(world, draft, colleague)
    mine, theirs = session(world.contributor), session(colleague)
    address, old = f"/contribute/case/{draft.pk}/", {"stamp": "", "age_band": "adult-18-39"}
    assert mine.post(address, old).status_code == 200
    overtaken = theirs.post(address, old | {"age_band": "adult-65-79"})
    assert overtaken["Location"] == f"{address}?overtaken=1"
    draft.refresh_from_db()
    assert draft.age_band == "adult-18-39"
    page = theirs.get(overtaken["Location"]).content.decode()
    assert "Another author changed this case meanwhile" in page
    stamp = page.split('name="stamp" value="')[1].split('"')[0]
    for band in ("adult-65-79", "adult-40-64"):  # one's own changes never stand in one's way
        assert theirs.post(address, {"stamp": stamp, "age_band": band}).status_code == 200
    draft.refresh_from_db()
    assert draft.age_band == "adult-40-64"


def test_the_page_shares_and_ends_it(world: World, draft: Case, colleague: User) -> None:
    client, address = session(world.contributor), f"/contribute/case/{draft.pk}/"
    refused = client.post(f"{address}authors/", {"email": "nobody@bank.example"}, follow=True).content.decode()
    assert "No contributor of your institution has this address." in refused
    told = client.post(f"{address}authors/", {"email": colleague.email}, follow=True).content.decode()
    assert "colleague sees this draft now" in told
    overview = session(colleague).get("/contribute/").content.decode()
    assert "shared with me" in overview
    assert "Throw the draft away" not in overview
    row = CoAuthor.objects.get()
    assert session(colleague).post(f"{address}authors/{row.pk}/end/")["Location"] == "/contribute/"
    assert session(colleague).get(address).status_code == 404


def test_a_case_is_hidden_with_words_that_its_authors_read_and_the_trail_does_not_keep(
    world: World, draft: Case, colleague: User
) -> None:
    shared(world, draft, colleague)
    world.accepted_draft(draft)
    publish(actor=acting(world.curator), case=draft)
    client, why = session(world.curator), "The side is wrong; please look again."
    refused = client.post(f"/curate/{draft.pk}/suspend/", {"words": "Ask jane@hospital.example"}, follow=True)
    assert "Hidden." not in refused.content.decode()
    assert "Hidden." in client.post(f"/curate/{draft.pk}/suspend/", {"words": why}, follow=True).content.decode()
    assert why in session(colleague).get(f"/contribute/case/{draft.pk}/").content.decode()
    assert {row.account for row in Notification.objects.filter(event="case_hidden")} == {world.contributor, colleague}
    assert not AuditEvent.objects.filter(reason__contains="side").exists()
    withdraw(actor=acting(world.contributor), case=Case.objects.get(pk=draft.pk), reason="patient_request")
    assert not draft.history.filter(reason__contains="side").exists()
