"""The files of a ZIP archive, in the sandbox: names are never used, nothing is opened inside what was opened."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from typing import Any, BinaryIO, Final

from anonymize.errors import Refused
from anonymize.sandbox.jobs import Context

STARTS: Final = (b"PK\x03\x04", b"PK\x05\x06")
METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
PIECE: Final = 1 << 20
BROKEN: Final = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, NotImplementedError, OSError)
LOCKED: Final = 1
"""The flag of an entry that is encrypted."""


def is_archive(head: bytes) -> bool:
    """Whether a file that begins so (132 bytes are enough) is a ZIP, and no DICOM file with such a preamble."""
    return head.startswith(STARTS) and head[128:132] != b"DICM"


def run(context: Context) -> dict[str, Any]:
    """The job `unpack`: files from number `skip` on, one behind the other, into the output `members`.

    Request: skip; batch (bytes after which no further file is begun); members, bytes (ceilings of the whole archive).
    Result: total (number of files) and members, a list of {"size", "code"}; one with a code has no bytes.
    Refuses `limit_members`, `limit_unpacked`, `empty` and `broken`.
    """
    request = context.request
    with io.BufferedReader(_Source(context.source), PIECE) as source, context.open("members") as target:
        try:
            archive = zipfile.ZipFile(source)
        except BROKEN as error:
            raise Refused("refused.broken") from error
        files = [entry for entry in archive.infolist() if _is_given(entry)]
        _check(files, request)
        told: list[dict[str, Any]] = []
        for entry in files[request["skip"] :]:
            told.append(_member(archive, entry, target, context.limits.file_bytes))
            if target.tell() >= request["batch"]:
                break
    return {"total": len(files), "members": told}


def _check(files: list[zipfile.ZipInfo], request: dict[str, Any]) -> None:
    """By what the archive says of itself; no file gives more than it says."""
    if not files:
        raise Refused("refused.empty")
    if len(files) > request["members"]:
        raise Refused("refused.limit_members", members=len(files), limit=request["members"])
    if (size := sum(entry.file_size for entry in files)) > request["bytes"]:
        raise Refused("refused.limit_unpacked", bytes=size, limit=request["bytes"])


def _is_given(entry: zipfile.ZipInfo) -> bool:
    """Neither a folder nor what a file manager leaves beside the files."""
    parts = entry.filename.split("/")
    return not entry.is_dir() and not parts[-1].startswith(".") and "__MACOSX" not in parts


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: BinaryIO, most: int) -> dict[str, Any]:
    """Its bytes behind those before; a file that cannot be had leaves none."""
    begin = target.tell()
    code = _refusal(entry, most) or _copy(archive, entry, target)
    if code:
        target.seek(begin)
        target.truncate()
    return {"size": target.tell() - begin, "code": code}


def _refusal(entry: zipfile.ZipInfo, most: int) -> str:
    if entry.flag_bits & LOCKED:
        return "refused.locked"
    if entry.compress_type not in METHODS:
        return "refused.broken"
    return "refused.limit_bytes" if entry.file_size > most else ""


def _copy(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: BinaryIO) -> str:
    try:
        with archive.open(entry) as source:
            piece = source.read(PIECE)
            if is_archive(piece):
                return "refused.nested"
            while piece:
                target.write(piece)
                piece = source.read(PIECE)
    except BROKEN:
        return "refused.broken"
    return ""


class _Source(io.RawIOBase):
    """A descriptor read at places of our own: its offset is shared with the parent."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor, self._place = descriptor, 0
        self._size = os.fstat(descriptor).st_size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._place = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._size}[whence]
        if self._place < 0:
            raise ValueError
        return self._place

    def readinto(self, buffer: Any) -> int:
        data = os.pread(self._descriptor, len(buffer), self._place)
        buffer[: len(data)] = data
        self._place += len(data)
        return len(data)
