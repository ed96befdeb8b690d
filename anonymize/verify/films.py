"""Films in fragments: H.264, HEVC and MPEG-2, raw or in an MP4, and JPEG XL boxes: no metadata, no sound, no user data.

ITU-T H.264 annexes B and D, H.265 annex D, ISO/IEC 13818-2 6.2.2, ISO/IEC 14496-12; PS3.5 8.2.5 to 8.2.8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from .allowed import HEVC, MPEG_2
from .codes import Problem

WHERE: Final = "(7FE0,0010)"
_START: Final = re.compile(rb"\0\0\x01")
_ANNEX_B: Final = re.compile(rb"\0{2,3}\x01")
SEI_ALLOWED: Final = frozenset({0, 1, 6, 129, 130, 132})
"""Timing, recovery point, parameter sets in use, picture hash."""
X264: Final = bytes.fromhex("dc45e9bde6d948b7962cd820d923eeef")
_SHORT: Final = rb"-?\d{1,4}(?:\.\d{1,2})?"
_SETTINGS: Final = re.compile(
    rb"x264 - core \d{2,3}(?: r\d{1,4})?(?: [0-9a-f]{7})? - H\.264/MPEG-4 AVC codec - Copyl\w{1,3} 20\d\d-20\d\d - "
    rb"http://www\.videolan\.org/x264\.html - options:"
    rb"(?: [a-z0-9_]{2,18}=(?:0x[0-9a-f]{1,4}:0x[0-9a-f]{1,4}|" + _SHORT + rb"(?:[:,]" + _SHORT + rb"){0,2}|"
    rb"dia|hex|umh|esa|tesa|crf|cqp|abr|cbr|2pass|none|infinite)){1,60}\0?"
)
CONTAINERS: Final = frozenset({b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl", b"edts"})
LEAVES: Final = frozenset(
    b"ftyp mvhd tkhd mdhd hdlr vmhd dref stsd stts ctts stss stsc stsz stco co64 sdtp elst mdat sgpd sbgp".split()
)
COMPRESSOR: Final = 32
_COMPRESSOR: Final = re.compile(rb"Lavc[\d.]* ?(?:libx26[45])?")
"""Name of the coder in a sample description (14496-12 12.1.3)."""
HANDLERS: Final = frozenset({b"", b"VideoHandler", b"VideoHandle", b"L-SMASH Video Handler"})
EMPTY_METADATA: Final = b"\0\0\0\x35meta\0\0\0\0\0\0\0\x21hdlr\0\0\0\0\0\0\0\0mdirappl" + bytes(9) + b"\0\0\0\x08ilst"
"""A user data box with no entry, as libavformat always writes it."""
_JXL_BOXES: Final = frozenset({b"JXL ", b"ftyp", b"jxlc", b"jxlp", b"jbrd", b"jxll"})


def check(stream: bytes, transfer_syntax: str) -> Iterator[Problem]:
    """One film. `transfer_syntax`: its UID."""
    codes: set[str] = set()
    try:
        for code in _film(stream.rstrip(b"\0"), transfer_syntax):
            codes.add(code)
    except (IndexError, ValueError):
        codes.add("stream.broken")
    yield from (Problem(code, WHERE) for code in sorted(codes))


def _film(stream: bytes, transfer_syntax: str) -> Iterator[str]:
    if stream[4:8] == b"ftyp":
        yield from _boxes(stream, transfer_syntax)
    elif _ANNEX_B.match(stream):
        yield from _mpeg_2(stream) if transfer_syntax in MPEG_2 else _units(_annex_b(stream), transfer_syntax)
    else:
        yield "stream.broken"


def _annex_b(stream: bytes) -> Iterator[bytes]:
    marks = [match.end() for match in _START.finditer(stream)]
    for start, end in zip(marks, [*(mark - 3 for mark in marks[1:]), len(stream)], strict=True):
        yield stream[start:end]


def _units(units: Iterator[bytes], transfer_syntax: str) -> Iterator[str]:
    """Network abstraction layer units: pictures, parameter sets, delimiters, and harmless SEI."""
    for unit in units:
        if transfer_syntax in HEVC:
            kind = (unit[0] >> 1) & 0x3F
            picture, sei, body = kind < 32 or kind in (32, 33, 34, 35, 36, 37), kind in (39, 40), unit[2:]
        else:
            kind = unit[0] & 0x1F
            picture, sei, body = kind in (1, 5, 7, 8, 9, 10, 11), kind == 6, unit[1:]
        if sei and not all(kind in SEI_ALLOWED or _is_settings(kind, held) for kind, held in _messages(body)):
            yield "stream.user_data"
        elif not (picture or sei):
            yield "stream.segment"


def _messages(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and payload of each message of one SEI unit (D.1): type and size in runs of 0xFF."""
    position = 0
    while position < len(body) and body[position:].rstrip(b"\0") != b"\x80":
        kind, position = _ff_number(body, position)
        size, position = _ff_number(body, position)
        yield kind, body[position : position + size]
        position += size


