"""Keyed pseudonyms: the same source value gives the same new value under one secret, and no way back.

UIDs fall under 2.25 (ITU-T X.667, PS3.5 B.2). Dates shift by one offset per patient (PS3.15 E.3.6).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from typing import Literal, Protocol

Kind = Literal["uid", "patient", "shift", "bytes", "name"]
MINIMUM_SECRET = 32
SHIFT_RANGE_DAYS = 3_650


class Keyer(Protocol):
    """Lives in the parent. The child reaches it through the pipe."""

    def key(self, kind: Kind, values: Sequence[str]) -> list[str]:
        """`uid`: 2.25.N; `patient`, `bytes` and `name`: 64 hex digits; `shift`: whole days, negative, as text."""
        ...


class SecretKeyer:
    """HMAC-SHA256 under one secret, separated by kind."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < MINIMUM_SECRET:
            raise ValueError(f"a secret needs at least {MINIMUM_SECRET} bytes")
        self._secret = secret

    def key(self, kind: Kind, values: Sequence[str]) -> list[str]:
        """Map each value; an empty value stays empty."""
        return [self._one(kind, value) if value else "" for value in values]

    def _one(self, kind: Kind, value: str) -> str:
        digest = hmac.digest(self._secret, f"{kind}\0{value}".encode(errors="surrogatepass"), hashlib.sha256)
        if kind == "uid":
            return f"2.25.{uuid_number(digest)}"
        if kind == "shift":
            return str(-1 - int.from_bytes(digest[:8], "big") % SHIFT_RANGE_DAYS)
        return digest.hex()


def uuid_number(digest: bytes) -> int:
    """The first 128 bits as the number of a version 8 UUID (RFC 9562), variant bits set."""
    number = int.from_bytes(digest[:16], "big")
    number = number & ~(0xF << 76) | (0x8 << 76)
    return number & ~(0x3 << 62) | (0x2 << 62)
