"""Coded frames taken apart into their segments: nothing but what shows the picture may be there.

JPEG and JPEG-LS (ITU-T T.81 B.1.1, T.87 C.1), JPEG 2000 (T.800 A.2). Films: see `films`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from . import films
from .allowed import JPEG, JPEG_2000, JPEG_LS, JPEG_XL, RLE, VIDEO
from .codes import Problem
from .walk import Walked

SOI, EOI, SOS, COM = 0xD8, 0xD9, 0xDA, 0xFE
APP0, APP8, APP14 = 0xE0, 0xE8, 0xEE
STANDALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
TABLES: Final = frozenset({0xC4, 0xCC, 0xDB, 0xDD, 0xF8, *range(0xC0, 0xC4), *range(0xC5, 0xC8), 0xC9, 0xF7})
_JFIF: Final = re.compile(rb"JFIF\0\x01.{6}\0\0", re.DOTALL)
_SPIFF: Final = re.compile(rb"SPIFF\0\x02\0.{22}|\0\0\0\x01\xff\xd8", re.DOTALL)
_ADOBE: Final = re.compile(rb"Adobe\0[de]\0{4}[\x00-\x02]|Adobe\0[de].{4}[\x00-\x02]", re.DOTALL)
_ENTROPY_END: Final = re.compile(rb"\xff[\x80-\xcf\xd8-\xfe]")
"""A marker that is no restart: JPEG-LS stuffs one bit after 0xFF (T.87 C.2.1), so that what follows is below 0x80."""
_J2K_MARKERS: Final = frozenset({0x51, 0x52, 0x53, 0x55, 0x57, 0x58, 0x5C, 0x5D, 0x5E, 0x5F, 0x60, 0x61, 0x63})
_J2K_WRITER: Final = re.compile(rb"\0\x01(?:Created by OpenJPEG version [\d.]{1,12}|Kakadu-v?[\d.]{1,12})\0?")


@dataclass(frozen=True, slots=True)
class Segment:
    """One marker segment: what follows its length field. `kind` is the second byte of the marker."""

    kind: int
    payload: bytes


class BrokenStream(ValueError):
    """It cannot be followed to its end."""


def check(walked: Walked, transfer_syntax: str, frames: int) -> Iterator[Problem]:
    """All frames of the candidate. `frames`: as declared."""
    pieces = [bytes(walked.data[start : start + length]) for start, length in walked.fragments[1:]]
    if transfer_syntax in VIDEO:
        yield from films.check(b"".join(pieces), transfer_syntax)
        return
    checks = {**dict.fromkeys((*JPEG, *JPEG_LS), _jpeg), **dict.fromkeys(JPEG_2000, _jpeg_2000), RLE: _rle}
    checks |= dict.fromkeys(JPEG_XL, films.jpeg_xl)
    one = checks.get(transfer_syntax)
    if one is None:
        return
    coded = joined(pieces, transfer_syntax)
    if len(coded) != frames:
        yield Problem("stream.frames", "(7FE0,0010)")
    for number, frame in enumerate(coded):
        try:
            yield from (Problem(code, f"frame {number + 1}") for code in one(frame))
        except (BrokenStream, IndexError):
            yield Problem("stream.broken", f"frame {number + 1}")


def joined(pieces: list[bytes], transfer_syntax: str) -> list[bytes]:
    """Fragments to frames: a frame begins where its coding's start mark stands (PS3.5 A.4)."""
    if transfer_syntax == RLE:
        return pieces
    start = b"\xff\x4f\xff\x51" if transfer_syntax in JPEG_2000 else b"\xff\xd8\xff"
    if transfer_syntax in JPEG_XL:
        return pieces
    frames: list[list[bytes]] = []
    for piece in pieces:
        if piece.startswith(start) or not frames:
            frames.append([])
        frames[-1].append(piece)
    return [b"".join(frame) for frame in frames]


