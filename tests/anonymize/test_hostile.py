"""Hostile and broken input: each file ends in a named verdict, quickly, and the next one is served."""

from __future__ import annotations

import os
import random
import struct
from collections.abc import Iterator

import numpy as np
import pytest
import simplejpeg

from anonymize import codes
from anonymize.keying import SecretKeyer
from anonymize.policy import Limits, MiB
from anonymize.sandbox import Outcome, Sandbox
from tests.anonymize import make
from tests.anonymize.make import element, minimal, raw
from tests.anonymize.mutations import LEVELS
from tests.anonymize.mutations.bases import small
from tests.anonymize.test_masking_films import scene, shot

US = struct.Struct("<H").pack
UNDEFINED = 0xFFFFFFFF
ITEM, ITEM_END, SEQUENCE_END = (struct.pack("<HHI", 0xFFFE, number, 0) for number in (0xE000, 0xE00D, 0xE0DD))
OPEN_ITEM = struct.pack("<HHI", 0xFFFE, 0xE000, UNDEFINED)
MUTANTS = int(os.environ.get("ANONYMIZE_MUTANTS", "5"))
"""Of each level."""
FRESH = int.from_bytes(os.urandom(4))
KEYER = SecretKeyer(b"k" * 32)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as made:
        made.start()
        yield made


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """Small whole files."""
    return small()


def clean(sandbox: Sandbox, data: bytes, job: str = "clean", limits: Limits | None = None) -> Outcome:
    source, target = os.memfd_create("source"), os.memfd_create("clean")
    try:
        os.write(source, data)
        outcome = sandbox.run(job, source=source, outputs={"clean": target}, keyer=KEYER, limits=limits)
        assert outcome.verdict == "clean" or os.fstat(target).st_size == 0
        return outcome
    finally:
        os.close(source)
        os.close(target)


def nested(depth: int) -> bytes:
    """A private sequence within a sequence, `depth` times."""
    start = element(0x0009, 0x1001, b"SQ", b"", length=UNDEFINED) + OPEN_ITEM
    return start * depth + (ITEM_END + SEQUENCE_END) * depth


def encapsulated(*fragments: bytes) -> bytes:
    items = b"".join(struct.pack("<HHI", 0xFFFE, 0xE000, len(one)) + one for one in (b"", *fragments))
    return element(0x7FE0, 0x10, b"OB", items + SEQUENCE_END, length=UNDEFINED)


def jpeg(rows: int, columns: int) -> bytes:
    return simplejpeg.encode_jpeg(np.zeros((rows, columns, 1), np.uint8), colorspace="GRAY") + b""


def even(data: bytes) -> bytes:
    return data + b"\0" * (len(data) % 2)


def sized(rows: int, columns: int, **more: bytes) -> list[bytes]:
    return minimal(Rows=element(0x28, 0x10, b"US", US(rows)), Columns=element(0x28, 0x11, b"US", US(columns)), **more)


