"""Being told that the feed moved (Standard Webhooks)."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.paging import page
from imagebank.exchange import webhooks
from imagebank.exchange.models import Delivery, Webhook

from .changes import FollowerView
from .schemas import paged
from .schemas.exchange import DeliveryShown, NewWebhookShown, WebhookInput, WebhookShown


class WebhookView(FollowerView):
    """Base: the caller's own subscriptions."""

    def own(self) -> QuerySet[Webhook]:
        return Webhook.objects.filter(account_id=self.mirror.account_id).prefetch_related("deliveries")


class Webhooks(WebhookView):
    """Subscriptions."""

    @extend_schema(operation_id="webhooks_list", responses=paged(WebhookShown))
    def get(self, request: Request) -> Response:
        """One's own, with the messages that could not be delivered."""
        return page(request, self.own(), told)

    @extend_schema(operation_id="webhooks_create", request=WebhookInput, responses={201: NewWebhookShown})
    def post(self, request: Request) -> Response:
        """Have an address told, signed, that the head moved. The secret is told this once, also not again by
        Idempotency-Key."""
        account, said = self.mirror.account, WebhookInput.of(request.data)
        return self.once(lambda: self._make(account, said["address"]), keep=lambda body: {**body, "secret": None})

    def _make(self, account: Any, address: str) -> Response:
        row, secret = webhooks.subscribe(actor=self.actor, account=account, address=address)
        row.refresh_from_db()
        return Response({**told(row), "secret": secret}, status=201)


class OneWebhook(WebhookView):
    """A subscription."""

    @extend_schema(operation_id="webhooks_end", request=None, responses={204: None})
    def delete(self, request: Request, pk: uuid.UUID) -> Response:
        """No more messages."""
        row = get_object_or_404(self.own(), pk=pk)
        return self.once(lambda: self._end(row))

    def _end(self, row: Webhook) -> Response:
        webhooks.unsubscribe(actor=self.actor, webhook=row)
        return Response(status=204)


class Replay(WebhookView):
    """A message that could not be delivered."""

    @extend_schema(operation_id="webhooks_replay", request=None, responses={202: DeliveryShown})
    def post(self, request: Request, pk: uuid.UUID, delivery: uuid.UUID) -> Response:
        """Send it again."""
        row = get_object_or_404(Delivery.objects.filter(webhook__in=self.own()), webhook=pk, pk=delivery)
        return self.once(lambda: Response(delivery_told(webhooks.replay(row)), status=202))


def told(row: Webhook) -> dict[str, Any]:
    """As `WebhookShown`."""
    dead = sorted((d for d in row.deliveries.all() if d.state == "dead"), key=lambda d: d.made_at, reverse=True)
    plain = {name: getattr(row, name) for name in ("id", "address", "told_seq", "created_at")}
    return {**plain, "dead": [delivery_told(delivery) for delivery in dead]}


def delivery_told(row: Delivery) -> dict[str, Any]:
    """As `DeliveryShown`."""
    return {name: getattr(row, name) for name in ("id", "seq", "attempts", "fault", "made_at")}
