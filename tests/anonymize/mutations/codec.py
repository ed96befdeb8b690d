"""The coded picture broken: items, offset table, markers of JPEG, JPEG-LS, JPEG 2000, heads of RLE, frames swapped."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from random import Random
from typing import Final

from tests.anonymize.mutations import elements, plain
from tests.anonymize.mutations.walker import UNDEFINED, Place, places

_MARKERS: Final = re.compile(rb"\xff[\xc0-\xcf\xda-\xdf\xe0-\xef\xf7\xf8\xfe\x4f-\x64\x90-\x93]")
_HEAD: Final = 1024


def mutate(data: bytes, random: Random) -> bytes:
    """One to three changes in the pixel data; elements where there are none."""
    for _ in range(random.randint(1, 3)):
        pixels = next((place for place in places(data) if place.tag == 0x7FE00010), None)
        if pixels is None or pixels.value >= len(data):
            return elements.mutate(data, random)
        body = random.choice(CHANGES)(bytearray(data[pixels.value : pixels.end]), pixels, random)
        data = _with_body(data, pixels, bytes(body))
    return data


def _with_body(data: bytes, pixels: Place, body: bytes) -> bytes:
    """The length field is put right where it is not undefined."""
    length = struct.unpack_from(f"{pixels.form.order}I", data, pixels.value - 4)[0]
    if length != UNDEFINED:
        length = len(body)
    return data[: pixels.value - 4] + struct.pack(f"{pixels.form.order}I", length) + body + data[pixels.end :]


def _items(body: bytearray) -> list[tuple[int, int]]:
    """Start and length of the value of each item, the offset table first; none in native pixels."""
    found, at = [], 0
    while at + 8 <= len(body) and body[at : at + 4] == b"\xfe\xff\x00\xe0":
        (length,) = struct.unpack_from("<I", body, at + 4)
        if at + 8 + length > len(body):
            break
        found.append((at + 8, length))
        at += 8 + length
    return found


def head(body: bytearray, place: Place, random: Random) -> bytearray:
    """A change within the first bytes of a frame."""
    start, length = random.choice(_items(body) or [(0, len(body))])
    if length:
        plain.change(body, start + random.randrange(min(length, _HEAD)), random)
    return body


def marker(body: bytearray, place: Place, random: Random) -> bytearray:
    """Something wrong with a marker, its length or what it declares."""
    found = [match.start() for match in _MARKERS.finditer(body, 0, min(len(body), 1 << 16))]
    if not found:
        return head(body, place, random)
    at = random.choice(found[:40])
    kind = random.randrange(4)
    if kind == 0:
        body[at + 1] = random.choice(
            b"\xc0\xc1\xc2\xc3\xc4\xc9\xcd\xd8\xd9\xda\xdb\xdd\xe0\xee\xf7\xfe\xff\x00\x51\x52"
        )
    elif kind == 1:
        body[at + 2 : at + 4] = random.choice((b"\0\0", b"\0\1", b"\0\2", b"\xff\xff", random.randbytes(2)))
    elif kind == 2:
        body[at + 4 : at + 12] = random.randbytes(8)
    else:
        body[at:at] = body[at : at + random.choice((2, 20, 700))] * random.choice((1, 30))
    return body


def item(body: bytearray, place: Place, random: Random) -> bytearray:
    """An item's length lies, an item is left out, doubled, emptied, or its tag is another."""
    found = _items(body)
    if not found:
        return head(body, place, random)
    start, length = random.choice(found)
    kind = random.randrange(5)
    if kind == 0:
        wrong = random.choice((0, 1, length + 1, length * 2, 1 << 30, UNDEFINED, max(0, length - 2)))
        body[start - 4 : start] = struct.pack("<I", wrong & UNDEFINED)
    elif kind == 1:
        del body[start - 8 : start + length]
    elif kind == 2:
        body[start - 8 : start - 8] = body[start - 8 : start + length] * random.choice((1, 3, 40))
    elif kind == 3:
        body[start - 4 : start + length] = b"\0\0\0\0"
    else:
        body[start - 8 : start - 4] = random.choice((b"\xfe\xff\x0d\xe0", b"\xfe\xff\xdd\xe0", random.randbytes(4)))
    return body


def table(body: bytearray, place: Place, random: Random) -> bytearray:
    """An offset table that points anywhere."""
    found = _items(body)
    if not found:
        return head(body, place, random)
    _, length = found[0]
    offsets = [
        random.choice((0, 8, 1 << 31, UNDEFINED, random.randrange(1 << 20)))
        for _ in range(random.choice((1, 2, 5, 5000)))
    ]
    coded = struct.pack(f"<{len(offsets)}I", *offsets)
    body[4 : 8 + length] = struct.pack("<I", len(coded)) + coded
    return body


def swapped(body: bytearray, place: Place, random: Random) -> bytearray:
    """A frame of another coding, or of nothing, in the place of one."""
    found = _items(body)[1:]
    if not found:
        return bytearray(body[: random.randrange(len(body) + 1)])
    start, length = random.choice(found)
    body[start - 4 : start + length] = _item_value(random.choice(STRANGERS))
    return body


def _item_value(coded: bytes) -> bytes:
    return struct.pack("<I", len(coded)) + coded


STRANGERS: Final = (
    b"\xff\xd8\xff\xd9",
    b"\xff\xd8\xff\xe0\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03\x01\x22\0\2\x11\1\3\x11\1\xff\xd9\0",
    b"\xff\x4f\xff\x51\x00\x2f\0\0" + b"\xff\xff\xff\xf0" * 8 + b"\0\3" + b"\7\1\1" * 3 + b"\xff\xd9\0",
    b"\xff\xd8\xff\xf7\x00\x0b\x08\xea\x60\xea\x60\x01\x01\x11\x00\xff\xda\x00\x08\x01\x01\x00\x00\x00\x00\xff\xd9",
    struct.pack("<16I", 15, *([64] * 15)) + b"\x80\x00" * 40,
    struct.pack("<16I", 3, 64, 1 << 31, UNDEFINED, *([0] * 12)) + b"\x81\xff" * 2000,
    b"\0\0\0\x0cjP  \r\n\x87\n" + b"\0\0\0\x14ftypjp2 \0\0\0\0jp2 " + b"\0\0\0\0jp2c\xff\x4f\xff\xd9",
    b"\xff\x0a" + b"\xff" * 60,
    b"\0\0\0\1\x67\x64\0\x1e\xac\xd9\x40\xff\xff\xff\xff\0\0\0\1\x68\xeb\xec\0\0\0\1\x65\x88" + b"\xff" * 200,
)  # fmt: skip
"""Heads of JPEG, JPEG 2000, JPEG-LS, RLE, JP2, JPEG XL and H.264 that promise much."""

CHANGES: Final[tuple[Callable[[bytearray, Place, Random], bytearray], ...]] = (
    head, head, marker, marker, item, table, swapped,
)  # fmt: skip
