"""Sealed files that grow over several sessions: whatever is missing, moved or changed is noticed."""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable

import pytest

from imagebank.core.appending import FRAME, HEADER, RECORD, Appender, header, read_header, unseal_appended
from imagebank.core.sealing import Damaged

KEY, BINDING = secrets.token_bytes(32), b"original-and-institution"


def grown(data: bytes, *sessions: int, length: int | None = None) -> bytes:
    """`data` sealed in sessions of so many bytes each."""
    whole = len(data) if length is None else length
    target = io.BytesIO(header(KEY, whole))
    _, public = read_header(target)
    target.seek(0, 2)
    offset = 0
    for size in sessions:
        appender = Appender(target, public, BINDING, length=whole, offset=offset)
        for start in range(offset, offset + size, 50_000):
            appender.write(data[start : min(start + 50_000, offset + size)])
        appender.flush()
        assert appender.offset == offset + size
        offset = appender.offset
    return target.getvalue()


def opened(sealed: bytes, key: bytes = KEY, binding: bytes = BINDING) -> bytes:
    return b"".join(unseal_appended(io.BytesIO(sealed), key, binding))


@pytest.mark.parametrize(
    "sessions", [(), (1,), (FRAME,), (FRAME + 1, 7), (3, 2 * FRAME, 5)], ids=["empty", "one", "frame", "two", "three"]
)
def test_what_was_sealed_in_sessions_comes_back(sessions: tuple[int, ...]) -> None:
    data = secrets.token_bytes(sum(sessions))
    assert opened(grown(data, *sessions)) == data


def test_no_plaintext_is_in_the_sealed_bytes() -> None:
    data = b"DOE^JANE" * 1_000
    assert b"DOE^JANE" not in grown(data, 3_000, 5_000)


SESSION = RECORD.size + 80
"""Bytes of a session's key record."""


@pytest.mark.parametrize(
    "harm",
    [
        lambda s: b"",
        lambda s: s[:-1],
        lambda s: s[: HEADER.size + SESSION],
        lambda s: s[: HEADER.size] + s[HEADER.size + SESSION :],
        lambda s: s[:-100] + bytes([s[-100] ^ 1]) + s[-99:],
        lambda s: s + s[HEADER.size :],
        lambda s: s[:15] + bytes([s[15] ^ 1]) + s[16:],
    ],
    ids=["nothing", "cut", "no-frame", "no-key", "changed", "twice", "other-length"],
)
def test_harm_is_noticed(harm: Callable[[bytes], bytes]) -> None:
    with pytest.raises(Damaged):
        opened(harm(grown(secrets.token_bytes(1_000), 400, 600)))


def test_an_upload_that_never_ended_cannot_be_opened() -> None:
    with pytest.raises(Damaged):
        opened(grown(b"x" * 1_000, 400, length=1_000))


def test_another_key_or_owner_cannot_open() -> None:
    sealed = grown(b"text", 4)
    with pytest.raises(Damaged):
        opened(sealed, key=secrets.token_bytes(32))
    with pytest.raises(Damaged):
        opened(sealed, binding=b"another")
