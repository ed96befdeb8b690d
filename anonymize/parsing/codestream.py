"""The size that a compressed frame itself declares, from its markers: nothing is decoded."""

from __future__ import annotations

from typing import Final

_FRAME_HEADERS: Final = frozenset(
    (*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0), 0xF7)
)
"""SOF markers of JPEG (ISO 10918-1 B.1.1.3) and of JPEG-LS."""
_ALONE: Final = frozenset((0x01, *range(0xD0, 0xD9)))
_SIZ: Final = b"\xff\x4f\xff\x51"
_JP2: Final = b"\x00\x00\x00\x0cjP  "


def declared_size(head: bytes) -> tuple[int, int] | None:
    """(rows, columns) of a JPEG, JPEG-LS or JPEG 2000 frame; None when its head does not say."""
    if head.startswith(b"\xff\xd8"):
        return _jpeg(head)
    at = head.find(_SIZ) if head.startswith((_SIZ, _JP2)) else -1
    return _siz(head, at + 6) if at >= 0 else None


def _jpeg(head: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(head):
        if head[at] != 0xFF:
            return None
        marker = head[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _ALONE:
            at += 2
        elif marker in _FRAME_HEADERS:
            return int.from_bytes(head[at + 5 : at + 7]), int.from_bytes(head[at + 7 : at + 9])
        else:
            at += 2 + int.from_bytes(head[at + 2 : at + 4])
    return None


def _siz(head: bytes, at: int) -> tuple[int, int] | None:
    """SIZ (ISO 15444-1 A.5.1): length, capabilities, then width, height, and their offsets."""
    if at + 20 > len(head):
        return None
    width, height, left, top = (int.from_bytes(head[at + 2 + 4 * i + 0 : at + 6 + 4 * i]) for i in range(4))
    return height - top, width - left
