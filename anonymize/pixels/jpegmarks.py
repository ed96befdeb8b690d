"""The marker segments of a JPEG codestream up to its first scan (ITU-T T.81 annex B), and what replaces them."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Literal

from anonymize.errors import Refused

Colour = Literal["grey", "ycc", "rgb"]
SOI, EOI, SOS, DQT, APP0, APP14, COM = 0xD8, 0xD9, 0xDA, 0xDB, 0xE0, 0xEE, 0xFE
SEQUENTIAL = (0xC0, 0xC1, 0xC9)
PROGRESSIVE = (0xC2, 0xCA)
STARTS = (frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}) | {0xF7}
"""Frame headers of JPEG (T.81) and JPEG-LS (T.87)."""
JFIF = b"JFIF\0\1\1\0\0\1\0\1\0\0"
"""Version 1.01, no density, no thumbnail: the source's own densities are not copied."""


@dataclass(frozen=True, slots=True)
class Component:
    """One line of the frame header."""

    identifier: int
    horizontal: int
    vertical: int
    table: int


@dataclass(slots=True)
class Header:
    """What the codestream says about itself."""

    process: int = 0
    precision: int = 0
    rows: int = 0
    columns: int = 0
    components: list[Component] = field(default_factory=list)
    steps: dict[int, int] = field(default_factory=dict)
    """Quantisation table -> step of its DC coefficient."""
    jfif: bool = False
    adobe: int | None = None

    @property
    def colour(self) -> Colour:
        """By JFIF, Adobe marker and component identifiers, as libjpeg decides; the DICOM label is not asked."""
        if len(self.components) == 1:
            return "grey"
        if self.jfif:
            return "ycc"
        if self.adobe is not None:
            return "rgb" if self.adobe == 0 else "ycc"
        return "rgb" if [c.identifier for c in self.components] == [ord(c) for c in "RGB"] else "ycc"

    @property
    def unit(self) -> tuple[int, int]:
        """Width and height in pixels of the smallest interleaved unit (A.2.4); 8 x 8 for one component."""
        if len(self.components) == 1:
            return 8, 8
        return 8 * max(c.horizontal for c in self.components), 8 * max(c.vertical for c in self.components)

    def block(self, component: Component) -> tuple[int, int]:
        """Width and height in pixels of the frame that one 8 x 8 block of the component covers."""
        if len(self.components) == 1:
            return 8, 8
        return self.unit[0] // component.horizontal, self.unit[1] // component.vertical

    @property
    def sampling(self) -> list[tuple[int, int]]:
        """Horizontal and vertical factor of each component."""
        return [(c.horizontal, c.vertical) for c in self.components]


def read(stream: bytes) -> Header:
    """Parse up to the first scan; raises Refused when it is not a JPEG that can be masked."""
    header = Header()
    place = 2
    if stream[:2] != b"\xff\xd8":
        raise Refused("refused.decoder")
    while True:
        marker, body, place = _segment(stream, place)
        if marker == SOS:
            break
        _note(header, marker, body)
    if not header.components or header.rows < 1 or header.columns < 1:
        raise Refused("refused.decoder")
    return header


def _segment(stream: bytes, place: int) -> tuple[int, bytes, int]:
    while place + 3 < len(stream) and stream[place] == 0xFF and stream[place + 1] in (0xFF, 0x01):
        place += 1 if stream[place + 1] == 0xFF else 2
    if place + 4 > len(stream) or stream[place] != 0xFF or stream[place + 1] in (0x00, SOI, EOI):
        raise Refused("refused.decoder")
    (length,) = struct.unpack_from(">H", stream, place + 2)
    end = place + 2 + length
    if length < 2 or end > len(stream):
        raise Refused("refused.pixels_short")
    return stream[place + 1], stream[place + 4 : end], end


def _note(header: Header, marker: int, body: bytes) -> None:
    if marker in STARTS:
        _frame(header, marker, body)
    elif marker == DQT:
        _tables(header, body)
    elif marker == APP0 and body[:5] == b"JFIF\0":
        header.jfif = True
    elif marker == APP14 and body[:5] == b"Adobe" and len(body) >= 12:
        header.adobe = body[11]


def _frame(header: Header, marker: int, body: bytes) -> None:
    if len(body) < 6 or len(body) < 6 + 3 * body[5]:
        raise Refused("refused.decoder")
    header.process = marker
    header.precision, header.rows, header.columns, count = struct.unpack_from(">BHHB", body)
    header.components = [
        Component(body[at], body[at + 1] >> 4, body[at + 1] & 15, body[at + 2]) for at in range(6, 6 + 3 * count, 3)
    ]


def _tables(header: Header, body: bytes) -> None:
    place = 0
    while place < len(body):
        wide, table = body[place] >> 4, body[place] & 15
        size = 1 + 64 * (1 + wide)
        if place + size > len(body):
            raise Refused("refused.decoder")
        header.steps[table] = int.from_bytes(body[place + 1 : place + 2 + wide], "big")
        place += size


def neutral(stream: bytes, colour: Colour) -> bytes:
    """The stream without APPn and COM but the one marker that tells its colours: ours, not the source's."""
    kept = [b"\xff\xd8", _colour_marker(colour)]
    place = 2
    while True:
        marker, body, place = _segment(stream, place)
        if not (0xE0 <= marker <= 0xEF or marker == COM):
            kept.append(struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body)
        if marker == SOS:
            return b"".join([*kept, stream[place:]])


def _colour_marker(colour: Colour) -> bytes:
    if colour == "rgb":
        return struct.pack(">BBH", 0xFF, APP14, 14) + b"Adobe\0\x64\0\0\0\0\0"
    return struct.pack(">BBH", 0xFF, APP0, 2 + len(JFIF)) + JFIF
