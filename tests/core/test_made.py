"""What was made of a stored object is found again, stays within its room and goes with its owner."""

from __future__ import annotations

import dataclasses
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from django.conf import settings

from imagebank.core import made, stores

OWNER = uuid.UUID(int=7)


@pytest.fixture(autouse=True)
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "STORAGE_DIR", tmp_path)
    monkeypatch.setattr(settings, "LIMITS", dataclasses.replace(settings.LIMITS, made_bytes=4_000))
    yield


def put(key: str, data: bytes = b"x" * 900, owner: uuid.UUID = OWNER) -> made.Made:
    def write(handle: BinaryIO) -> dict[str, Any]:
        handle.write(data)
        return {"key": key}

    return made.keep(owner, key, write)


def test_it_is_found_again_with_what_is_known_of_it() -> None:
    assert made.find(OWNER, "aa") is None
    kept = put("aa", b"some bytes")
    assert (kept.read(), kept.facts, kept.size) == (b"some bytes", {"key": "aa"}, 10)
    assert made.find(OWNER, "aa") == kept
    assert made.find(uuid.UUID(int=8), "aa") is None


def test_nothing_stays_of_what_could_not_be_made() -> None:
    def fail(handle: BinaryIO) -> dict[str, Any]:
        handle.write(b"half")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        made.keep(OWNER, "aa", fail)
    assert made.find(OWNER, "aa") is None
    assert list(made.folder(OWNER).iterdir()) == []


def test_the_longest_unused_go_first() -> None:
    for number, key in enumerate(("a1", "a2", "a3")):
        os.utime(put(key).path, (1_000 + number, 1_000 + number))
    assert made.find(OWNER, "a1") is not None, "which is a use"
    put("a4")
    put("a5")
    made.trim()
    assert [key for key in ("a1", "a2", "a3", "a4", "a5") if made.find(OWNER, key)] == ["a1", "a3", "a4", "a5"]


def test_there_is_never_much_more_than_the_room() -> None:
    for number in range(60):
        put(f"{number:02d}")
        assert sum(path.stat().st_size for path in made.root().glob("*/*/*")) < 5_500


def test_all_of_an_owner_go_with_it() -> None:
    put("aa")
    put("bb", owner=uuid.UUID(int=8))
    assert set(made.owners()) == {OWNER, uuid.UUID(int=8)}
    stores.bank.purge(OWNER)
    assert set(made.owners()) == {uuid.UUID(int=8)}
