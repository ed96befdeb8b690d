"""Bodies: JSON of a bounded size without text that the database cannot hold, and forms whose files are sealed."""

from __future__ import annotations

import io
import json
from typing import IO, Any, Final

from django.utils.http import parse_header_parameters
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, DataAndFiles, MultiPartParser

from imagebank.core.errors import TooMuch

JSON_BYTES: Final = 1 << 20
TAIL: Final = 4096


class Json(BaseParser):
    """`application/json`, at most 1 MB (RFC 8259; no NaN, no NUL, no half surrogate)."""

    media_type = "application/json"

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        raw = stream.read(JSON_BYTES + 1)
        if len(raw) > JSON_BYTES:
            raise TooMuch("limit_body", f"The body is larger than the limit of {JSON_BYTES:,} bytes.")
        try:
            data = json.loads(raw, parse_constant=_refuse)
            storable(data)
        except (ValueError, RecursionError):
            raise ParseError() from None
        return data


class SealedMultiPart(MultiPartParser):
    """`multipart/form-data` for views that have installed a sealing upload handler; it must arrive whole."""

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> DataAndFiles:
        watched = _Watched(stream)
        found = super().parse(watched, media_type, parser_context)  # type: ignore[arg-type]
        if _closing(media_type or "") not in watched.tail:
            raise ParseError()
        try:
            storable(dict(found.data))
        except ValueError:
            raise ParseError() from None
        return found


class _Watched(io.RawIOBase):
    """Keeps the end of what was read: a body that broke off has no closing delimiter, and its file is not whole."""

    def __init__(self, stream: IO[Any]) -> None:
        self._stream, self.tail = stream, b""

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(size)
        self.tail = (self.tail + piece)[-TAIL:]
        return piece


def _closing(media_type: str) -> bytes:
    """The closing delimiter (RFC 2046, 5.1.1)."""
    return b"--" + parse_header_parameters(media_type)[1]["boundary"].encode() + b"--"


def storable(value: Any) -> None:
    """ValueError for text that PostgreSQL cannot hold: NUL (also in names of fields) and half surrogates."""
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("NUL")
        value.encode()
    elif isinstance(value, dict):
        for name, part in value.items():
            storable(name)
            storable(part)
    elif isinstance(value, list):
        for part in value:
            storable(part)


def _refuse(name: str) -> None:
    raise ValueError(name)
