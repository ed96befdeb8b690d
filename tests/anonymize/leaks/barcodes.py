"""QR, Code 39 (ISO/IEC 16388) and Code 128 B (ISO/IEC 15417) as black and white pictures."""

from __future__ import annotations

import re
from typing import Final

import cv2
import numpy as np

_CODE_39: Final = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. *",
        re.findall(
            r"\d+",
            "000110100 100100001 001100001 101100000 000110001 100110000 001110000 000100101 100100100 001100100 "
            "100001001 001001001 101001000 000011001 100011000 001011000 000001101 100001100 001001100 000011100 "
            "100000011 001000011 101000010 000010011 100010010 001010010 000000111 100000110 001000110 000010110 "
            "110000001 011000001 111000000 010010001 110010000 011010000 010000101 110000100 011000100 010010100",
        ),
        strict=True,
    )
)
"""Nine bars and spaces of a character, 1 for a wide one."""
_CODE_128: Final = re.findall(
    r"\d+",
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232",
)
"""Widths of three bars and three spaces; 104 starts set B."""
_STOP: Final = "2331112"
QUIET: Final = 10
"""Modules of white at either end."""


def qr(text: str, module: int) -> np.ndarray:
    """uint8, 0 or 255; `module` pixels a module, four modules of white around."""
    code = cv2.QRCodeEncoder.create().encode(text)
    code = code[2:-2, 2:-2] if (code[:2] == 255).all() else code  # its own quiet zone is too small
    return np.kron(np.pad(code, 4, constant_values=255), np.ones((module, module), np.uint8))


def code_39(text: str, module: int, height: int) -> np.ndarray:
    """Letters, digits, `-`, `.` and space."""
    widths: list[int] = []
    for character in f"*{text.upper()}*":
        widths += [3 if wide == "1" else 1 for wide in _CODE_39[character]] + [1]
    return _bars(widths, module, height)


def code_128(text: str, module: int, height: int) -> np.ndarray:
    """Set B."""
    values = [104, *(ord(character) - 32 for character in text)]
    check = (values[0] + sum(n * value for n, value in enumerate(values))) % 103
    symbols = [_CODE_128[value] for value in (*values, check)] + [_STOP]
    return _bars([int(width) for symbol in symbols for width in symbol], module, height)


def _bars(widths: list[int], module: int, height: int) -> np.ndarray:
    """Bar, space, bar, ... with quiet zones."""
    line = [255] * QUIET
    for n, width in enumerate(widths):
        line += [0 if n % 2 == 0 else 255] * width
    row = np.repeat(np.array(line + [255] * QUIET, np.uint8), module)
    return np.repeat(row[None], height, axis=0)
