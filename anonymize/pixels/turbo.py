"""libjpeg-turbo's lossless transform with a filter over the coefficients (tj3Transform), from the `turbojpeg` wheel."""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from anonymize.errors import Failed, Refused

INIT_TRANSFORM = 2
COPY_NONE = 64
OPTIMIZE = 256
TOLERATED = b"extraneous bytes"
"""The one warning that leaves every coefficient as it was; some devices pad their scans."""

RowFilter = Callable[[int, int, int, int], None]
"""(address of int16 coefficients, blocks in the row, block row, component); 64 a block, in natural order."""


class _Region(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int) for name in ("x", "y", "w", "h")]


_Filter = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, _Region, _Region, ctypes.c_int, ctypes.c_int, ctypes.c_void_p)


class _Transform(ctypes.Structure):
    _fields_ = [
        ("r", _Region),
        ("op", ctypes.c_int),
        ("options", ctypes.c_int),
        ("data", ctypes.c_void_p),
        ("customFilter", _Filter),
    ]


@cache
def _library() -> ctypes.CDLL:
    library = ctypes.CDLL(str(_path()))
    library.tj3Init.restype = ctypes.c_void_p
    library.tj3Init.argtypes = [ctypes.c_int]
    library.tj3Destroy.argtypes = [ctypes.c_void_p]
    library.tj3Free.argtypes = [ctypes.c_void_p]
    library.tj3GetErrorStr.argtypes = [ctypes.c_void_p]
    library.tj3GetErrorStr.restype = ctypes.c_char_p
    library.tj3Transform.argtypes = [
        ctypes.c_void_p,
        ctypes.c_char_p,
        ctypes.c_size_t,
        ctypes.c_int,
        ctypes.POINTER(ctypes.c_void_p),
        ctypes.POINTER(ctypes.c_size_t),
        ctypes.POINTER(_Transform),
    ]
    return library


def _path() -> Path:
    spec = find_spec("turbojpeg")
    if spec and spec.origin:
        found = sorted((Path(spec.origin).parent / "turbojpeg.libs").glob("libturbojpeg*"))
        if found:
            return found[0]
    system = ctypes.util.find_library("turbojpeg")
    if system is None:
        raise Failed("failed.exception")
    return Path(system)


def transform(stream: bytes, row_filter: RowFilter, *, optimize: bool = False) -> bytes:
    """The same picture with its coefficients filtered: sequential Huffman coding, no APPn but JFIF or Adobe, no COM.

    Raises Refused when the codestream is damaged, also where libjpeg would only warn: a guess is not the source.
    """
    library = _library()
    handle = library.tj3Init(INIT_TRANSFORM)
    errors: list[BaseException] = []
    job = _Transform(_Region(), 0, COPY_NONE | (OPTIMIZE if optimize else 0), None, _callback(row_filter, errors))
    buffer, size = ctypes.c_void_p(), ctypes.c_size_t()
    try:
        code = library.tj3Transform(
            handle, stream, len(stream), 1, ctypes.byref(buffer), ctypes.byref(size), ctypes.byref(job)
        )
        if errors:
            raise errors[0]
        if code and not (size.value and TOLERATED in library.tj3GetErrorStr(handle)):
            raise Refused("refused.decoder")
        return ctypes.string_at(buffer.value or 0, size.value)
    finally:
        library.tj3Free(buffer)
        library.tj3Destroy(handle)


def _callback(row_filter: RowFilter, errors: list[BaseException]) -> Any:
    """No Python exception may cross the C frames: it is kept, and the transform told to stop."""

    def call(address: int, array: _Region, _plane: _Region, component: int, _job: int, _self: int) -> int:
        try:
            row_filter(address, array.w // 8, array.y // 8, component)
        except BaseException as error:
            errors.append(error)
            return -1
        return 0

    return _Filter(call)
