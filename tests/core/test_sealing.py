"""Sealed files: nothing can be read, moved, cut or changed without being noticed."""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable

import pytest

from imagebank.core.sealing import CHUNK, MAGIC, Damaged, Sealer, unseal

KEY, BINDING = b"k" * 32, b"original-and-institution"


def seal(data: bytes, pieces: int = 70_000) -> bytes:
    target = io.BytesIO()
    sealer = Sealer(target, KEY, BINDING)
    for start in range(0, len(data), pieces):
        sealer.write(data[start : start + pieces])
    sealer.close()
    return target.getvalue()


def opened(sealed: bytes, key: bytes = KEY, binding: bytes = BINDING) -> bytes:
    return b"".join(unseal(io.BytesIO(sealed), key, binding))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 17])
def test_what_was_sealed_comes_back(size: int) -> None:
    data = secrets.token_bytes(size)
    assert opened(seal(data)) == data


def test_no_plaintext_is_in_the_sealed_bytes() -> None:
    data = b"DOE^JANE" * 10_000
    assert b"DOE^JANE" not in seal(data)


@pytest.mark.parametrize(
    "harm",
    [
        lambda s: s[:-1],
        lambda s: s[: len(MAGIC)],
        lambda s: s[: len(MAGIC) + 4 + CHUNK + 16],  # the last chunk is missing
        lambda s: s + s[len(MAGIC) :],
        lambda s: s[:100] + bytes([s[100] ^ 1]) + s[101:],
        lambda s: b"",
    ],
)
def test_harm_is_noticed(harm: Callable[[bytes], bytes]) -> None:
    with pytest.raises(Damaged):
        opened(harm(seal(secrets.token_bytes(2 * CHUNK))))


def test_another_key_or_owner_cannot_open() -> None:
    sealed = seal(b"text")
    with pytest.raises(Damaged):
        opened(sealed, key=b"x" * 32)
    with pytest.raises(Damaged):
        opened(sealed, binding=b"somebody else")
