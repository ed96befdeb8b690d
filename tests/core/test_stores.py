"""The stores: what is put comes back, nothing is overwritten, and a purge takes one owner's objects only."""

from __future__ import annotations

import io
import uuid

import pytest

from imagebank.core import stores


def neighbours() -> tuple[uuid.UUID, uuid.UUID]:
    """Two owners whose folders lie side by side."""
    first = uuid.uuid4()
    return first, uuid.UUID(int=first.int ^ 1)


def test_what_is_put_comes_back() -> None:
    owner = uuid.uuid4()
    sha256, size = stores.bank.put(owner, "poster", io.BytesIO(b"picture"))
    with stores.bank.open(owner, "poster", sha256) as handle:
        assert (handle.read(), size) == (b"picture", 7)
    assert stores.bank.put(owner, "poster", io.BytesIO(b"picture")) == (sha256, size)


def test_a_purge_leaves_the_neighbours_alone() -> None:
    gone, stays = neighbours()
    stores.bank.put(gone, "poster", io.BytesIO(b"one"))
    sha256, _ = stores.bank.put(stays, "poster", io.BytesIO(b"two"))
    stores.bank.purge(gone)
    assert not stores.bank.folder(gone).exists()
    assert stores.bank.path(stays, "poster", sha256).read_bytes() == b"two"


def test_sharing_with_another_store_may_be_repeated() -> None:
    owner = uuid.uuid4()
    sha256, _ = stores.candidate.put(owner, "dicom", io.BytesIO(b"object"))
    for _ in range(2):
        stores.candidate.share(stores.bank, owner, "dicom", sha256)
    stores.candidate.purge(owner)
    assert stores.bank.path(owner, "dicom", sha256).read_bytes() == b"object"
    with pytest.raises(FileNotFoundError):
        stores.candidate.open(owner, "dicom", sha256)
