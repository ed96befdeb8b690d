"""Webhooks: signed as Standard Webhooks says, again and again until it is enough, and to no address of ours."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from typing import Any

from django.utils import timezone

from imagebank.exchange import sequencer, webhooks
from imagebank.exchange.models import Delivery, Webhook
from tests.api.conftest import world
from tests.factories import World

from .reading import Reader
from .saying import Saying, saying

__all__ = ["saying", "world"]
WEBHOOKS = "/api/v1/webhooks/"


def subscribe(reader: Reader, address: str) -> Any:
    return reader.client.post(WEBHOOKS, {"address": address}, "application/json")


def now_due() -> None:
    Delivery.objects.update(due_at=timezone.now() - dt.timedelta(seconds=1))


def test_the_head_is_told_signed_and_tried_again(world: World, saying: Saying) -> None:
    reader = Reader.of(world.service)
    told = subscribe(reader, saying.address + "/hook")
    assert told.status_code == 201, told.json()
    assert subscribe(reader, saying.address + "/hook").json()["code"] == "webhook_exists"
    assert webhooks.queue() == 0  # nothing has happened since

    world.published(world.stored())
    sequencer.run()
    saying.answer = lambda path: (500, {})
    assert webhooks.queue() == 1 and webhooks.queue() == 0
    assert webhooks.deliver() and not webhooks.deliver()
    saying.answer = lambda path: (204, {})
    now_due()
    assert webhooks.deliver()
    first, second = saying.asked
    assert first.body == second.body and first.headers["webhook-id"] == second.headers["webhook-id"]
    body = json.loads(first.body)
    assert body == {"type": "changes.head", "node": body["node"], "seq": 1}

    secret = base64.b64decode(told.json()["secret"].removeprefix("whsec_"))
    content = f"{second.headers['webhook-id']}.{second.headers['webhook-timestamp']}.".encode() + second.body
    mac = base64.b64encode(hmac.new(secret, content, hashlib.sha256).digest()).decode()
    assert second.headers["webhook-signature"] == f"v1,{mac}"
    assert Delivery.objects.get().state == "delivered"
    assert "secret" not in json.dumps(reader.client.get(WEBHOOKS).json())
    assert secret not in bytes(Webhook.objects.get().sealed)


def test_what_cannot_be_delivered_is_listed_and_can_be_sent_again(world: World, saying: Saying) -> None:
    reader = Reader.of(world.service)
    hook = subscribe(reader, saying.address).json()["id"]
    world.published(world.stored())
    sequencer.run()
    webhooks.queue()
    saying.answer = lambda path: (503, {})
    for _ in range(len(webhooks.PAUSES) + 1):
        assert Delivery.objects.get().state == "waiting"
        now_due()
        webhooks.deliver()
    (listed,) = reader.client.get(WEBHOOKS).json()["results"]
    (dead,) = listed["dead"]
    assert (dead["attempts"], dead["fault"], len(saying.asked)) == (10, "status_503", 10)

    saying.answer = lambda path: (200, {})
    replay = f"{WEBHOOKS}{hook}/deliveries/{dead['id']}/replay/"
    assert reader.client.post(replay, content_type="application/json").status_code == 202
    assert webhooks.deliver() and Delivery.objects.get().state == "delivered"
    assert reader.client.post(replay, content_type="application/json").json()["code"] == "wrong_state"
    assert reader.client.delete(f"{WEBHOOKS}{hook}/").status_code == 204 and not Delivery.objects.exists()


def test_who_says_gone_or_sends_elsewhere_gets_no_more(world: World, saying: Saying) -> None:
    reader = Reader.of(world.service)
    subscribe(reader, saying.address)
    world.published(world.stored())
    sequencer.run()
    webhooks.queue()
    saying.answer = lambda path: (302, {})
    webhooks.deliver()
    assert (len(saying.asked), Delivery.objects.get().fault) == (1, "status_302")
    saying.answer = lambda path: (410, {})
    now_due()
    webhooks.deliver()
    assert Delivery.objects.get().state == "dead"


OURS = (
    "http://127.0.0.1:9/", "https://localhost/", "https://10.0.0.1/", "https://169.254.169.254/x", "https://[::1]/",
    "https://[::ffff:10.0.0.1]/",
)  # fmt: skip


def test_no_address_of_ours_is_told_anything(world: World, settings: Any) -> None:
    settings.OUTGOING_PRIVATE = False
    reader = Reader.of(world.service)
    for address in OURS:
        answer = subscribe(reader, address)
        assert answer.status_code == 422 and "address" in answer.json()["errors"], address
