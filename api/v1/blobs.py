"""The stored objects of public cases by their hash, for mirrors."""

from __future__ import annotations

import base64

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from api.media import Media, serve
from imagebank.exchange import probing
from imagebank.exchange.blobs import rendition

from .changes import FollowerView


class OneBlob(FollowerView):
    """A stored object."""

    def get_throttles(self) -> list[BaseThrottle]:
        """A mirror fetches as fast as it can; whoever asks for a proof has a file read."""
        return super().get_throttles() if "nonce" in self.request.query_params else []

    @extend_schema(
        operation_id="blobs_read",
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            (206, "application/octet-stream"): OpenApiTypes.BINARY,
            304: None,
            416: None,
        },
    )
    def get(self, request: Request, sha256: str) -> HttpResponseBase:
        """Its bytes, with Range and Repr-Digest (RFC 9530). 410 once it was withdrawn. With `nonce` (32 hexadecimal
        digits) a mirror of this node's origins answers, to anybody, {digest}: sha256(nonce + bytes)."""
        if "nonce" in request.query_params:
            return Response({"digest": probing.proof(sha256, request.query_params["nonce"])})
        answer = serve(request._request, Media(rendition(self.mirror, sha256), open=False))
        value = base64.b64encode(bytes.fromhex(sha256)).decode()
        answer.headers["Repr-Digest"] = f"sha-256=:{value}:"
        return answer
