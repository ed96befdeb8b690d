"""The allow-list against PS3.15, and its value rules."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from dicomanonymizer.dicom_anonymization_databases import dicomfields_2026c
from pydicom import Dataset
from pydicom._dicom_dict import DicomDictionary
from pydicom.dataelem import DataElement
from pydicom.dataset import FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.valuerep import DSfloat

from anonymize.header import build
from anonymize.keying import SecretKeyer
from anonymize.parsing import Source, quiet
from anonymize.policy import Policy
from anonymize.profile import ALLOWED, Entry
from anonymize.profile.annex_e import Row, table
from anonymize.profile.rules import rule
from anonymize.profile.tables import known_name
from deploy import benchmarks

DEVICES = [
    line
    for line in Path(benchmarks.__file__).with_name("devices.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
OPTIONS_USED = {"descriptors", "modified_dates", "patient", "device", "uids"}


def entries(level: dict[int, Entry] = ALLOWED) -> Iterator[Entry]:
    for entry in level.values():
        yield entry
        yield from entries(entry.children)


def test_the_table_of_the_standard_is_whole() -> None:
    rows = table()
    assert len(rows) == 656
    assert len({row.tag for row in rows}) == 656
    data = files("anonymize.profile").joinpath("data", "ps3_15.tsv").read_bytes()
    assert hashlib.sha256(data).hexdigest() == "8b9bf5d06078e0504e40fc2f3f5d314b2cc522af00e177977d66d1d49ce609fd"


@pytest.mark.parametrize("row", table(), ids=lambda row: row.tag)
def test_each_row_is_removed_replaced_or_kept_under_a_stated_option(row: Row) -> None:
    if not all(c in "0123456789ABCDEF" for c in row.tag):
        return  # repeating groups and private elements: no entry can name them
    for entry in (one for one in entries() if one.tag == int(row.tag, 16)):
        if entry.action == "K":
            kept = {name for name, action in row.options.items() if action == "K"}
            assert kept & OPTIONS_USED or row.basic == "K", "kept against the standard"
        elif entry.action == "C":
            assert set(row.options) & OPTIONS_USED, "cleaned without an option"
        elif entry.action == "S":
            assert row.options.get("modified_dates") == "C"
        elif entry.action == "U":
            assert row.basic.startswith("U")
        else:
            assert entry.action == "Z"
            assert "Z" in row.basic or row.basic == "D"


def test_every_entry_has_a_rule_that_ends_and_a_reason() -> None:
    for entry in entries():
        assert entry.reason
        assert entry.vr not in ("UN", "OB", "OW", "UT", "LT", "ST", "UC", "UR", "PN", "AE") or entry.action == "Z"
        assert bool(entry.children) == (entry.kind == "sequence")
        assert entry.needed <= entry.children.keys()


CANARIES = ["QZXWVKJT", "48213377", "482133770", "DOE^JANE", "20190417", "1.2.826.0.1.3680043.10.99", "<img onerror=x>"]


@pytest.mark.parametrize("entry", list(entries()), ids=lambda entry: entry.keyword)
def test_no_canary_passes_a_rule(entry: Entry) -> None:
    if entry.kind in ("uid", "date", "empty", "sequence", "code"):
        return  # never copied: keyed, shifted, emptied, or written from our own tables
    for canary in CANARIES:
        assert entry.rule(canary) is None
        assert entry.rule([canary, canary]) is None
        number = canary.isdigit() and entry.rule(float(canary))
        assert not number
        precise = float(f"0.{canary}") if canary.isdigit() else None
        assert precise is None or canary not in str(entry.rule(precise)).replace(".", "")


def test_each_row_planted_in_a_file_is_gone_or_changed() -> None:
    """The builder itself, not its table: every row that can hold text holds a canary, at the top and in an item."""
    tags = [int(row.tag, 16) for row in table() if re.fullmatch("[0-9A-F]{8}", row.tag)]
    planted = [tag for tag in tags if tag in DicomDictionary and DicomDictionary[tag][0] in TEXTS and tag >> 16 > 2]
    source = canaries(planted)
    source.SourceImageSequence = Sequence([canaries(planted)])
    source.file_meta = FileMetaDataset()
    with quiet():
        found = build(Source(source), SecretKeyer(b"k" * 32), Policy(), "d" * 64)
    assert len(planted) > 300
    assert CANARY.casefold() not in found.dataset.to_json().casefold()
    assert sum(found.removed.values()) >= 2 * len(planted) - 20


CANARY = "QZXWVKJT"
TEXTS = ("AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT")


def canaries(tags: list[int]) -> Dataset:
    ds = Dataset()
    with quiet():
        for tag in tags:
            ds.add(DataElement(tag, DicomDictionary[tag][0], CANARY))
    return ds


@pytest.mark.parametrize("line", DEVICES)
def test_devices_in_use_keep_their_names(line: str) -> None:
    maker, model, version, probe, _ = line.split("\t")
    assert (known_name("vendors", maker), known_name("models", model)) == (maker, model)
    assert (known_name("probes", probe), rule("versions")(version)) == (probe, [version])


@pytest.mark.parametrize(
    ("table_name", "text", "kept"),
    [
        ("models", "VividE95", "VividE95"), ("models", "Philips Lumify", "Philips Lumify"),
        ("models", "Vivid E97N Pro", "Vivid E97N Pro"), ("models", "Vivid Smith", "Vivid"),
        ("models", "Vivid E95 of St. Anna", "Vivid E95"), ("models", "Vivid 482133", "Vivid"),
        ("models", "Vivid 482 133", "Vivid 482"), ("models", "Smith 12", None), ("models", "QZ1234", None),
        ("probes", "C6-2", "C6-2"), ("probes", "C60-21 Smith", "C60"), ("probes", "L12345", None),
        ("probes", "Lumify L12-4", "Lumify L12-4"), ("vendors", "Philips of Smith", "Philips"),
    ],
)  # fmt: skip
def test_names_beside_the_listed_ones(table_name: str, text: str, kept: str | None) -> None:
    assert known_name(table_name, text) == kept


@pytest.mark.parametrize(
    ("spec", "value", "kept"),
    [
        ("enum M F O", "f ", "F"),
        ("enum M F O", "Male", None),
        ("sex", "Male", "M"),
        ("sex", "f ", "F"),
        ("sex", "Malin", None),
        ("int 0..99", "07", 7),
        ("int 0..99", "100", None),
        ("int 0..99", "7.5", None),
        ("float 0..100", 33.3333333, 33.3333),
        ("float 0..20 .2", 12.75574449, 12.76),
        ("float 0..20 .2", DSfloat("0.60"), "0.60"),
        ("float 0..20 .2", DSfloat("0.173772"), "0.17"),
        ("floats 0..600 2 .2", [1.2, 33.4567], [1.2, 33.46]),
        ("floats 0..600 2 .2", [1.0, 2.0, 3.0], None),
        ("float 0..100", float("nan"), None),
        ("float 0..100", "abc", None),
        ("floats 0..100", [1.0, 2.0], [1.0, 2.0]),
        ("floats 0..100", [1.0, 200.0], None),
        ("floats 0..100 2", [1.0, 2.0], [1.0, 2.0]),
        ("floats 0..100 2", [1.0, 2.0, 3.0], None),
        ("bits", 0xFF00, 0xFF00),
        ("bits", 0xF0F0, None),
        ("words", "US KIDNEY left", "US KIDNEY left"),
        ("words", "kidney of Smith", None),
        ("words", "kidney <b>", None),
        ("words", "", None),
        ("table vendors", "GE Healthcare", ["GE Healthcare"]),
        ("table vendors", "St. Anna Hospital", None),
        ("table models", "Vivid E95 at St. Anna", ["Vivid E95"]),
        ("table probes", ["C5-1", "QZXWVKJT", ""], ["C5-1", "", ""]),
        ("versions", ["204.50.2", "built by Smith"], ["204.50.2", ""]),
        ("versions", "EPIQ 5G_1.5.6.850", ["EPIQ 5G_1.5.6.850"]),
        ("versions", "51.80.108.012", ["51.80.108.012"]),
        ("versions", "V6.0*R001", ["V6.0*R001"]),
        ("versions", "LOGIQE9:R5.1.0", ["LOGIQE9:R5.1.0"]),
        ("versions", "48213.377.1", None),
        ("versions", "12.3.1954", None),
        ("versions", "EPIQ 5G_1.12.2003", None),
        ("versions", "482.1337.7482.1337.7", None),
        ("power", "85 %", "85 %"),
        ("power", "-3.5 dB", "-3.5 dB"),
        ("power", "Smith", None),
        ("image_type A|B", ["ORIGINAL", "PRIMARY", "B", "0001"], ["ORIGINAL", "PRIMARY", "B"]),
        ("image_type A|B", ["ORIGINAL", "PRIMARY", "SMITH"], ["ORIGINAL", "PRIMARY"]),
        ("image_type A|B", ["SMITH", "PRIMARY", "A"], None),
        ("image_type A|B", ["ORIGINAL", "PRIMARY", "", "0001"], ["ORIGINAL", "PRIMARY"]),
        ("image_type A|B", ["ORIGINAL", "PRIMARY", "small parts"], ["ORIGINAL", "PRIMARY", "SMALL PARTS"]),
        ("pointer", 0x00181063, 0x00181063),
        ("pointer", 0x00100010, None),
        ("sop_class", "1.2.840.10008.5.1.4.1.1.6.1", "1.2.840.10008.5.1.4.1.1.6.1"),
        ("sop_class", "1.2.840.10008.1.2", None),
        ("sop_class", "1.2.3", None),
    ],
)
def test_a_rule_keeps_what_it_says(spec: str, value: object, kept: object) -> None:
    assert rule(spec)(value) == kept


def test_known_names_are_found_within_longer_texts() -> None:
    assert known_name("vendors", "philips-medical_systems") == "philips-medical_systems"
    assert known_name("models", "EPIQ 7C (room of Dr. Doe)") == "EPIQ 7C"
    assert known_name("models", "room of Dr. Doe") is None


def test_the_table_covers_the_newest_edition_to_be_had() -> None:
    ours = {row.tag for row in table()}
    theirs = {"".join(f"{part:04X}" for part in tag[:2]) for tag in dicomfields_2026c.ALL_TAGS if len(tag) == 2}
    assert len(theirs) > 600
    assert theirs <= ours


def test_the_actions_are_those_of_the_newest_edition() -> None:
    ours = {row.tag: row.basic for row in table()}
    lists = {
        name.removesuffix("_TAGS").replace("_STAR", "*").replace("_", "/"): getattr(dicomfields_2026c, name)
        for name in dir(dicomfields_2026c)
        if name.endswith("_TAGS") and name != "ALL_TAGS"
    }
    theirs = {"".join(f"{part:04X}" for part in tag): action for action, tags in lists.items() for tag in tags
              if len(tag) == 2}  # fmt: skip
    assert len(theirs) == 652  # and three repeating groups
    assert {tag: (action, ours.get(tag)) for tag, action in theirs.items() if ours.get(tag) != action} == {}
