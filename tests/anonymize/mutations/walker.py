"""Where the elements of a whole DICOM file stand: a small walker of the tests' own (PS3.5 7.1)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

LONG: Final = (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV")
UNDEFINED: Final = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Form:
    """How elements are written: byte order of `struct`, and whether the VR stands in the file."""

    order: str = "<"
    explicit: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """One element of the top level: `start` of its tag, `value` of its value, `end` behind it."""

    tag: int
    vr: bytes
    start: int
    value: int
    end: int
    form: Form


def places(data: bytes) -> list[Place]:
    """Elements of the meta group and of the top level; stops where the file stops making sense."""
    meta = list(_walk(data, 132, Form(), meta=True))
    syntax = next((data[one.value : one.end].rstrip(b"\0") for one in meta if one.tag == 0x00020010), b"")
    form = Form(">" if syntax == b"1.2.840.10008.1.2.2" else "<", syntax != b"1.2.840.10008.1.2")
    if syntax.endswith(b".1.99"):
        return meta
    return meta + list(_walk(data, meta[-1].end if meta else 132, form))


def _walk(data: bytes, at: int, form: Form, *, meta: bool = False) -> Iterator[Place]:
    while at + 8 <= len(data):
        group, number = struct.unpack_from(f"{form.order}HH", data, at)
        if meta and group != 2:
            return
        vr, value, length = _length(data, at, form)
        end = _undefined_end(data, value, form) if length == UNDEFINED else value + length
        if end > len(data):
            return
        yield Place(group << 16 | number, vr, at, value, end, form)
        at = end


def _length(data: bytes, at: int, form: Form) -> tuple[bytes, int, int]:
    """VR, start of the value, its length."""
    if not form.explicit:
        return b"", at + 8, struct.unpack_from(f"{form.order}I", data, at + 4)[0]
    vr = data[at + 4 : at + 6]
    if vr in LONG and at + 12 <= len(data):
        return vr, at + 12, struct.unpack_from(f"{form.order}I", data, at + 8)[0]
    return vr, at + 8, struct.unpack_from(f"{form.order}H", data, at + 6)[0]


def _undefined_end(data: bytes, at: int, form: Form) -> int:
    """Behind the first sequence delimiter that follows: good enough for files of our own."""
    mark = struct.pack(f"{form.order}HHI", 0xFFFE, 0xE0DD, 0)
    found = data.find(mark, at)
    return len(data) if found < 0 else found + 8
