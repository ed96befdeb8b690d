"""Archives: opened in the sandbox alone, each file a row of its own, hostile ones refused by name."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import Any

import pytest

from imagebank.core import keys, stores
from imagebank.intake import pipeline, unpacking
from imagebank.intake.models import Original
from imagebank.intake.services import open_deposit
from imagebank.intake.uploads import create, take

from .conftest import World


def archive(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return target.getvalue()


def opened(world: World, data: bytes) -> tuple[Original, list[Original]]:
    """The archive as it ended, and the files that came out of it."""
    (row,) = world.give(data)
    assert row.state == "received"
    pipeline.process(row.pk)
    row.refresh_from_db()
    return row, list(Original.objects.exclude(pk=row.pk).order_by("position"))


def plaintext(row: Original) -> bytes:
    return b"".join(stores.read_original(row.pk, row.institution_id))


def test_each_file_becomes_a_row_and_the_archive_goes(world: World, dicom: bytes) -> None:
    nested = archive({"inner.dcm": dicom})
    names = {"/etc/a.dcm": dicom, "../../b.dcm": b"second", "folder/": b"", "folder/.DS_Store": b"x", "c.zip": nested}
    row, (first, second, inner) = opened(world, archive(names))
    assert (row.state, row.code, row.sealed) == ("discarded", "unpacked", False)
    assert not (stores.quarantine_path(row.pk).exists() or keys.data_key_exists(row.pk))
    assert [each.position for each in (row, first, second, inner)] == [1, 2, 3, 4]
    assert (plaintext(first), plaintext(second)) == (dicom, b"second")
    assert (inner.state, inner.code, inner.sealed) == ("refused", "refused.nested", False)
    pipeline.process(first.pk)
    first.refresh_from_db()
    assert (first.state, first.code) == ("awaiting_confirmation", "clean")


def test_it_is_opened_when_it_comes_by_a_resumable_upload(world: World) -> None:
    data = archive({"a.dcm": b"first", "b.dcm": b"second"})
    deposit = open_deposit(actor=world.contributor, institution=world.institution)
    upload = create(actor=world.contributor, deposit=deposit, length=len(data))
    take(actor=world.contributor, upload=upload, offset=0, pieces=[data])
    pipeline.process(upload.pk)
    assert [plaintext(row) for row in Original.objects.filter(position__gt=1).order_by("position")] == [
        b"first",
        b"second",
    ]


def test_a_worker_that_died_in_the_middle_gives_no_file_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    (row,) = world.give(archive({f"{n}.dcm": str(n).encode() * 99 for n in range(5)}))
    monkeypatch.setattr(unpacking, "BATCH", 150)  # two files at a time
    whole = unpacking._take_one

    def die(original: Original, pk: Any, member: Any, pieces: Any) -> None:
        if Original.objects.count() == 4:
            half = stores.SealedIntake(pk, original.institution_id, limit=99)
            half._handle.close()
            raise KeyboardInterrupt
        whole(original, pk, member, pieces)

    monkeypatch.setattr(unpacking, "_take_one", die)
    with pytest.raises(KeyboardInterrupt):
        pipeline.process(row.pk)
    monkeypatch.setattr(unpacking, "_take_one", whole)
    row.refresh_from_db()
    pipeline.lost(row)
    pipeline.process(row.pk)
    rows = Original.objects.exclude(pk=row.pk).order_by("position")
    assert [plaintext(each) for each in rows] == [str(n).encode() * 99 for n in range(5)]


BOMB = archive({"zeros": bytes(3 << 20)})
EMPTY = archive({"folder/": b"", "__MACOSX/a.dcm": b"x"})


def understated(data: bytes, size: int) -> bytes:
    """An archive whose entry says that it holds `size` bytes."""
    told = struct.pack("<L", size)
    local, central = data.index(b"PK\x03\x04"), data.index(b"PK\x01\x02")
    changed = bytearray(data)
    changed[local + 22 : local + 26] = told
    changed[central + 24 : central + 28] = told
    return bytes(changed)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (archive({str(n): b"x" for n in range(4)}), "refused.limit_members"),
        (BOMB, "refused.limit_unpacked"),
        (EMPTY, "refused.empty"),
        (BOMB[:200], "refused.broken"),
        (b"PK\x03\x04" + bytes(500), "refused.broken"),
    ],
    ids=["many", "bomb", "nothing", "cut", "no-archive"],
)
def test_a_hostile_archive_is_refused_by_name(world: World, settings: Any, data: bytes, code: str) -> None:
    settings.LIMITS = type(settings.LIMITS)(files_per_archive=3, archive_bytes=1 << 20)
    row, files = opened(world, data)
    assert (row.state, row.code, row.sealed, files) == ("refused", code, False, [])


def locked(data: bytes) -> bytes:
    changed = bytearray(data)
    changed[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(changed)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (understated(BOMB, 1000), "refused.broken"),
        (locked(archive({"a": b"text"})), "refused.locked"),
        (archive({"a": b"text" * 99}, zipfile.ZIP_LZMA), "refused.broken"),
        (archive({"a": b"text"}, zipfile.ZIP_STORED).replace(b"text", b"next"), "refused.broken"),
    ],
    ids=["lies", "locked", "method", "damaged"],
)
def test_a_file_that_cannot_be_had_is_a_row_with_its_reason(world: World, data: bytes, code: str) -> None:
    row, (member,) = opened(world, data)
    assert (row.code, member.state, member.code, member.sealed) == ("unpacked", "refused", code, False)


def test_a_dicom_file_with_such_a_preamble_is_no_archive(world: World, dicom: bytes) -> None:
    (row,) = world.give(b"PK\x03\x04" + dicom[4:])
    pipeline.process(row.pk)
    row.refresh_from_db()
    assert row.state == "awaiting_confirmation"
