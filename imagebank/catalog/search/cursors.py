"""Opaque cursors: the place in a list, encrypted, so that neither the order's true values nor row numbers show.

Deterministic (RFC 5297): the same page has the same cursor, and so the same ETag.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.utils.crypto import salted_hmac

from imagebank.core.errors import Invalid

from .params import SearchParams


def write(params: SearchParams, place: Any) -> str:
    """`place` is anything that JSON can hold."""
    sealed = _cipher().encrypt(json.dumps(place, separators=(",", ":")).encode(), [_digest(params)])
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def read(params: SearchParams) -> Any:
    """The place of `params.cursor`, None without one; Invalid when it was not made here for the same search."""
    if not params.cursor:
        return None
    try:
        text = params.cursor.encode("ascii")
        sealed = base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return json.loads(_cipher().decrypt(sealed, [_digest(params)]))
    except (InvalidTag, binascii.Error, ValueError):
        raise Invalid(errors={"cursor": "This is not a cursor of this list."}) from None


def _cipher() -> AESSIV:
    return AESSIV(salted_hmac("catalog.search.cursors", "", algorithm="sha512").digest())


def _digest(params: SearchParams) -> bytes:
    return hashlib.sha256(json.dumps(params.asked).encode()).digest()