def _is_settings(kind: int, held: bytes) -> bool:
    """The coder's own list of its settings, as libx264 writes it once: closed words and short numbers."""
    return kind == 5 and held[:16] == X264 and bool(_SETTINGS.fullmatch(held[16:]))


def _ff_number(body: bytes, position: int) -> tuple[int, int]:
    total = 0
    while body[position] == 0xFF:
        total, position = total + 255, position + 1
    return total + body[position], position + 1


def _mpeg_2(stream: bytes) -> Iterator[str]:
    """Start codes 00-AF slices and pictures, B3, B5, B7, B8 headers; B2 is user data; others are system layers."""
    for unit in _annex_b(stream):
        if unit[0] == 0xB2:
            yield "stream.user_data"
        elif unit[0] > 0xAF and unit[0] not in (0xB3, 0xB5, 0xB7, 0xB8):
            yield "stream.segment"


def _boxes(data: bytes, transfer_syntax: str) -> Iterator[str]:
    for kind, body in split(data):
        if kind in CONTAINERS:
            yield from _boxes(body, transfer_syntax)
        elif kind == b"udta" and body == EMPTY_METADATA:
            continue
        elif kind in (b"free", b"skip"):
            if any(body):
                yield "stream.user_data"
        elif kind not in LEAVES:
            yield "stream.user_data"
        elif kind == b"mdat":
            yield from _samples(body, transfer_syntax)
        elif not _plain_box(kind, body):
            yield "stream.user_data"


def _samples(body: bytes, transfer_syntax: str) -> Iterator[str]:
    """Units of the media data: with one track nothing else lies there."""
    try:
        yield from _units(_length_prefixed(body), transfer_syntax)
    except (IndexError, ValueError):
        yield "stream.broken"


def split(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Boxes of one level: name and body. Raises ValueError when they do not fill the space."""
    position = 0
    while position < len(data):
        size, kind, head = int.from_bytes(data[position : position + 4]), data[position + 4 : position + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[position + 8 : position + 16]), 16
        size = size or len(data) - position
        if size < head or position + size > len(data):
            raise ValueError(kind)
        yield kind, data[position + head : position + size]
        position += size


def metadata(data: bytes) -> Iterator[bytes]:
    """Bodies of the boxes of a stranger's film that say more than its frames and times."""
    for kind, body in split(data):
        if kind in CONTAINERS:
            yield from metadata(body)
        elif kind not in LEAVES or not _plain_box(kind, body):
            yield body


def _plain_box(kind: bytes, body: bytes) -> bool:
    """No time of creation, no other handler than a film's, no name of a program's user."""
    if kind in (b"mvhd", b"tkhd", b"mdhd"):
        return not any(body[4 : 20 if body[0] else 12])
    if kind == b"hdlr":
        return body[8:12] == b"vide" and body[24:].rstrip(b"\0") in HANDLERS
    if kind == b"stsd":
        name = body[58 : 58 + COMPRESSOR]
        return name[1:].rstrip(b"\0") == b"" or bool(_COMPRESSOR.fullmatch(name[1:].rstrip(b"\0")))
    return True


def _length_prefixed(body: bytes) -> Iterator[bytes]:
    position = 0
    while position < len(body):
        size = int.from_bytes(body[position : position + 4])
        if not 0 < size <= len(body) - position - 4:
            raise ValueError(size)
        yield body[position + 4 : position + 4 + size]
        position += 4 + size


def jpeg_xl(frame: bytes) -> Iterator[str]:
    """A bare codestream, or boxes that hold nothing but it and what rebuilds the JPEG."""
    if frame[:2] == b"\xff\x0a":
        return
    try:
        if any(kind not in _JXL_BOXES for kind, _ in split(frame.rstrip(b"\0"))):
            yield "stream.segment"
    except ValueError:
        yield "stream.broken"
