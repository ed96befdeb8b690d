"""The bounded reader: what it reads is what pydicom reads, and no length is believed before it is weighed."""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import pydicom
import pytest
from pydicom.encaps import generate_frames

from anonymize.errors import Refused
from anonymize.parsing import Source, quiet, read_dataset, sniff, weigh
from anonymize.parsing.codestream import declared_size
from anonymize.parsing.window import window
from anonymize.policy import Limits
from tests.anonymize import make


@contextmanager
def opened(data: bytes) -> Iterator[int]:
    fd = os.memfd_create("source")
    try:
        os.write(fd, data)
        yield fd
    finally:
        os.close(fd)


def read(data: bytes, limits: Limits | None = None) -> Source:
    with opened(data) as fd, quiet():
        return read_dataset(os.dup(fd), limits or Limits())


def code(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(Refused) as caught:
        read(data, limits)
    return caught.value.code


@pytest.mark.parametrize("syntax", make.SYNTAXES)
def test_it_reads_what_pydicom_reads(syntax: str) -> None:
    data = make.file(syntax, seed=3)
    source = read(data)
    with quiet():
        expected = pydicom.dcmread(io.BytesIO(data))
        expected.pop(0xFFFCFFFC, None)
        assert set(source.dataset.keys()) == set(expected.keys())
        for tag in expected.keys():  # noqa: SIM118 - iterating a data set decodes it
            if tag != 0x7FE00010:
                assert source.dataset[tag] == expected[tag]
        assert source.dataset["PixelData"].value.read() == expected.PixelData
    assert source.dataset.file_meta.TransferSyntaxUID == syntax
    assert source.trailing == (0 if syntax == make.DEFLATED else 20 - (4 if syntax == make.IMPLICIT else 0))


@pytest.mark.parametrize("syntax", [make.RLE, make.JPEG])
def test_fragments_are_found_without_reading_them(syntax: str) -> None:
    source = read(make.file(syntax))
    assert source.fragments is not None
    assert len(source.fragments.places) == 3
    frames = list(generate_frames(source.dataset["PixelData"].value, number_of_frames=3))
    assert [len(frame) for frame in frames] == [length for _, length in source.fragments.places]


def test_stray_items_at_the_top_level_are_passed_over() -> None:
    stray = struct.pack("<HHI", 0xFFFE, 0xE00D, 0)
    source = read(make.raw(stray, *make.minimal()[:1], stray, *make.minimal()[1:]))
    assert source.stray == 2
    assert source.dataset.Rows == 16
    assert len(list(source.dataset.iterall())) == 12


def test_items_inherit_the_character_set() -> None:
    name = "Muller^Jürgen".encode("latin-1") + b" "
    item = struct.pack("<HHI", 0xFFFE, 0xE000, 8 + len(name)) + make.element(0x10, 0x10, b"PN", name)
    charset = make.element(8, 5, b"CS", b"ISO_IR 100")
    source = read(make.raw(charset, make.element(8, 0x1140, b"SQ", item), *make.minimal()))
    assert source.dataset.ReferencedImageSequence[0].PatientName == "Muller^Jürgen"


NAMES = {
    "\\ISO 2022 IR 87": ("山田", "山田".encode("iso2022_jp")),
    "\\ISO 2022 IR 149": ("김희중", b"\x1b$)C" + "김희중".encode("euc_kr")),
    "\\ISO 2022 IR 58": ("王小东", b"\x1b$)A" + "王小东".encode("gb2312")),
    "GB18030": ("王小东", "王小东".encode("gb18030")),
    "ISO_IR 144": ("Люкceмбypг", "Люкceмбypг".encode("iso8859_5")),
    "ISO_IR 192": ("Ångström", "Ångström".encode()),
}


@pytest.mark.parametrize("charset", NAMES)
def test_names_in_other_scripts_are_decoded(charset: str) -> None:
    name, coded = NAMES[charset]
    value = b"X=" + coded
    elements = (
        make.element(8, 5, b"CS", charset.encode() + b" " * (len(charset) % 2)),
        make.element(0x10, 0x10, b"PN", value + b" " * (len(value) % 2)),
    )
    source = read(make.raw(*elements, *make.minimal()))
    with quiet():
        assert name in source.dataset.PatientName.ideographic


def test_limits_hold_exactly() -> None:
    def deep(depth: int) -> bytes:
        start = make.element(9, 0x1001, b"SQ", b"", length=0xFFFFFFFF) + struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
        return start * depth + struct.pack("<HHIHHI", 0xFFFE, 0xE00D, 0, 0xFFFE, 0xE0DD, 0) * depth

    limits = Limits(depth=3, elements=30, element_bytes=100)
    assert read(make.raw(deep(3), *make.minimal()), limits).complete
    assert code(make.raw(deep(4), *make.minimal()), limits) == "refused.limit_depth"
    one = make.element(8, 0x2111, b"ST", b"x")
    assert read(make.raw(*[one] * 30), limits).complete
    assert code(make.raw(*[one] * 31), limits) == "refused.limit_elements"
    assert read(make.raw(make.element(8, 0x2111, b"ST", b"x" * 100)), limits).complete
    assert code(make.raw(make.element(8, 0x2111, b"ST", b"x" * 101)), limits) == "refused.limit_elements"


def test_deflated_data_stop_at_the_limit() -> None:
    body = b"".join(make.minimal())
    data = make.raw(*make.minimal(), syntax=make.DEFLATED)
    assert read(data, Limits(inflated_bytes=len(body))).dataset.Rows == 16
    assert code(data, Limits(inflated_bytes=len(body) - 1)) == "refused.limit_inflated"


def test_large_private_values_are_weighed_but_not_kept() -> None:
    big = make.element(9, 0x1002, b"OB", bytes(1 << 20))
    source = read(make.raw(big, *make.minimal()), Limits(element_bytes=1 << 10))
    assert source.dataset[0x00091002].value == b""
    assert source.dataset.Rows == 16


def test_a_file_that_lies_about_its_syntax_is_still_read() -> None:
    explicit = make.raw(*make.minimal()).replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2\0\0\0")
    assert read(explicit).dataset.Rows == 16
    bare = make.file()[128 + 4 :]
    assert read(bare).dataset.Rows == make.ROWS


def weighed(*elements: bytes, syntax: str = make.EXPLICIT, limits: Limits | None = None) -> str:
    source = read(make.raw(*elements, syntax=syntax))
    try:
        weigh(source, limits or Limits())
    except Refused as refused:
        return refused.code
    return "passed"


def test_native_pixels_must_be_there() -> None:
    assert weighed(*make.minimal()) == "passed"
    short = make.element(0x7FE0, 0x10, b"OB", bytes(255))
    assert weighed(*make.minimal(PixelData=short)) == "refused.pixels_short"
    assert weighed(*make.minimal(), limits=Limits(frame_pixels=255)) == "refused.limit_pixels"


def test_a_transfer_syntax_under_another_representation_is_a_uid_all_the_same() -> None:
    data = make.file()
    at = data.index(b"\x02\x00\x10\x00UI")
    meta = read(data[: at + 4] + b"PN" + data[at + 6 :]).dataset.file_meta
    assert (meta["TransferSyntaxUID"].VR, meta.TransferSyntaxUID) == ("UI", make.EXPLICIT)


@pytest.mark.parametrize("syntax", [make.JPEG, make.JPEG_LOSSLESS, make.JPEG_LS, make.JPEG_2000])
def test_a_compressed_frame_says_its_size(syntax: str) -> None:
    frame = make.CODERS[syntax](make.frames(1)[0])
    assert declared_size(frame) == (make.ROWS, make.COLUMNS)
    assert declared_size(frame[:8]) is None
    assert declared_size(b"\xff\xd8" + bytes(20)) is None


def test_a_window_shows_its_part_alone() -> None:
    with opened(b"0123456789") as fd:
        part = window(fd, 2, 5)
        assert part.read() == b"23456"
        assert part.seek(-2, os.SEEK_END) == 3
        assert part.read(10) == b"56"
        assert os.lseek(fd, 0, os.SEEK_CUR) == 10  # its own place in the file is not touched


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (bytes(128) + b"DICM", "dicom"),
        (b"\x08\x00\x05\x00CS\x0a\x00ISO_IR 100", "dicom"),
        (b"\x00\x00\x00\x20ftypisom" + bytes(20), "mp4"),
        (b"\x00\x00\x00\x14ftypqt  ", "mp4"),
        (b"\x00\x00\x00\x18ftypheic", "heic"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "avi"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "webp"),
        (b"\x1aE\xdf\xa3" + bytes(8), "matroska"),
        (b"\x00\x00\x01\xba" + bytes(8), "mpeg"),
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"GIF89a", "gif"),
    ],
)
def test_a_file_is_known_by_its_first_bytes(head: bytes, kind: str) -> None:
    with opened(head) as fd:
        assert sniff(fd) == kind


@pytest.mark.parametrize("head", [b"hello world", b"%PDF-1.7", zlib.compress(bytes(900)), b"PK\x03\x04" + bytes(200)])
def test_other_files_are_not_taken(head: bytes) -> None:
    with opened(head) as fd, pytest.raises(Refused, match=r"refused\.not_an_image"):
        sniff(fd)