def jpeg_segments(frame: bytes) -> Iterator[Segment]:
    """Marker segments of a JPEG or JPEG-LS frame; the last one, EOI, carries what stands behind it."""
    if frame[:2] != b"\xff\xd8":
        raise BrokenStream
    position = 2
    while True:
        while frame[position] == 0xFF and frame[position + 1] == 0xFF:
            position += 1
        if frame[position] != 0xFF:
            raise BrokenStream
        kind = frame[position + 1]
        position += 2
        if kind == EOI:
            yield Segment(kind, frame[position:])
            return
        if kind in STANDALONE:
            continue
        length = int.from_bytes(frame[position : position + 2])
        if length < 2 or position + length > len(frame):
            raise BrokenStream
        yield Segment(kind, frame[position + 2 : position + length])
        position += length
        if kind == SOS:
            position = _behind_scan(frame, position)


def _behind_scan(frame: bytes, position: int) -> int:
    """Where the next marker stands."""
    match = _ENTROPY_END.search(frame, position)
    if match is None:
        raise BrokenStream
    return match.start()


def _jpeg(frame: bytes) -> Iterator[str]:
    for segment in jpeg_segments(frame):
        if segment.kind == EOI:
            if segment.payload not in (b"", b"\0"):
                yield "stream.trailing"
        elif not _needed(segment):
            yield "stream.segment"


def _needed(segment: Segment) -> bool:
    """Tables, frame and scan headers of the right size; JFIF without thumbnail, SPIFF, Adobe's colour mark."""
    kind, payload = segment.kind, segment.payload
    if kind == APP0:
        return bool(_JFIF.fullmatch(payload))
    if kind == APP8:
        return bool(_SPIFF.fullmatch(payload))
    if kind == APP14:
        return bool(_ADOBE.fullmatch(payload))
    if kind == 0xDB:
        return _fills(payload, lambda at: 129 if payload[at] >> 4 else 65)
    if kind == 0xC4:
        return _fills(payload, lambda at: 17 + sum(payload[at + 1 : at + 17]))
    if kind == SOS:
        return len(payload) == 4 + 2 * payload[0]
    if kind == 0xDD:
        return len(payload) == 2
    return kind in TABLES and (kind == 0xF8 or kind == 0xCC or len(payload) == 6 + 3 * payload[5])


def _fills(payload: bytes, size: Callable[[int], int]) -> bool:
    """Tables follow one another to the segment's last byte."""
    position = 0
    while position < len(payload):
        position += size(position)
    return position == len(payload)


def _jpeg_2000(frame: bytes) -> Iterator[str]:
    if frame[:4] != b"\xff\x4f\xff\x51":
        raise BrokenStream
    position = 2
    while True:
        marker = frame[position : position + 2]
        if marker == b"\xff\xd9":
            if frame[position + 2 :] not in (b"", b"\0"):
                yield "stream.trailing"
            return
        length = int.from_bytes(frame[position + 2 : position + 4])
        payload = frame[position + 4 : position + 2 + length]
        if marker[:1] != b"\xff" or length < 2 or len(payload) != length - 2:
            raise BrokenStream
        if marker[1] == 0x90:
            position = _behind_tile(frame, position, payload)
            continue
        if not (marker[1] in _J2K_MARKERS or (marker[1] == 0x64 and _J2K_WRITER.fullmatch(payload))):
            yield "stream.segment"
        position += 2 + length


def _behind_tile(frame: bytes, position: int, payload: bytes) -> int:
    """A tile part's header may hold coding markers only, up to SOD; Psot gives its end (A.4.2)."""
    size = int.from_bytes(payload[2:6])
    end = position + size if size else len(frame) - 2 - (frame[-1] == 0)
    inner = position + 12
    while frame[inner : inner + 2] != b"\xff\x93":
        if frame[inner] != 0xFF or frame[inner + 1] not in _J2K_MARKERS or inner >= end:
            raise BrokenStream
        inner += 2 + int.from_bytes(frame[inner + 2 : inner + 4])
    if not inner < end < len(frame):
        raise BrokenStream
    return end


def _rle(frame: bytes) -> Iterator[str]:
    """Header of 16 numbers (PS3.5 G.5): offsets rise, unused ones are zero, the first segment follows at once."""
    numbers = [int.from_bytes(frame[at : at + 4], "little") for at in range(0, 64, 4)]
    count, offsets = numbers[0], numbers[1:]
    if len(frame) < 64 or not 1 <= count <= 15:
        raise BrokenStream
    used = offsets[:count]
    if used[0] != 64 or sorted(set(used)) != used or used[-1] >= len(frame):
        raise BrokenStream
    if any(offsets[count:]):
        yield "stream.segment"
