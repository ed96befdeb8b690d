"""The change feed for other nodes: signed pages, receipts."""

from __future__ import annotations

from typing import Any, Final

from django.db import connection
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.media import Media, serve
from api.paging import limit_of
from api.views import ApiView
from imagebank.core.errors import Invalid
from imagebank.exchange import feed, followers, mirrors, packing
from imagebank.exchange.models import Mirror
from imagebank.exchange.waiting import LONGEST, watch

from .schemas.exchange import ChangesShown, ReceiptInput, ReceiptShown, SnapshotShown

TAR: Final = "application/x-tar"
COME_AGAIN: Final = "10"
"""Seconds, said to whom this process has no room to let wait."""
SINCE = OpenApiParameter("since", str, description="`next` of the page before; from the start without it.")
LIMIT = OpenApiParameter("limit", int, description="At most 1,000; 500 unless told.")
WAIT = OpenApiParameter("wait", int, description="Seconds to wait for a change when there is none, at most 30.")


class FollowerView(ApiView):
    """Base of what a mirror asks for."""

    scopes = ("mirror",)

    @property
    def mirror(self) -> Mirror:
        self.require_account()
        return followers.follower(self.actor)


class Changes(FollowerView):
    """The change feed."""

    @extend_schema(operation_id="changes_list", parameters=[SINCE, LIMIT, WAIT], responses=ChangesShown)
    def get(self, request: Request) -> Response:
        """What changed after `since`, in one gap-free sequence, chained and signed. With `wait` a request that finds
        nothing new is answered when something is, or when the time is over."""
        mirror, since = self.mirror, feed.read_cursor(request.query_params.get("since", ""))
        limit, wait = limit_of(request, feed.DEFAULT, feed.MOST), seconds(request)
        followers.seen(mirror, since)
        body = feed.page(mirror, since, limit)
        headers = {}
        if wait and not body["items"]:
            headers = self._wait(mirror, since, wait)
            body = feed.page(mirror, since, limit)
        return Response(body, headers=headers)

    def _wait(self, mirror: Mirror, since: int, wait: int) -> dict[str, str]:
        """Nothing is held of the database meanwhile."""
        if not connection.in_atomic_block:
            connection.close()
        return {} if watch.wait(mirror.pk, since, wait) else {"Retry-After": COME_AGAIN}


class Snapshot(FollowerView):
    """What is live, as files."""

    @extend_schema(operation_id="changes_snapshot", responses=SnapshotShown)
    def get(self, request: Request) -> Response:
        """For a new mirror: packs of what is live at one number, and the cursor from which the feed goes on. 503 with
        the code `snapshot_wait` until they are made."""
        return Response(packing.snapshot(self.mirror))


class OnePack(FollowerView):
    """A file of the snapshot."""

    throttle_classes = ()

    @extend_schema(
        operation_id="changes_pack",
        responses={(200, TAR): OpenApiTypes.BINARY, (206, TAR): OpenApiTypes.BINARY, 304: None, 416: None},
    )
    def get(self, request: Request, sha256: str) -> HttpResponseBase:
        """An uncompressed tar of items.ndjson and blobs/SHA256, with Range. 410 once something in it was withdrawn:
        ask for another snapshot."""
        return serve(request._request, Media(packing.pack(self.mirror, sha256), open=False))


class Receipts(FollowerView):
    """What mirrors have confirmed."""

    @extend_schema(operation_id="changes_receipt", request=ReceiptInput, responses={201: ReceiptShown})
    def post(self, request: Request) -> Response:
        """A registered mirror confirms, signed by its node, that it has purged what it had to up to a number."""
        mirror = self.mirror
        ReceiptInput.of(request.data)
        return self.once(lambda: self._take(mirror, request.data))

    def _take(self, mirror: Mirror, message: Any) -> Response:
        row = mirrors.take_receipt(mirror=mirror, message=message)
        return Response({"seq": row.seq, "overdue": mirrors.overdue([mirror])[mirror.pk]}, status=201)


def seconds(request: Request) -> int:
    """`?wait=`, from 0 to 30."""
    text = request.query_params.get("wait", "0")
    if not (text.isascii() and text.isdigit() and int(text[:9]) <= LONGEST):
        raise Invalid(errors={"wait": f"Seconds, from 0 to {LONGEST}."})
    return int(text)
