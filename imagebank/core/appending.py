"""A sealed file that grows over several sessions, written by a process that can never open it.

The file carries a public key of its own; the private half is the original's data key, sealed to the workers. Each
session draws a fresh AES-256-GCM key and leaves it in the file, sealed (HPKE, RFC 9180) to that public key. Layout:
magic, length of the whole plaintext, public key; then records: kind, 4-byte length (big endian), payload. `K` is a
session's key, `D` a frame of data. The associated data of both are the binding, the whole length and the offset of the
frame, so that nothing can be moved, dropped, cut off or given to another file. One session key seals a frame number
once only, so the number may be the nonce.
"""

from __future__ import annotations

import secrets
import struct
from collections.abc import Iterator
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .keys import KEY_BYTES, SUITE
from .sealing import Damaged

MAGIC: Final = b"IBSEAL2\n"
HEADER: Final = struct.Struct(">8sQ32s")
RECORD: Final = struct.Struct(">cI")
FRAME: Final = 1 << 18
"""Bytes of plaintext in a full frame."""
LONGEST: Final = FRAME + 16


def header(data_key: bytes, length: int) -> bytes:
    """How a file of `length` plaintext bytes begins; `data_key` is the private half, 32 bytes."""
    public = X25519PrivateKey.from_private_bytes(data_key).public_key()
    return HEADER.pack(MAGIC, length, public.public_bytes_raw())


class Appender:
    """One session: seals what comes after `offset` of the plaintext. `target` stands behind the last whole record."""

    def __init__(self, target: BinaryIO, public: bytes, binding: bytes, *, length: int, offset: int) -> None:
        self._target, self._binding, self._length = target, binding, length
        self.offset, self._number, self._waiting = offset, 0, bytearray()
        key = secrets.token_bytes(KEY_BYTES)
        self._cipher = AESGCM(key)
        sealed = SUITE.encrypt(key, X25519PublicKey.from_public_bytes(public), info=self._bound())
        self._put(b"K", sealed)

    def write(self, data: bytes) -> None:
        """Plaintext of less than a frame waits in memory."""
        self._waiting += data
        while len(self._waiting) >= FRAME:
            self._frame(bytes(self._waiting[:FRAME]))
            del self._waiting[:FRAME]

    def flush(self) -> None:
        """Seal what waits as a shorter frame."""
        if self._waiting:
            self._frame(bytes(self._waiting))
            self._waiting.clear()

    def _frame(self, data: bytes) -> None:
        self._put(b"D", self._cipher.encrypt(_nonce(self._number), data, self._bound()))
        self._number += 1
        self.offset += len(data)

    def _put(self, kind: bytes, payload: bytes) -> None:
        self._target.write(RECORD.pack(kind, len(payload)) + payload)

    def _bound(self) -> bytes:
        return _bound(self._binding, self._length, self.offset)


def read_header(source: BinaryIO) -> tuple[int, bytes]:
    """(length of the plaintext, public key); Damaged when the file does not begin as one of these."""
    raw = source.read(HEADER.size)
    if len(raw) != HEADER.size or not raw.startswith(MAGIC):
        raise Damaged
    _, length, public = HEADER.unpack(raw)
    return length, public


def unseal_appended(source: BinaryIO, data_key: bytes, binding: bytes) -> Iterator[bytes]:
    """The plaintext frame by frame; Damaged when anything is missing, moved or changed."""
    length, _ = read_header(source)
    private = X25519PrivateKey.from_private_bytes(data_key)
    cipher, number, offset = None, 0, 0
    for kind, payload in _records(source):
        bound = _bound(binding, length, offset)
        try:
            if kind == b"K":
                cipher, number = AESGCM(SUITE.decrypt(payload, private, info=bound)), 0
                continue
            if cipher is None:
                raise Damaged
            data = cipher.decrypt(_nonce(number), payload, bound)
        except InvalidTag:
            raise Damaged from None
        yield data
        number, offset = number + 1, offset + len(data)
    if offset != length:
        raise Damaged


def _records(source: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    while head := source.read(RECORD.size):
        kind, size = RECORD.unpack(head) if len(head) == RECORD.size else (b"", 0)
        payload = source.read(size) if kind in (b"K", b"D") and size <= LONGEST else b""
        if not payload or len(payload) != size:
            raise Damaged
        yield kind, payload


def _nonce(number: int) -> bytes:
    return struct.pack(">IQ", 0, number)


def _bound(binding: bytes, length: int, offset: int) -> bytes:
    return binding + struct.pack(">QQ", length, offset)
