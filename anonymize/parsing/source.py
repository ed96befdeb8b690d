"""Open a DICOM file (PS3.10) within the limits: header in memory, pixel data left where they are."""

from __future__ import annotations

import mmap
import os
import zlib
from dataclasses import dataclass
from typing import Final

from pydicom.charset import convert_encodings
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.errors import BytesLengthException
from pydicom.tag import BaseTag
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from anonymize.errors import Refused
from anonymize.parsing.elements import PIXEL_DATA, UNDEFINED, Buffer, Elements, Walk, top_level
from anonymize.parsing.fragments import DELIMITER, Fragments, scan
from anonymize.parsing.window import window
from anonymize.policy import Limits

_PREAMBLE: Final = 128
_CHARSET: Final = 0x00080005
_SYNTAX: Final = 0x00020010


@dataclass(slots=True)
class Source:
    """A file as it came: everything in it may identify a person."""

    dataset: Dataset
    """With `file_meta`; `PixelData` is a buffered reader onto the file. Values are decoded when asked for."""
    preamble: bytes = b""
    stray: int = 0
    """Items, delimiters and group lengths that were skipped."""
    pixel_bytes: int = 0
    pixel_start: int = 0
    """Where the pixel data begin in the file."""
    trailing: int = 0
    """Bytes after the pixel data."""
    complete: bool = True
    """False when the file ends inside of an element before its pixel data."""
    fragments: Fragments | None = None
    """Of encapsulated pixel data."""


def read_dataset(fd: int, limits: Limits, *, prefix: bool = False) -> Source:
    """Read header and position of the pixel data; with `prefix` a cut file is read as far as it goes.

    Raises `Refused`: empty, broken, transfer_syntax and the limits bytes, depth, elements, inflated.
    """
    size = os.fstat(fd).st_size
    if size == 0:
        raise Refused("refused.empty")
    if size > limits.file_bytes:
        raise Refused("refused.limit_bytes", bytes=size, limit=limits.file_bytes)
    with mmap.mmap(fd, size, access=mmap.ACCESS_READ) as buf:
        source = _read(fd, buf, size, limits, prefix)
    if not source.complete and not prefix:
        raise Refused("refused.broken")
    return source


def _read(fd: int, buf: mmap.mmap, size: int, limits: Limits, prefix: bool) -> Source:
    preamble, start = _preamble(buf)
    meta, start = _file_meta(buf, start, size, limits)
    syntax = _syntax(meta, buf, start)
    body: Buffer = buf
    if syntax == DeflatedExplicitVRLittleEndian:
        body, start = _inflate(buf[start:size], limits), 0
        fd, size = _anonymous(body), len(body)
    walk = Walk(body, limits, syntax != ExplicitVRBigEndian, syntax == ImplicitVRLittleEndian, start)
    found = top_level(walk, size)
    fragments = _place_pixels(walk, found, fd, size, syntax, prefix)
    dataset = _dataset(found, walk, meta)
    end = walk.pos if walk.pixels else size
    return Source(
        dataset,
        preamble,
        walk.stray,
        walk.pixels[2] if walk.pixels else 0,
        walk.pixels[1] if walk.pixels else 0,
        max(0, size - end),
        walk.complete,
        fragments,
    )


def _preamble(buf: mmap.mmap) -> tuple[bytes, int]:
    if buf[_PREAMBLE : _PREAMBLE + 4] == b"DICM":
        return buf[:_PREAMBLE], _PREAMBLE + 4
    return b"", 4 if buf[:4] == b"DICM" else 0


def _file_meta(buf: mmap.mmap, start: int, size: int, limits: Limits) -> tuple[FileMetaDataset, int]:
    """Group 0002 is explicit little endian (PS3.10 7.1); its group length is not believed."""
    end, found = start, {}
    while buf[end : end + 2] == b"\x02\x00":
        walk = Walk(buf, limits, pos=end)
        stop = _meta_end(walk, size)
        found.update(top_level(walk, stop))
        if not walk.complete or walk.pos != stop:
            raise Refused("refused.broken")
        end = stop
    meta = FileMetaDataset()
    meta._dict.update(found)
    return meta, end


