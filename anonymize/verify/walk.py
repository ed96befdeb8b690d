"""Follows a finished candidate byte for byte (PS3.10 section 7, PS3.5 section 7): own code, no toolkit.

Each byte belongs to an element, an item or a fragment. What a reader would skip (repeated elements, bytes behind the
end, filled reserved fields) is a problem here, because it can hold anything.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from pydicom.datadict import dictionary_VR

from anonymize.policy import Limits

from .codes import Problem

Buffer = bytes | memoryview
UNDEFINED = 0xFFFFFFFF
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
PIXEL_DATA = 0x7FE00010
IMPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2"
LONG_VRS = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"})
SHORT_VRS = frozenset(
    "AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split()  # noqa: SIM905
)


class Broken(Exception):
    """The bytes cannot be followed; `problem` says where."""

    def __init__(self, code: str, where: str) -> None:
        super().__init__(code)
        self.problem = Problem(code, where)


@dataclass(frozen=True, slots=True)
class Element:
    """One element: `path` names it, `start` and `length` are its value's bytes in the file."""

    path: str
    tag: int
    vr: str
    start: int
    length: int
    parent: str = ""
    """Path of the item it stands in; empty at the root."""


@dataclass(slots=True)
class Walked:
    """A candidate taken apart. Offsets are bytes from the start of the file."""

    data: Buffer
    elements: list[Element] = field(default_factory=list)
    """Of the file meta group and the data set, at every depth, in file order."""
    fragments: list[tuple[int, int]] = field(default_factory=list)
    """(start, length) of each fragment of encapsulated pixel data, offset table first."""
    problems: list[Problem] = field(default_factory=list)

    def value(self, element: Element) -> bytes:
        """The value's bytes."""
        return bytes(self.data[element.start : element.start + element.length])

    def root(self, tag: int) -> Element | None:
        """The element of the top level, or None."""
        return next((e for e in self.elements if e.tag == tag and not e.parent), None)


def name(tag: int) -> str:
    """`(gggg,eeee)`."""
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


def walk(data: Buffer, limits: Limits) -> Walked:
    """Take the whole file apart. Never raises for what the file holds: see `problems`."""
    walked = Walked(data)
    try:
        _Walker(walked, limits).file()
    except Broken as broken:
        walked.problems.append(broken.problem)
    return walked