MILLION = element(0x28, 8, b"IS", b"1000000 ")
RLE_FRAME = struct.pack("<16I", 1, 64, *([0] * 14)) + b"\x81\x00" * 8
BOMB = element(0x0009, 0x1001, b"OB", bytes(200 * MiB))
GIF = b"GIF89a" + struct.pack("<HHBBB", 60000, 60000, 0x80, 0, 0) + bytes(6)
GIF += b"," + struct.pack("<HHHHB", 0, 0, 60000, 60000, 0) + b"\x02\x02\x4c\x01\x00;"
CASES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "refused.empty"),
    "noise": (random.Random(1).randbytes(5000), "refused.not_an_image"),
    "zip": (b"PK\x03\x04" + bytes(500), "refused.not_an_image"),
    "only a preamble": (bytes(128) + b"DICM", "refused.sop_class"),
    "a million native frames": (raw(*minimal(NumberOfFrames=MILLION)), "refused.limit_frames"),
    "three thousand frames that are not there": (
        raw(*minimal(NumberOfFrames=element(0x28, 8, b"IS", b"3000"))),
        "refused.pixels_short",
    ),
    "a million RLE frames": (
        raw(*minimal(NumberOfFrames=MILLION, PixelData=encapsulated(RLE_FRAME)), syntax=make.RLE),
        "refused.limit_frames",
    ),
    "fewer fragments than frames": (
        raw(
            *minimal(NumberOfFrames=element(0x28, 8, b"IS", b"20"), PixelData=encapsulated(RLE_FRAME)),
            syntax=make.RLE,
        ),
        "refused.pixels_short",
    ),
    "RLE of 60000x60000": (
        raw(*sized(60000, 60000, PixelData=encapsulated(RLE_FRAME)), syntax=make.RLE),
        "refused.limit_pixels",
    ),
    "RLE of 8000x8000 in a few bytes": (
        raw(*sized(8000, 8000, PixelData=encapsulated(RLE_FRAME)), syntax=make.RLE),
        "refused.pixels_short",
    ),
    "JPEG smaller inside than outside": (
        raw(*sized(60000, 1000, PixelData=encapsulated(even(jpeg(64, 64)))), syntax=make.JPEG),
        "refused.pixels_mismatch",
    ),
    "JPEG larger inside than outside": (
        raw(*sized(64, 64, PixelData=encapsulated(even(jpeg(2000, 2000)))), syntax=make.JPEG),
        "refused.pixels_mismatch",
    ),
    "no pixels": (raw(*minimal(PixelData=b"")), "refused.no_pixels"),
    "no rows": (raw(*minimal(Rows=element(0x28, 0x10, b"US", US(0)))), "refused.no_pixels"),
    "frames that are no number": (
        raw(*minimal(NumberOfFrames=element(0x28, 8, b"IS", b"many"))),
        "refused.broken",
    ),
    "nested 200 deep": (raw(nested(200), *minimal()), "refused.limit_depth"),
    "nested 5000 deep": (raw(nested(5000), *minimal()), "refused.limit_depth"),
    "too many elements": (raw(element(0x0009, 0x1001, b"LO", b"") * 100_001), "refused.limit_elements"),
    "an element of 17 MB": (raw(element(0x0008, 0x2111, b"UT", bytes(17 * MiB))), "refused.limit_elements"),
    "an element longer than the file": (
        raw(element(0x0008, 0x2111, b"UT", b"short", length=1 << 31)),
        "refused.broken",
    ),
    "a sequence without end": (raw(element(0x0008, 0x1140, b"SQ", OPEN_ITEM, length=UNDEFINED)), "refused.broken"),
    "no item in a sequence": (raw(element(0x0008, 0x1140, b"SQ", b"x" * 16)), "refused.broken"),
    "deflated 200 MB": (raw(BOMB, *minimal(), syntax=make.DEFLATED), "refused.limit_inflated"),
    "deflated noise": (
        raw(syntax=make.DEFLATED) + random.Random(2).randbytes(100),
        "refused.sop_class",
    ),
    "no transfer syntax of the standard": (raw(*minimal(), syntax="1.2.840.113619.5.2"), "refused.transfer_syntax"),
    "a GIF of 60000x60000": (GIF, "refused.limit_pixels"),
    "an element of the file meta that its VR cannot hold": (
        raw(*minimal()).replace(b"\x02\x00\x10\x00UI", b"\x02\x00\x10\x00FD"),
        "refused.broken",
    ),
    "a CT": (
        raw(*minimal(SOPClassUID=element(8, 0x16, b"UI", b"1.2.840.10008.5.1.4.1.1.2\0"))),
        "refused.sop_class",
    ),
    "an item of endless length in the pixels": (
        raw(
            *minimal(
                PixelData=element(0x7FE0, 0x10, b"OB", struct.pack("<HHI", 0xFFFE, 0xE000, 1 << 30), length=UNDEFINED)
            ),
            syntax=make.RLE,
        ),
        "refused.pixels_short",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_file_is_refused_by_name(sandbox: Sandbox, name: str) -> None:
    data, code = CASES[name]
    outcome = clean(sandbox, data)
    assert outcome.code == code
    assert outcome.peak_bytes <= 512 * MiB
    assert outcome.cpu_seconds < 5


@pytest.mark.parametrize("name", CASES)
def test_a_peek_at_a_hostile_file_ends_too(sandbox: Sandbox, name: str) -> None:
    outcome = clean(sandbox, CASES[name][0], "peek", Limits(wall_seconds=10))
    assert outcome.verdict in ("clean", "refused")


def test_a_honest_file_passes_among_them(sandbox: Sandbox) -> None:
    assert clean(sandbox, make.file()).code == "clean"


def test_a_raw_cine_of_100_mb_stays_within_memory(sandbox: Sandbox) -> None:
    ds = make.picture(make.identified(make.Planted(1), count=72), make.frames(6, rows=600, columns=800) * 12)
    data = make.write(ds)
    assert len(data) > 100_000_000
    outcome = clean(sandbox, data)
    assert outcome.code == "clean"
    assert outcome.peak_bytes < 512 * MiB


def test_a_long_film_does_not_run_out_of_threads(sandbox: Sandbox) -> None:
    """Converters of single frames would each leave threads behind: 300 of them are 3 GB of addresses."""
    outcome = clean(sandbox, shot(scene(3) * 60), limits=Limits(address_bytes=3 << 29))
    assert outcome.verdict in ("clean", "held"), outcome


def test_tables_of_another_kind_do_no_harm(sandbox: Sandbox) -> None:
    """One frame time for three frames; offsets that are no bytes."""
    ds = make.picture(make.identified(make.Planted(5)), make.frames(3), make.JPEG)
    ds.FrameTimeVector = ["40"]
    ds.add_new(0x7FE00001, "US", 7)
    assert clean(sandbox, make.write(ds)).code == "clean"


def test_an_executable_in_the_preamble_and_stray_items_do_no_harm(sandbox: Sandbox) -> None:
    data = make.file()
    stray = ITEM + SEQUENCE_END
    at = data.index(b"DICM") + 4
    meta = struct.unpack_from("<I", data, at + 8)[0] + 12
    made = b"MZ" + bytes(126) + data[128 : at + meta] + stray + data[at + meta :]
    outcome = clean(sandbox, made)
    assert outcome.code == "clean"
    assert outcome.result["removed"]["stray"] == 2
    assert outcome.result["removed"]["preamble"] == 1


def test_a_cut_header_can_be_peeked_at_but_not_cleaned(sandbox: Sandbox) -> None:
    data = make.file()
    for length in (600, 1_000, 2_000):
        assert clean(sandbox, data[:length]).code == "refused.broken"
        assert clean(sandbox, data[:length], "peek").verdict == "clean"
    assert clean(sandbox, data[:100_000]).code == "refused.pixels_short"
    peeked = clean(sandbox, data[:100_000], "peek").result
    assert (peeked["rows"], peeked["columns"], peeked["frames"]) == (make.ROWS, make.COLUMNS, 3)


def test_limits_are_named_in_the_refusal(sandbox: Sandbox) -> None:
    data = make.file()
    outcome = clean(sandbox, data, limits=Limits(file_bytes=1000))
    assert (outcome.code, outcome.result["detail"]) == ("refused.limit_bytes", {"bytes": len(data), "limit": 1000})
    assert clean(sandbox, data, limits=Limits(frames=2)).result["detail"] == {"frames": 3, "limit": 2}


@pytest.mark.parametrize("level", LEVELS)
def test_mutants_end_in_a_named_verdict(sandbox: Sandbox, level: str, files: dict[str, bytes]) -> None:
    """Fresh ones in every run; `deploy/benchmarks/mutants.py` makes as many as there is time for."""
    container = level == "container"
    suited = [name for name, data in files.items() if (data[128:132] != b"DICM") == container or level == "bytes"]
    for number in range(MUTANTS):
        rng = random.Random(FRESH + number)
        name = rng.choice(suited)
        template = sandbox.template_pid
        outcome = clean(sandbox, LEVELS[level](files[name], rng), limits=Limits(wall_seconds=20))
        assert outcome.code in codes.CODES
        assert outcome.verdict != "failed", (FRESH + number, name, level, outcome)
        assert sandbox.template_pid == template