def _meta_end(walk: Walk, size: int) -> int:
    """Offset past the one element at `walk.pos`."""
    long = bytes(walk.buf[walk.pos + 4 : walk.pos + 6]) in (b"OB", b"UN", b"UT", b"OW", b"UC", b"UR")
    try:
        length = walk.unpack("I", walk.pos + 8, size)[0] if long else walk.unpack("H", walk.pos + 6, size)[0]
    except EOFError as error:
        raise Refused("refused.broken") from error
    if length > walk.limits.element_bytes:
        raise Refused("refused.broken")
    return walk.pos + (12 if long else 8) + length


def _syntax(meta: FileMetaDataset, buf: mmap.mmap, start: int) -> UID:
    """Declared transfer syntax, or what the first element looks like; `meta` then holds it, under its proper VR."""
    declared = _declared(meta)
    if not declared:
        name = buf[start + 4 : start + 6]
        guess = ExplicitVRLittleEndian if name.isalpha() and name.isupper() else ImplicitVRLittleEndian
        if buf[start : start + 1] == b"\0" and guess == ExplicitVRLittleEndian:
            guess = ExplicitVRBigEndian
        declared = guess
    syntax = UID(declared)
    if not syntax.is_transfer_syntax:
        raise Refused("refused.transfer_syntax")
    meta[_SYNTAX] = DataElement(_SYNTAX, "UI", syntax)
    return syntax


def _declared(meta: FileMetaDataset) -> str:
    """Empty when it is not there; its VR may be any, and then it cannot be decoded."""
    try:
        return str(meta[_SYNTAX].value).strip() if _SYNTAX in meta else ""
    except (BytesLengthException, ValueError, TypeError, NotImplementedError) as error:
        raise Refused("refused.broken") from error


def _inflate(data: bytes, limits: Limits) -> bytes:
    """PS3.5 A.5, never beyond the limit."""
    machine = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    try:
        out = machine.decompress(data, limits.inflated_bytes)
    except zlib.error as error:
        raise Refused("refused.broken") from error
    if machine.unconsumed_tail:
        raise Refused("refused.limit_inflated", limit=limits.inflated_bytes)
    return out


def _anonymous(body: bytes) -> int:
    """The inflated body as a file in memory; lives as long as the job."""
    fd = os.memfd_create("inflated")
    with open(fd, "wb", closefd=False) as file:
        file.write(body)
    return fd


def _place_pixels(walk: Walk, found: Elements, fd: int, size: int, syntax: UID, prefix: bool) -> Fragments | None:
    """Replace the pixel data by a window; leave `walk.pos` behind them."""
    if walk.pixels is None:
        return None
    vr, start, length = walk.pixels
    fragments = None
    if length == UNDEFINED:
        fragments = scan(walk, start, size)
        if not fragments.complete and not prefix:
            raise Refused("refused.pixels_short")
        length = fragments.end - start - (DELIMITER if fragments.complete else 0)
    elif syntax.is_encapsulated:
        raise Refused("refused.broken")
    else:
        length = min(length, size - start)
    walk.pixels, walk.pos = (vr, start, length), fragments.end if fragments else start + length
    element = DataElement(PIXEL_DATA, "OW" if vr == "OW" and not fragments else "OB", window(fd, start, length))
    element.is_undefined_length = fragments is not None
    found[BaseTag(PIXEL_DATA)] = element
    return fragments


def _dataset(found: Elements, walk: Walk, meta: FileMetaDataset) -> Dataset:
    dataset = Dataset(found)
    dataset.file_meta = meta
    _set_charset(dataset, walk, ["iso8859"])
    return dataset


def _set_charset(dataset: Dataset, walk: Walk, inherited: list[str]) -> None:
    """Items inherit the character set of what holds them (PS3.5 6.1.2.3, C.12.1.1.2)."""
    charset = inherited
    if _CHARSET in dataset:
        try:
            charset = list(convert_encodings(dataset[_CHARSET].value))
        except Exception:
            charset = inherited
    dataset.set_original_encoding(walk.implicit, walk.little, charset)
    for element in dataset._dict.values():
        if element.VR == "SQ" and isinstance(element, DataElement):
            for item in element.value:
                _set_charset(item, walk, charset)
