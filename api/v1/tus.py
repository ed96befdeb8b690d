"""The headers of tus 1.0 (https://tus.io/protocols/resumable-upload): read strictly, written the same way."""

from __future__ import annotations

import base64
import binascii
import hashlib
import uuid
from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, UnreadablePostError
from django.utils.http import http_date

from imagebank.core.errors import BankError, Invalid
from imagebank.intake.uploads import ALGORITHMS, Checksum

VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,termination,checksum,expiration"
BODY_TYPE: Final = "application/offset+octet-stream"
PIECE: Final = 1 << 14
"""Bytes that are asked for at once: so many are lost when the line breaks before they are all there."""


class Malformed(BankError):
    """A header that cannot be read."""

    code = "malformed"
    title = "The request cannot be read."


class OtherVersion(BankError):
    """The client speaks another version of tus."""

    status = 412
    code = "upload_version"
    title = "Uploads are carried on by tus 1.0.0: say so in the header Tus-Resumable."


def abilities() -> dict[str, str]:
    """What an OPTIONS request is told."""
    return {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(settings.LIMITS.file_bytes),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }


def standing(upload: Any) -> dict[str, str]:
    """Where an upload stands; what is unfinished has an end."""
    told = {"Upload-Offset": str(upload.offset), "Upload-Length": str(upload.length), "Cache-Control": "no-store"}
    return told if upload.finished_at else {**told, "Upload-Expires": http_date(upload.expires_at.timestamp())}


def number(request: HttpRequest, name: str) -> int:
    """A header that holds a whole number; Malformed otherwise."""
    said = request.headers.get(name, "")
    if not (said.isascii() and said.isdecimal() and len(said) <= 18):
        raise Malformed()
    return int(said)


def length(request: HttpRequest) -> int:
    """Upload-Length; Invalid without: the length is not left open here."""
    if "Upload-Length" not in request.headers:
        raise Invalid("upload_length")
    return number(request, "Upload-Length")


def deposit_id(request: HttpRequest) -> uuid.UUID:
    """The deposit that Upload-Metadata names. Whatever else it tells, such as a file's name, is forgotten here."""
    pairs = (pair.strip().partition(" ") for pair in request.headers.get("Upload-Metadata", "").split(","))
    told = {name: value for name, _, value in pairs}
    try:
        return uuid.UUID(base64.b64decode(told["deposit"], validate=True).decode("ascii"))
    except (KeyError, ValueError):
        raise Invalid("upload_metadata") from None


def checksum(request: HttpRequest) -> Checksum | None:
    """Upload-Checksum; Malformed when the algorithm is none of ours or the digest none of it."""
    if "Upload-Checksum" not in request.headers:
        return None
    algorithm, _, said = request.headers["Upload-Checksum"].partition(" ")
    try:
        digest = base64.b64decode(said, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed() from None
    if algorithm not in ALGORITHMS or len(digest) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
        raise Malformed()
    return Checksum(algorithm, digest)


def pieces(request: HttpRequest) -> Iterator[bytes]:
    """The body as far as it comes: a line that breaks ends it, and what came is worth keeping."""
    try:
        while piece := request.read(PIECE):
            yield piece
    except UnreadablePostError:
        return
