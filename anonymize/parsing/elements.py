"""Own walk over a data set's bytes (PS3.5 section 7): every length is weighed before a byte is copied or decoded.

It yields pydicom's raw elements, so that values are decoded by the library, one by one, only where they are asked for.
Stray items and delimiters at the top level (real iU22 and Acuson files have them) are skipped.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass, field
from typing import Final

from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag

from anonymize.errors import Refused
from anonymize.policy import Limits

UNDEFINED: Final = 0xFFFFFFFF
PIXEL_DATA: Final = 0x7FE00010
_LONG: Final = frozenset((b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"))
_SHORT: Final = frozenset(b"AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split())
_PRIVATE_KEPT: Final = 1 << 16
"""Private values longer than this are weighed but not copied: raw data of the maker, dropped in any case."""

Buffer = bytes | mmap.mmap
Elements = dict[BaseTag, DataElement | RawDataElement]


@dataclass(slots=True)
class Walk:
    """One walk over one buffer: where it is, what it may still take, and what it met."""

    buf: Buffer
    limits: Limits
    little: bool = True
    implicit: bool = False
    pos: int = 0
    count: int = 0
    copied: int = 0
    stray: int = 0
    """Items and delimiters where no item can be, group lengths."""
    pixels: tuple[str, int, int] | None = None
    """VR, offset and length (`UNDEFINED` when encapsulated) of the pixel data of the top level."""
    complete: bool = True
    charset: str | list[str] = field(default="iso8859")

    def unpack(self, form: str, at: int, end: int) -> tuple[int, ...]:
        """`struct.unpack_from` in the data set's byte order; `EOFError` beyond `end`."""
        form = ("<" if self.little else ">") + form
        if at + struct.calcsize(form) > end:
            raise EOFError
        return struct.unpack_from(form, self.buf, at)


def top_level(walk: Walk, end: int) -> Elements:
    """Elements up to the pixel data. A cut inside of an element sets `complete` to False and keeps what came before."""
    found: Elements = {}
    try:
        _read(walk, end, found, depth=0, delimited=False)
    except EOFError:
        walk.complete = False
    return found


def _read(walk: Walk, end: int, found: Elements, depth: int, delimited: bool) -> None:
    """Elements from `walk.pos` to `end`, or past the item delimiter when `delimited`."""
    implicit = _looks_implicit(walk, end)
    while walk.pos < end:
        group, number = walk.unpack("HH", walk.pos, end)
        tag = BaseTag(group << 16 | number)
        if group == 0xFFFE:
            walk.pos += 8
            if delimited and number == 0xE00D:
                return
            walk.stray += 1
            continue
        vr, length, start = _head(walk, end, tag, implicit)
        if depth == 0 and tag == PIXEL_DATA:
            walk.pixels, walk.pos = (vr, start, length), start
            return
        walk.pos = start
        _take(walk, end, found, tag, vr, length, implicit, depth)
    if delimited:
        raise EOFError


def _looks_implicit(walk: Walk, end: int) -> bool:
    """A data set or item may lie about its syntax: believe its first element."""
    if walk.pos + 6 > end:
        return walk.implicit
    name = bytes(walk.buf[walk.pos + 4 : walk.pos + 6])
    if walk.implicit:
        return not (name in _SHORT or name in _LONG)
    return not (name in _SHORT or name in _LONG or name.isalpha()) and walk.unpack("H", walk.pos, end)[0] != 0xFFFE


def _head(walk: Walk, end: int, tag: BaseTag, implicit: bool) -> tuple[str, int, int]:
    """VR, length and offset of the value."""
    at = walk.pos + 4
    if not implicit:
        name = bytes(walk.buf[at : at + 2])
        if name in _SHORT:
            return name.decode(), walk.unpack("H", at + 2, end)[0], at + 4
        if name in _LONG or (name.isalpha() and name.isupper()):
            return (name.decode() if name in _LONG else "UN"), walk.unpack("I", at + 4, end)[0], at + 8
    return _dictionary_vr(tag), walk.unpack("I", at, end)[0], at + 4


def _dictionary_vr(tag: BaseTag) -> str:
    if tag.is_private:
        return "LO" if 0x10 <= tag.element <= 0xFF else "UN"
    try:
        return dictionary_VR(tag)
    except KeyError:
        return "UN"


def _take(
    walk: Walk, end: int, found: Elements, tag: BaseTag, vr: str, length: int, implicit: bool, depth: int
) -> None:
    walk.count += 1
    if walk.count > walk.limits.elements:
        raise Refused("refused.limit_elements", limit=walk.limits.elements)
    if vr == "SQ" or length == UNDEFINED:
        items = _sequence(walk, end, length, implicit or vr == "UN", depth + 1)
        found[tag] = DataElement(tag, "SQ", Sequence(items), already_converted=True)
        return
    start = walk.pos
    walk.pos += length
    if walk.pos > end:
        raise EOFError
    if tag.element == 0:
        walk.stray += 1
        return
    found[tag] = RawDataElement(tag, vr, length, _copy(walk, tag, start, length), start, implicit, walk.little)


def _copy(walk: Walk, tag: BaseTag, start: int, length: int) -> bytes:
    if tag.is_private and length > _PRIVATE_KEPT:
        return b""
    walk.copied += length
    if length > walk.limits.element_bytes or walk.copied > 4 * walk.limits.element_bytes:
        raise Refused("refused.limit_elements", bytes=length, limit=walk.limits.element_bytes)
    return bytes(walk.buf[start : start + length])


def _sequence(walk: Walk, end: int, length: int, implicit: bool, depth: int) -> list[Dataset]:
    """Items of a sequence of defined or undefined length (PS3.5 section 7.5)."""
    if depth > walk.limits.depth:
        raise Refused("refused.limit_depth", limit=walk.limits.depth)
    stop = end if length == UNDEFINED else walk.pos + length
    if stop > end:
        raise EOFError
    outer, walk.implicit = walk.implicit, implicit
    items = []
    while walk.pos < stop:
        group, number, size = walk.unpack("HHI", walk.pos, stop)
        if group != 0xFFFE or number not in (0xE000, 0xE0DD):
            raise Refused("refused.broken")
        walk.pos += 8
        if number == 0xE0DD:
            break
        items.append(_item(walk, stop, size, depth))
    else:
        if length == UNDEFINED:
            raise EOFError
    walk.implicit = outer
    walk.pos = walk.pos if length == UNDEFINED else stop
    return items


def _item(walk: Walk, end: int, size: int, depth: int) -> Dataset:
    walk.count += 1
    if walk.count > walk.limits.elements:
        raise Refused("refused.limit_elements", limit=walk.limits.elements)
    stop = end if size == UNDEFINED else walk.pos + size
    if stop > end:
        raise EOFError
    found: Elements = {}
    _read(walk, stop, found, depth, delimited=size == UNDEFINED)
    item = Dataset(found)
    item.set_original_encoding(walk.implicit, walk.little, None)
    return item
