"""Rows of the projection, read from the database as columns; PostgreSQL's COPY is the fastest way out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import numpy as np
import orjson
from django.db import connection
from numpy.typing import NDArray

from .columns import Columns, Ragged, joined

ROWS: Final = (
    "COPY (SELECT id, shuffle, published_on - date '1970-01-01', (audience = 'open')::int, quality, clips,"
    " ('x' || left(etag, 16))::bit(64)::bigint, true_look, cardinality(terms), replace(true_subject::text, '-', ''),"
    " array_to_string(terms, ','), true_values"
    " FROM catalog_publiccase WHERE NOT hidden{only} ORDER BY shuffle) TO STDOUT"
)
BATCH: Final = 20_000
"""Rows turned into columns at a time."""
Code = tuple[str, str]
"""(name, value) of what the varied order covers."""
Line = list[bytes]


class Codes:
    """Small numbers for values, given as they are met; a number once given holds."""

    def __init__(self, known: Iterable[Code] = ()) -> None:
        self.known: list[Code] = list(known)
        self._numbers = {code: number for number, code in enumerate(self.known)}

    def number(self, code: Code) -> int:
        """Of the value; a new one when it has none."""
        found = self._numbers.get(code)
        if found is None:
            found = self._numbers[code] = len(self.known)
            self.known.append(code)
        return found

    def copy(self) -> Codes:
        return Codes(self.known)


def read(codes: Codes, only: Iterable[int] | None = None) -> Columns:
    """In the order of the shuffle, all rows that are not hidden, or those of the primary keys `only`.

    Adds to `codes` what is new.
    """
    some = "" if only is None else f" AND id IN ({','.join(map(str, map(int, only))) or 'NULL'})"
    return joined([_columns([], codes), *(_columns(lines, codes) for lines in _batches(ROWS.format(only=some)))])


def _batches(query: str) -> Iterator[list[Line]]:
    lines: list[Line] = []
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        for row in copy:
            lines.append(bytes(row).rstrip(b"\n").split(b"\t"))
            if len(lines) == BATCH:
                yield lines
                lines = []
    yield lines


def _columns(lines: list[Line], codes: Codes) -> Columns:
    fields = list(zip(*lines, strict=True)) or [()] * 12
    pk, shuffle, day, is_open, quality, clips, tag, look, lengths = map(_numbers, fields[:9])
    return Columns(
        pk=pk,
        shuffle=shuffle,
        day=day.astype(np.int32),
        open=is_open.astype(np.bool_),
        quality=quality.astype(np.int8),
        clips=clips.astype(np.int16),
        subject=_keys(b"".join(fields[9])),
        look=look,
        tag=tag,
        terms=Ragged.of(narrow(_numbers(filter(None, fields[10]))), lengths),
        values=_values(fields[11], codes),
    )


def _numbers(texts: Iterable[bytes]) -> NDArray[np.int64]:
    return np.fromstring(b",".join(texts).decode(), dtype=np.int64, sep=",")


def _keys(digits: bytes) -> NDArray[np.int64]:
    """Both halves of a random id in one: 122 random bits in 64."""
    halves = np.frombuffer(bytes.fromhex(digits.decode()), dtype=">i8").reshape(-1, 2)
    return (halves[:, 0] ^ halves[:, 1]).astype(np.int64)


def _values(texts: Iterable[bytes], codes: Codes) -> Ragged:
    flat: list[int] = []
    lengths: list[int] = []
    number = codes.number
    for text in texts:
        before = len(flat)
        true: dict[str, Any] = orjson.loads(text.replace(b"\\\\", b"\\"))
        flat += [number((name, value)) for name, found in true.items() for value in found]
        lengths.append(len(flat) - before)
    return Ragged.of(narrow(np.array(flat, dtype=np.int64)), np.array(lengths, dtype=np.int64))


def narrow(numbers: NDArray[np.int64]) -> NDArray[Any]:
    """In as few bytes as hold them."""
    return numbers.astype(np.min_scalar_type(int(numbers.max(initial=0))))
