"""A sealed file: AES-256-GCM over numbered chunks, bound to what it belongs to.

Layout: magic, then per chunk a 4-byte length (big endian) and ciphertext with tag. The associated data are the binding
(original and institution), the chunk's number and whether it is the last, so that chunks can be neither moved between
files nor dropped nor reordered. One key seals one file only, so the chunk number may be the nonce.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"IBSEAL1\n"
CHUNK = 1 << 20


def sealed_size(size: int) -> int:
    """Bytes of a sealed file with so many of plaintext."""
    return len(MAGIC) + size + 20 * max(1, -(-size // CHUNK))


class Damaged(Exception):
    """The sealed bytes do not belong to this key and binding, or are not whole."""


class Sealer:
    """Write plaintext in pieces of any size; `close()` seals the last chunk. Plaintext waits in memory only."""

    def __init__(self, target: BinaryIO, key: bytes, binding: bytes) -> None:
        self._target, self._cipher, self._binding = target, AESGCM(key), binding
        self._waiting, self._number = bytearray(), 0
        target.write(MAGIC)

    def write(self, data: bytes) -> None:
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._put(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]

    def close(self) -> None:
        self._put(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _put(self, data: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number), data, _bound(self._binding, self._number, last))
        self._target.write(struct.pack(">I", len(sealed)) + sealed)
        self._number += 1


def unseal(source: BinaryIO, key: bytes, binding: bytes) -> Iterator[bytes]:
    """The plaintext in chunks; Damaged when anything is missing, moved or changed."""
    if source.read(len(MAGIC)) != MAGIC:
        raise Damaged
    cipher, number, current = AESGCM(key), 0, _read_chunk(source)
    while current is not None:
        following = _read_chunk(source)
        try:
            yield cipher.decrypt(_nonce(number), current, _bound(binding, number, following is None))
        except InvalidTag:
            raise Damaged from None
        current, number = following, number + 1
    if number == 0:
        raise Damaged


def _read_chunk(source: BinaryIO) -> bytes | None:
    head = source.read(4)
    if not head:
        return None
    size = struct.unpack(">I", head)[0] if len(head) == 4 else -1
    if not 16 <= size <= CHUNK + 16:
        raise Damaged
    return source.read(size)


def _nonce(number: int) -> bytes:
    return struct.pack(">IQ", 0, number)


def _bound(binding: bytes, number: int, last: bool) -> bytes:
    return binding + struct.pack(">Q?", number, last)
