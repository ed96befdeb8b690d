"""Films and pictures broken where their containers say what is inside: sizes, names, counts, nesting."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from random import Random
from typing import Final

from tests.anonymize.mutations import plain

_NAMES: Final = re.compile(
    rb"ftyp|moov|mvhd|trak|tkhd|edts|elst|mdia|mdhd|hdlr|minf|dinf|stbl|stsd|avc1|avcC|stts|stss|ctts|stsc|stsz|stco"
    rb"|co64|udta|meta|ilst|mdat|colr|pasp|hvc1|hvcC|pitm|iloc|iinf|infe|iprp|ipco|ispe|ipma"
    rb"|RIFF|LIST|hdrl|avih|strl|strh|strf|movi|idx1|00dc|INFO|VP8 |VP8L|VP8X|ALPH|ANIM|ANMF|EXIF"
    rb"|IHDR|PLTE|IDAT|IEND|acTL|fcTL|fdAT|iCCP|zTXt|iTXt|tEXt"
    rb"|\x1aE\xdf\xa3|\x18S\x80g|\x15I\xa9f|\x16T\xaek|\x1fC\xb6u|\x1cS\xbbk|\x11M\x9bt"
    rb"|\x00\x00\x01[\xb0-\xbf\x00\xe0\xc0]|\x2c\x00\x00\x00\x00|\x21\xf9\x04|\x21\xff\x0b|\xff[\xc0-\xcf\xda-\xef\xfe]"
)


def mutate(data: bytes, random: Random) -> bytes:
    """One to three changes at the names of boxes, chunks and markers."""
    made = bytearray(data)
    for _ in range(random.randint(1, 3)):
        found = [match.start() for match in _NAMES.finditer(made)][:4000]
        if not found:
            return plain.mutate(data, random)
        random.choice(CHANGES)(made, random.choice(found[:60] if random.random() < 0.7 else found), random)
    return bytes(made)


def size(made: bytearray, at: int, random: Random) -> None:
    """The four bytes before or behind the name."""
    start = max(0, at - 4) if random.random() < 0.6 else at + 4
    made[start : start + 4] = random.choice((*plain.EXTREMES, struct.pack(">I", random.choice((1, 7, 8, 9, 1 << 24)))))


def name(made: bytearray, at: int, random: Random) -> None:
    """Another name, often one that is elsewhere in the file."""
    names = [match.group() for match in _NAMES.finditer(made)][:200]
    made[at : at + 4] = random.choice((*names, b"free", b"\0\0\0\0", random.randbytes(4)))[:4].ljust(4, b"\0")


def content(made: bytearray, at: int, random: Random) -> None:
    """What stands behind the name: counts, rates, sizes."""
    start = at + 4 + 4 * random.randrange(0, 16)
    made[start : start + 4] = random.choice((*plain.EXTREMES, random.randbytes(4), b"\0\1\0\0", b"\xff\xff\0\0"))


def copied(made: bytearray, at: int, random: Random) -> None:
    """The piece from here on again, once or many times."""
    piece = made[max(0, at - 4) : at + random.choice((8, 60, 600, 6000))]
    made[at:at] = piece * random.choice((1, 2, 40))


def cut(made: bytearray, at: int, random: Random) -> None:
    """A piece left out, or all that follows."""
    del made[at : at + random.choice((4, 12, 200, 5000, len(made)))]


def nested(made: bytearray, at: int, random: Random) -> None:
    """Boxes in boxes."""
    made[max(0, at - 4) : max(0, at - 4)] = (struct.pack(">I", 1 << 20) + b"moov") * random.choice((10, 1000, 20000))


def struck(made: bytearray, at: int, random: Random) -> None:
    """Any change of bytes near the name."""
    plain.change(made, min(len(made) - 1, at + random.randrange(64)), random)


CHANGES: Final[tuple[Callable[[bytearray, int, Random], None], ...]] = (
    size, size, name, content, content, content, copied, cut, nested, struck,
)  # fmt: skip
