"""Resumable uploads (tus 1.0) into a deposit: at /uploads/ and at /api/v1/uploads/."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.idempotency import once
from api.views import ApiView
from imagebank.core.errors import Missing, TooMuch, Unsupported
from imagebank.intake import selectors, uploads
from imagebank.intake.showing import upload as show

from . import tus
from .schemas.deposits import UploadShown

RESUMABLE = OpenApiParameter("Tus-Resumable", str, OpenApiParameter.HEADER, required=True, enum=[tus.VERSION])
LENGTH = OpenApiParameter(
    "Upload-Length", int, OpenApiParameter.HEADER, required=True, description="Bytes of the file."
)
METADATA = OpenApiParameter(
    "Upload-Metadata", str, OpenApiParameter.HEADER, required=True,
    description="`deposit` and the deposit's id in Base64. Anything else, such as a file name, is not kept.",
)  # fmt: skip
OFFSET = OpenApiParameter(
    "Upload-Offset", int, OpenApiParameter.HEADER, required=True, description="Where this begins."
)
CHECKSUM = OpenApiParameter(
    "Upload-Checksum", str, OpenApiParameter.HEADER, description="`sha1` or `sha256` and the digest in Base64."
)
MADE = OpenApiResponse(UploadShown, description="Made; `Location` is its address.")
TAKEN = OpenApiResponse(description="Taken; `Upload-Offset` says how far it is durable.")
ENDED = OpenApiResponse(description="Ended; what came of it is destroyed.")


class TusView(ApiView):
    """Base: every request but OPTIONS says which version it speaks, every answer does."""

    scopes = ("read", "deposit")
    parses = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """A client that cannot send a method says it in a header (tus 1.0, X-HTTP-Method-Override)."""
        wanted = request.headers.get("X-HTTP-Method-Override", "").upper()
        if request.method == "POST" and wanted in ("PATCH", "DELETE"):
            request.method = wanted
        return super().dispatch(request, *args, **kwargs)

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """What is understood here; told to everybody."""
        return Response(status=204, headers=tus.abilities())

    def finalize_response(  # type: ignore[override]
        self, request: HttpRequest, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        final = super().finalize_response(request, response, *args, **kwargs)
        final.headers["Tus-Resumable"] = tus.VERSION
        if final.status_code == 412:
            final.headers["Tus-Version"] = tus.VERSION
        return final

    def require_version(self) -> None:
        if self.request.headers.get("Tus-Resumable") != tus.VERSION:
            raise tus.OtherVersion()


class Uploads(TusView):
    """Announce a file."""

    @extend_schema(
        operation_id="uploads_create", parameters=[RESUMABLE, LENGTH, METADATA], request=None, responses={201: MADE}
    )
    def post(self, request: Request) -> Response:
        """A place for a file of so many bytes in one's own deposit. It expires 24 h after its last byte came.

        With an Idempotency-Key a lost answer can be asked for again, and no second place is made.
        """
        actor = self.require_account()
        self.require_version()
        deposit = selectors.deposits(actor).filter(pk=tus.deposit_id(request._request)).first()
        if deposit is None:
            raise Missing()
        length = tus.length(request._request)
        made = once(request, actor, [deposit.pk, length], lambda: self._made(deposit, length))
        made.headers["Location"] = f"{request.path}{made.data['id']}/"
        return made

    def _made(self, deposit: Any, length: int) -> Response:
        upload = uploads.create(actor=self.actor, deposit=deposit, length=length)
        return Response(show(upload), status=201, headers=tus.standing(upload))


class OneUpload(TusView):
    """An upload that goes on; its id becomes the file's (`originals/{id}/`) with its last byte."""

    @extend_schema(exclude=True)
    def head(self, request: Request, pk: uuid.UUID) -> Response:
        """How far it is."""
        upload = uploads.own_upload(self.require_account(), pk)
        self.require_version()
        uploads.look_at(upload)
        return Response(headers=tus.standing(upload))

    @extend_schema(
        operation_id="uploads_append",
        parameters=[RESUMABLE, OFFSET, CHECKSUM],
        request={tus.BODY_TYPE: OpenApiTypes.BINARY},
        responses={204: TAKEN},
    )
    def patch(self, request: Request, pk: uuid.UUID) -> Response:
        """The bytes from an offset on, as many as come: each is encrypted before it touches a disk.

        409 when the upload stands elsewhere (ask by HEAD), 460 when the checksum does not fit, 423 while another
        request is at work on it.
        """
        upload = uploads.own_upload(self.require_account(), pk)
        self.require_version()
        offset = self._looked_at(request._request, upload)
        said = tus.checksum(request._request)
        coming = tus.pieces(request._request)
        taken = uploads.take(actor=self.actor, upload=upload, offset=offset, pieces=coming, checksum=said)
        return Response(status=204, headers=tus.standing(taken))

    @extend_schema(operation_id="uploads_end", parameters=[RESUMABLE], request=None, responses={204: ENDED})
    def delete(self, request: Request, pk: uuid.UUID) -> Response:
        """End it: its key and bytes are destroyed. A file that it became already stays."""
        upload = uploads.own_upload(self.require_account(), pk)
        self.require_version()
        uploads.end(upload, actor=self.actor)
        return Response(status=204)

    def _looked_at(self, request: HttpRequest, upload: Any) -> int:
        """The offset, once the other headers are as they must be."""
        if request.content_type != tus.BODY_TYPE:
            raise Unsupported()
        offset = tus.number(request, "Upload-Offset")
        if offset + tus.number(request, "Content-Length") > upload.length:
            raise TooMuch("upload_length")
        return offset