class _Walker:
    def __init__(self, walked: Walked, limits: Limits) -> None:
        self.walked = walked
        self.data = walked.data
        self.limits = limits
        self.explicit = True

    def file(self) -> None:
        if len(self.data) > self.limits.output_bytes:
            raise Broken("file.limit", "file")
        if bytes(self.data[128:132]) != b"DICM":
            raise Broken("file.broken", "preamble")
        if any(self.data[:128]):
            self.walked.problems.append(Problem("file.preamble", "preamble"))
        start = self.dataset(132, self.meta_end(), "", 0)
        self.explicit = self.transfer_syntax() != IMPLICIT_LITTLE_ENDIAN
        self.dataset(start, len(self.data), "", 0)

    def meta_end(self) -> int:
        header = bytes(self.data[132:144])
        if len(header) < 12 or header[:8] != b"\x02\x00\x00\x00UL\x04\x00":
            raise Broken("file.broken", "(0002,0000)")
        end = 144 + int(struct.unpack("<I", header[8:])[0])
        if end > len(self.data):
            raise Broken("file.broken", "(0002,0000)")
        return end

    def transfer_syntax(self) -> str:
        element = self.walked.root(0x00020010)
        return self.walked.value(element).rstrip(b"\0 ").decode("ascii", "replace") if element else ""

    def dataset(self, position: int, end: int, parent: str, depth: int, *, delimited: bool = False) -> int:
        """Elements from `position` to `end`, or to the item's delimiter; returns the position behind."""
        if depth > self.limits.depth:
            raise Broken("file.limit", parent)
        last = -1
        while position < end:
            tag = self.tag(position, end, parent)
            if tag == ITEM_END and delimited:
                return self.delimiter(position, end, parent)
            if tag <= last:
                self.walked.problems.append(Problem("file.order", self.join(parent, tag)))
            last = tag
            position = self.element(tag, position, end, parent, depth)
        if delimited or position > end:
            raise Broken("file.broken", parent or "file")
        return position

    def element(self, tag: int, position: int, end: int, parent: str, depth: int) -> int:
        path = self.join(parent, tag)
        vr, length, start = self.head(tag, position, end, path)
        if tag >> 16 == 0xFFFE:
            raise Broken("file.broken", path)
        if length != UNDEFINED and (start + length > end or length % 2):
            raise Broken("file.broken", path)
        if len(self.walked.elements) >= self.limits.elements:
            raise Broken("file.limit", path)
        self.walked.elements.append(Element(path, tag, vr, start, 0 if length == UNDEFINED else length, parent))
        if vr == "SQ":
            return self.sequence(start, end, length, path, depth)
        if length != UNDEFINED:
            return start + length
        if tag != PIXEL_DATA or parent:
            raise Broken("file.broken", path)
        return self.encapsulated(start, end, path)

    def head(self, tag: int, position: int, end: int, path: str) -> tuple[str, int, int]:
        """Value representation, length and start of the value."""
        if not self.explicit:
            return _dictionary_vr(tag), self.u32(position + 4, end, path), position + 8
        vr = bytes(self.data[position + 4 : position + 6]).decode("ascii", "replace")
        if vr in SHORT_VRS:
            return vr, int(struct.unpack("<H", self.take(position + 6, 2, end, path))[0]), position + 8
        if vr not in LONG_VRS or self.take(position + 6, 2, end, path) != b"\0\0":
            raise Broken("file.broken", path)
        return vr, self.u32(position + 8, end, path), position + 12

    def sequence(self, position: int, end: int, length: int, path: str, depth: int) -> int:
        stop = end if length == UNDEFINED else position + length
        for index in range(self.limits.elements):
            if position == stop and length != UNDEFINED:
                return position
            tag = self.tag(position, stop, path)
            if tag == SEQUENCE_END and length == UNDEFINED:
                return self.delimiter(position, stop, path)
            if tag != ITEM:
                raise Broken("file.broken", path)
            size = self.u32(position + 4, stop, path)
            position, inner = position + 8, f"{path}[{index}]"
            if size == UNDEFINED:
                position = self.dataset(position, stop, inner, depth + 1, delimited=True)
            elif position + size > stop:
                raise Broken("file.broken", inner)
            else:
                position = self.dataset(position, position + size, inner, depth + 1)
        raise Broken("file.limit", path)

    def encapsulated(self, position: int, end: int, path: str) -> int:
        """Fragments of the pixel data (PS3.5 A.4)."""
        for _ in range(self.limits.elements):
            tag = self.tag(position, end, path)
            if tag == SEQUENCE_END:
                return self.delimiter(position, end, path)
            size = self.u32(position + 4, end, path)
            if tag != ITEM or size % 2 or position + 8 + size > end:
                raise Broken("file.broken", path)
            self.walked.fragments.append((position + 8, size))
            position += 8 + size
        raise Broken("file.limit", path)

    def delimiter(self, position: int, end: int, path: str) -> int:
        if self.u32(position + 4, end, path):
            raise Broken("file.broken", path)
        return position + 8

    def tag(self, position: int, end: int, path: str) -> int:
        group, number = struct.unpack("<HH", self.take(position, 4, end, path or "file"))
        return int(group << 16 | number)

    def u32(self, position: int, end: int, path: str) -> int:
        return int(struct.unpack("<I", self.take(position, 4, end, path))[0])

    def take(self, position: int, count: int, end: int, path: str) -> bytes:
        if position + count > end:
            raise Broken("file.trailing" if path == "file" else "file.broken", path)
        return bytes(self.data[position : position + count])

    @staticmethod
    def join(parent: str, tag: int) -> str:
        return f"{parent}/{name(tag)}" if parent else name(tag)


def _dictionary_vr(tag: int) -> str:
    """For implicit VR: the standard's own, the first where it gives a choice; UN when it is unknown."""
    try:
        return dictionary_VR(tag).split(" ")[0]
    except KeyError:
        return "UN"


def children(walked: Walked, parent: str) -> Iterator[Element]:
    """The elements directly inside one item."""
    return (e for e in walked.elements if e.parent == parent)
