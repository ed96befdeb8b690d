"""What is told by mail: at once, once a day, never; in whose language; how it is stopped; and what it never says."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from imagebank.accounts import mailing, notifying
from imagebank.accounts.models import Notification
from imagebank.core.errors import Invalid
from imagebank.review.services import review
from tests.factories import World, acting, session


def waited(hours: int) -> None:
    Notification.objects.update(written_at=timezone.now() - dt.timedelta(hours=hours))


def test_a_verdict_is_mailed_at_once_and_says_nothing_of_the_case(world: World) -> None:
    case = world.submitted(world.stored())
    review(actor=acting(world.reviewer), case=case, verdict="changes", comment="The probe marker is missing.")
    assert (mailing.send_due(), mailing.send_due()) == (1, 0)
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([world.contributor.email], "A reviewer asks for a change of one of your cases.")
    assert f"http://127.0.0.1:8000/contribute/case/{case.pk}/" in sent.body
    for secret in ("marker", "effusion", world.reviewer.email, "dyspnoea"):
        assert secret not in sent.body


def test_what_is_published_waits_for_the_mail_of_the_day(world: World) -> None:
    world.published(world.stored())
    world.published(world.stored())
    Notification.objects.exclude(event="case_published").delete()
    assert mailing.send_due() == 0
    waited(25)
    notifying.notify(world.contributor, "case_published")
    assert (mailing.send_due(), mailing.send_due()) == (1, 0)
    (sent,) = mail.outbox
    assert (sent.subject, sent.body.count("One of your cases is published.")) == ("What happened in the image bank", 3)


def test_the_account_chooses(world: World) -> None:
    client, person = session(world.trainee), world.trainee
    client.post("/account/notifications/", {"role": "never", "doubts": "daily"})
    notifying.notify(person, "role_granted", address="/account/roles/")
    notifying.notify(person, "doubt_answered")
    notifying.notify(person, "export_ready")
    assert mailing.send_due() == 1
    assert [sent.subject for sent in mail.outbox] == ["The copy of your data is ready."]
    page = client.get("/account/notifications/").content.decode()
    assert "You were given the role that you asked for." in page
    assert re.search(r'<option value="never" selected>', page)
    with pytest.raises(Invalid):
        notifying.choose(account=person, wanted={"account": "never"})


def test_one_click_stops_a_kind_of_mail_without_signing_in(world: World) -> None:
    person = world.trainee
    notifying.notify(person, "role_refused")
    mailing.send_due()
    headers = mail.outbox[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = headers["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:8000")
    outside = Client(enforce_csrf_checks=True)
    assert outside.get(address).status_code == 200
    assert notifying.choice(person, "role") == "at_once"
    assert outside.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert (notifying.choice(person, "role"), notifying.choice(person, "doubts")) == ("never", "at_once")
    assert outside.post(address.replace(":", "x", 1)).status_code == 404
    notifying.notify(person, "role_refused")
    assert mailing.send_due() == 0


def test_in_the_language_of_the_account(world: World) -> None:
    client = session(world.trainee)
    client.post("/language/", {"language": "de", "next": "/"})
    world.trainee.refresh_from_db()
    assert world.trainee.language == "de"
    notifying.notify(world.trainee, "role_granted")
    mailing.send_due()
    assert mail.outbox[0].subject == "Sie haben die Rolle erhalten, um die Sie gebeten hatten."


def test_nobody_tells_a_program_or_an_account_that_is_gone(world: World) -> None:
    world.trainee.is_active = False
    for account in (world.service, world.trainee):
        notifying.notify(account, "case_published")
    assert not Notification.objects.exists()


def test_what_is_mailed_is_forgotten_later(world: World) -> None:
    notifying.notify(world.trainee, "role_granted")
    waited(24 * 181)
    mailing.forget_old()
    assert not Notification.objects.exists()
