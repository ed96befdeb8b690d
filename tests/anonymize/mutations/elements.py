"""Elements with wrong lengths, VRs, tags, numbers; repeated, moved, left out, wrapped into endless sequences."""

from __future__ import annotations

import struct
from collections.abc import Callable
from random import Random
from typing import Final

from tests.anonymize.mutations import plain
from tests.anonymize.mutations.walker import LONG, UNDEFINED, Place, places

VRS: Final = (
    b"AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV ?? \0\0"
)
IMAGE: Final = (
    0x00280002, 0x00280004, 0x00280006, 0x00280008, 0x00280010, 0x00280011, 0x00280100, 0x00280101, 0x00280102,
    0x00280103, 0x00281101, 0x00281201, 0x00280009, 0x00181063, 0x00181065, 0x00020010, 0x00080005, 0x00080016,
    0x00186011, 0x7FE00001, 0x7FE00002, 0x7FE00010,
)  # fmt: skip
"""Attributes that say how to read the picture: struck more often than others."""
LENGTHS: Final = (0, 1, 3, 7, 0x7FFF, 0xFFFE, 0xFFFF, 0x10000, 1 << 30, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, UNDEFINED)
NUMBERS: Final = (0, 1, 2, 3, 7, 8, 9, 12, 16, 17, 32, 64, 255, 1000, 4096, 32767, 60000, 65535)
TEXTS: Final = (
    b"", b"0 ", b"-1", b"1 ", b"2 ", b"1000000 ", b"1e99", b"nan ", b"inf ", b"9" * 400, b"\\" * 400, b"\\\\33.3\\",
    b"RGB ", b"MONOCHROME1 ", b"PALETTE COLOR ", b"YBR_FULL_422", b"YBR_FULL", b"YBR_ICT ", b"YBR_RCT ",
    b"YBR_PARTIAL_420 ", b"ISO 2022 IR 87\\ISO 2022 IR 149 ", b"\\ISO 2022 IR 87", b"GB18030 ", b"ISO_IR 192",
    b"UTF-7 ",
    b"1.2.840.10008.1.2 ", b"1.2.840.10008.1.2.2 ", b"1.2.840.10008.1.2.1.99", b"1.2.840.10008.1.2.5 ",
    b"1.2.840.10008.1.2.4.50", b"1.2.840.10008.1.2.4.70", b"1.2.840.10008.1.2.4.80", b"1.2.840.10008.1.2.4.90",
    b"1.2.840.10008.1.2.4.91", b"1.2.840.10008.1.2.4.100 ", b"1.2.840.10008.1.2.4.102 ", b"1.2.840.10008.1.2.4.107 ",
    b"1.2.840.10008.1.2.4.110 ", b"1.2.840.10008.1.2.4.201 ", b"1.2.840.10008.1.2.4.51", b"1.2.840.10008.5.1.4.1.1.7 ",
    b"1.2.840.10008.5.1.4.1.1.6.1", b"\x1b$B\x1b(J\xff\xff\x1b$)C\x80", b"<img onerror=alert(1)>",
    b"../../../etc/passwd ",
)  # fmt: skip


def mutate(data: bytes, random: Random) -> bytes:
    """One to three changes, each to an element of what the last one left; bytes where no element is found."""
    for _ in range(random.randint(1, 3)):
        found = places(data)
        if not found:
            return plain.mutate(data, random)
        data = random.choice(CHANGES)(data, _pick(found, random), random)
    return data


def _pick(found: list[Place], random: Random) -> Place:
    image = [place for place in found if place.tag in IMAGE]
    return random.choice(image if image and random.random() < 0.6 else found)


def length(data: bytes, place: Place, random: Random) -> bytes:
    """The length field lies."""
    right = place.end - place.value
    wrong = random.choice((*LENGTHS, right + 1, right + 2, max(0, right - 1), max(0, right - 2), right * 2))
    width, kind = (2, "H") if place.form.explicit and place.vr not in LONG else (4, "I")
    coded = struct.pack(f"{place.form.order}{kind}", wrong & (0xFFFF if width == 2 else UNDEFINED))
    return data[: place.value - width] + coded + data[place.value :]


