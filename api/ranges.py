"""Byte ranges (RFC 9110, 14): one range of a request; several, or what cannot be read, give the whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

SHAPE: Final = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.IGNORECASE | re.ASCII)


class Unsatisfiable(Exception):
    """The range lies beyond the end."""


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes `start` to `stop`, the latter left out."""

    start: int
    stop: int

    @property
    def length(self) -> int:
        return self.stop - self.start

    def content_range(self, size: int) -> str:
        return f"bytes {self.start}-{self.stop - 1}/{size}"


def span_of(header: str, size: int) -> Span | None:
    """The bytes asked for; None where the whole is the answer. Unsatisfiable beyond the end."""
    found = SHAPE.fullmatch(header.strip())
    if found is None or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:
        return _suffix(int(last), size)
    start, stop = int(first), int(last) + 1 if last else size
    if last and stop <= start:
        return None
    if start >= size:
        raise Unsatisfiable
    return Span(start, min(stop, size))


def _suffix(length: int, size: int) -> Span:
    if not length or not size:
        raise Unsatisfiable
    return Span(max(0, size - length), size)
