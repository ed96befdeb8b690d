"""Bytes flipped, overwritten, cut out, repeated or cut off, half of the time near the beginning."""

from __future__ import annotations

from random import Random
from typing import Final

HEAD: Final = 4096
EXTREMES: Final = (
    b"\xff\xff\xff\xff",
    b"\0\0\0\0",
    b"\xff\xff\xff\x7f",
    b"\0\0\0\x80",
    b"\xfe\xff\xff\xff",
    b"\1\0\0\0",
)


def mutate(data: bytes, random: Random) -> bytes:
    """One to four changes."""
    made = bytearray(data)
    for _ in range(random.randint(1, 4)):
        if made:
            change(made, random.randrange(min(len(made), HEAD) if random.random() < 0.5 else len(made)), random)
    return bytes(made)


def change(made: bytearray, at: int, random: Random) -> None:
    """One change at a place, in place."""
    kind = random.randrange(6)
    if kind == 0:
        made[at] ^= 1 << random.randrange(8)
    elif kind == 1:
        made[at : at + 4] = random.choice((*EXTREMES, random.randbytes(4)))
    elif kind == 2:
        del made[at : at + random.randint(1, 64)]
    elif kind == 3:
        made[at:at] = made[at : at + random.randint(1, 64)]
    elif kind == 4:
        other = random.randrange(len(made))
        made[at : at + 32] = made[other : other + 32]
    else:
        del made[at + random.randrange(len(made) - at) :]
