"""Broken files made from whole ones, on four levels: bytes, elements, coded pictures, containers. Seeded throughout."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

from tests.anonymize.mutations import codec, container, elements, plain

LEVELS: Final[dict[str, Callable[[bytes, Random], bytes]]] = {
    "bytes": plain.mutate,
    "elements": elements.mutate,
    "codec": codec.mutate,
    "container": container.mutate,
}


def mutant(data: bytes, random: Random) -> tuple[str, bytes]:
    """A broken copy, and the level on which it was broken. What has no elements is broken as a container."""
    dicom = data[128:132] == b"DICM"
    level = random.choices(
        ("bytes", "elements", "codec") if dicom else ("bytes", "container"), (2, 5, 3)[: 3 if dicom else 2]
    )[0]
    return level, LEVELS[level](data, random)
