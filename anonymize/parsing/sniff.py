"""What kind of file is this, by its first bytes alone: names and extensions are never asked."""

from __future__ import annotations

import os
from typing import Final, Literal, get_args

from anonymize.errors import Refused

Kind = Literal["dicom", "mp4", "avi", "matroska", "mpeg", "jpeg", "png", "gif", "webp", "heic"]
KINDS: Final[tuple[str, ...]] = get_args(Kind)
_HEAD = 400
_STARTS: Final[tuple[tuple[bytes, Kind], ...]] = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"\x1aE\xdf\xa3", "matroska"),
    (b"\x00\x00\x01\xba", "mpeg"),
    (b"\x00\x00\x01\xb3", "mpeg"),
)
_ISO_BOXES: Final = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_HEIC_BRANDS: Final = (b"heic", b"heix", b"mif1", b"msf1", b"hevc")
_AVIF_BRANDS: Final = (b"avif", b"avis")
_VRS: Final = frozenset(b"AE AS AT CS DA DS DT FD FL IS LO LT OB OW PN SH SL SQ SS ST TM UI UL UN US UT".split())


def sniff(fd: int) -> Kind:
    """Kind of an open file; does not move the file's offset.

    `refused.empty`, `refused.not_an_image`, or `refused.transfer_syntax` for a picture that no decoder here reads.
    """
    head = os.pread(fd, _HEAD, 0)
    if not head:
        raise Refused("refused.empty")
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    found = _riff(head) or _iso(head) or _dicom(head) or _transport_stream(head)
    if found is None:
        raise Refused("refused.not_an_image")
    return found


def _riff(head: bytes) -> Kind | None:
    if not head.startswith(b"RIFF"):
        return None
    kinds: dict[bytes, Kind] = {b"AVI ": "avi", b"WEBP": "webp"}
    return kinds.get(head[8:12])


def _iso(head: bytes) -> Kind | None:
    """ISO base media and QuickTime: a length, then the name of the first box."""
    if head[4:8] not in _ISO_BOXES or head[128:132] == b"DICM":
        return None
    brand = head[8:12] if head[4:8] == b"ftyp" else b""
    if brand in _AVIF_BRANDS:
        raise Refused("refused.transfer_syntax")
    return "heic" if brand in _HEIC_BRANDS else "mp4"


def _dicom(head: bytes) -> Kind | None:
    """PS3.10 with preamble, or a bare data set that starts with group 0002 or 0008 (PS3.5)."""
    if head[128:132] == b"DICM" or head.startswith(b"DICM"):
        return "dicom"
    if len(head) < 8 or head[:2] not in (b"\x02\x00", b"\x08\x00", b"\x00\x02", b"\x00\x08"):
        return None
    implicit_length = int.from_bytes(head[4:8], "little")
    return "dicom" if head[4:6] in _VRS or implicit_length <= 256 else None


def _transport_stream(head: bytes) -> Kind | None:
    return "mpeg" if len(head) > 376 and head[0] == head[188] == head[376] == 0x47 else None