def representation(data: bytes, place: Place, random: Random) -> bytes:
    """Another VR, the rest as it was."""
    if not place.form.explicit:
        return length(data, place, random)
    return data[: place.start + 4] + random.choice(VRS.split(b" ")) + data[place.start + 6 :]


def tag(data: bytes, place: Place, random: Random) -> bytes:
    """Another tag: a delimiter, a group length, one of the picture, or any."""
    other = random.choice((0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD, 0, 0x00020010, *IMAGE, random.getrandbits(32)))
    coded = struct.pack(f"{place.form.order}HH", other >> 16, other & 0xFFFF)
    return data[: place.start] + coded + data[place.start + 4 :]


def value(data: bytes, place: Place, random: Random) -> bytes:
    """Another value with its right length."""
    if place.vr == b"US" or (not place.form.explicit and place.end - place.value == 2):
        made = struct.pack(f"{place.form.order}H", random.choice(NUMBERS)) * random.choice((1, 1, 1, 0, 2, 3))
    else:
        made = random.choice((*TEXTS, random.randbytes(random.randint(1, 40) * 2)))
    return data[: place.start] + _element(place, made) + data[place.end :]


def repeated(data: bytes, place: Place, random: Random) -> bytes:
    """The element twice, or many times."""
    one = data[place.start : min(place.end, place.start + 4096)]
    return data[: place.start] + one * random.choice((1, 2, 50, 5000)) + data[place.start :]


def moved(data: bytes, place: Place, random: Random) -> bytes:
    """Out of order."""
    rest = data[: place.start] + data[place.end :]
    at = random.choice(places(rest) or [place]).start
    return rest[:at] + data[place.start : place.end] + rest[at:]


def removed(data: bytes, place: Place, random: Random) -> bytes:
    """Left out."""
    return data[: place.start] + data[place.end :]


def wrapped(data: bytes, place: Place, random: Random) -> bytes:
    """Within sequences of undefined length, of which some are not closed."""
    depth = random.choice((1, 2, 5, 15, 16, 17, 100, 1000))
    order = place.form.order
    head = _head(0x0040A730, b"SQ", UNDEFINED, place) + struct.pack(f"{order}HHI", 0xFFFE, 0xE000, UNDEFINED)
    tail = struct.pack(f"{order}HHIHHI", 0xFFFE, 0xE00D, 0, 0xFFFE, 0xE0DD, 0)
    inner = data[place.start : min(place.end, place.start + 4096)]
    closed = random.choice((depth, depth, depth - 1, depth + 1))
    return data[: place.start] + head * depth + inner + tail * closed + data[place.start :]


def struck(data: bytes, place: Place, random: Random) -> bytes:
    """Bytes of the element changed."""
    made = bytearray(data)
    plain.change(made, random.randrange(place.start, min(place.end, place.start + 512, len(data)) or 1), random)
    return bytes(made)


def _element(place: Place, made: bytes) -> bytes:
    made += b" " * (len(made) % 2)
    return _head(place.tag, place.vr, len(made), place) + made


def _head(tag: int, vr: bytes, length: int, place: Place) -> bytes:
    order = place.form.order
    name = struct.pack(f"{order}HH", tag >> 16, tag & 0xFFFF)
    if not place.form.explicit:
        return name + struct.pack(f"{order}I", length)
    if vr in LONG:
        return name + vr + b"\0\0" + struct.pack(f"{order}I", length)
    return name + vr + struct.pack(f"{order}H", length & 0xFFFF)


CHANGES: Final[tuple[Callable[[bytes, Place, Random], bytes], ...]] = (
    length, representation, tag, value, value, value, repeated, moved, removed, wrapped, struck,
)  # fmt: skip
