"""What identifies the patient in a source, by the second look's own rules: all that is not technical."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from pydicom.charset import decode_bytes
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from anonymize.parsing import quiet, read_dataset, sniff
from anonymize.policy import Limits

from . import spellings
from .allowed import META, ROOT, Items, Table
from .films import metadata
from .opened import descriptor
from .rules import Rule
from .streams import APP0, SOS, BrokenStream, jpeg_segments
from .words import CONTAINER_WORDS

TEXT: Final = frozenset({"AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT", "AS"})
NUMERIC: Final = frozenset({"DS", "IS"})
READABLE: Final = TEXT | NUMERIC | {"DA", "DT", "TM", "UI"}
UNSPLIT: Final = frozenset({"LT", "ST", "UT", "UR"})
PIXELS: Final = frozenset({0x7FE00010, 0x00281201, 0x00281202, 0x00281203, 0x00281221, 0x00281222, 0x00281223})
STATIONS: Final = frozenset({0x00081010, 0x00400010, 0x00400242})
"""Station names: often the model, with a number of the hospital behind it."""
OWN_SOFTWARE: Final = frozenset({0x00020000, 0x00020001, 0x00020010, 0x00020012, 0x00020013})
"""File meta that names software and coding only."""
DELIMITERS: Final = {0x5C, 0x5E, 0x3D}
"""Backslash, caret, equals sign: ISO 2022 returns to the first character set behind them (PS3.5 6.1.2.5.3)."""
NAME_PART, TEXT_PART, HIDDEN_PART = 2, 3, 5
"""Shortest part of a person's name, of a public text, of private or hidden bytes that counts as identifying."""
LONGEST_BINARY = 1 << 18
LONGEST_HEAD = 1 << 16
MOST = 20_000

_STRINGS: Final = (re.compile(rb"[\x20-\x7e\xc0-\xff]{5,}"), re.compile(rb"(?:[\x20-\x7e]\0){5,}"))
_UID: Final = re.compile(r"[0-2](?:\.\d+){3,}")
_CHARACTER_SET: Final = re.compile(r"(?:ISO[_ -](?:2022 )?IR[ _]?\d{0,3}|GB18030|GBK|)")
_DIGITS: Final = re.compile(r"\d{5,}")


@dataclass(slots=True, repr=False)
class Identifiers:
    """Identifying values of one source. Never shown, never stored."""

    texts: set[str] = field(default_factory=set)
    """Lower case."""
    people: set[str] = field(default_factory=set)
    """Those of `texts` that name a person."""
    hidden: set[str] = field(default_factory=set)
    """From private elements, preamble, trailing bytes: weaker, technical words taken out."""
    raw: set[bytes] = field(default_factory=set)
    """As they stood in the source, in its character set, where that is not plain ASCII."""
    uids: set[str] = field(default_factory=set)
    stations: set[str] = field(default_factory=set)
    """Names of a device in the hospital: weaker, what its model and maker say taken out."""
    technical: set[str] = field(default_factory=set)

    def __repr__(self) -> str:
        return f"Identifiers({len(self.texts) + len(self.hidden) + len(self.uids)})"

    @classmethod
    def from_dataset(cls, dataset: Dataset, *, preamble: bytes = b"", trailing: bytes = b"") -> Identifiers:
        """Everything identifying in a data set with its file meta, at every depth."""
        found = cls()
        with quiet():
            _gather(found, getattr(dataset, "file_meta", Dataset()), META)
            _gather(found, dataset, ROOT)
        found.add_bytes(preamble)
        found.add_bytes(trailing)
        return found

    @classmethod
    def from_file(cls, source: BinaryIO, limits: Limits) -> Identifiers:
        """From a file of any kind that the cleaner takes. Raises `anonymize.errors.Refused`."""
        with descriptor(source) as opened:
            kind = sniff(opened.fileno())
            if kind != "dicom":
                return cls.from_media(opened.data, kind)
            read = read_dataset(opened.fileno(), limits)
            trailing = opened.tail(min(read.trailing, LONGEST_BINARY))
            found = cls.from_dataset(read.dataset, preamble=read.preamble, trailing=trailing)
            for start, length in read.fragments.places if read.fragments else ():
                found.add_frame(bytes(opened.data[start : start + min(length, LONGEST_HEAD)]))
        return found

    @classmethod
    def from_media(cls, data: memoryview, kind: str) -> Identifiers:
        """From a film or picture outside DICOM: everything but the coded frames, as far as the container tells."""
        found = cls()
        if kind == "jpeg":
            found.add_frame(bytes(data[:LONGEST_HEAD]))
        elif kind == "mp4":
            with suppress(ValueError):
                for body in metadata(bytes(data)):
                    found.add_bytes(body)
            found.hidden -= CONTAINER_WORDS
        else:
            found.add_bytes(bytes(data[: LONGEST_HEAD // 4]))
        return found

    def names(self) -> set[str]:
        """Texts to search for."""
        return self.texts | ((self.hidden | self.stations) - self.technical)

    def numbers(self) -> set[str]:
        """Runs of digits to search for in numbers and UIDs."""
        return {run for text in self.names() for run in _DIGITS.findall(text)}

    def add_bytes(self, value: bytes) -> None:
        """Printable strings of binary or hidden bytes."""
        if len(self.hidden) > MOST:
            return
        for number, pattern in enumerate(_STRINGS):
            for run in pattern.findall(value[:LONGEST_BINARY]):
                text = run.decode("utf-16-le" if number else "latin-1")
                self.hidden.update(spellings.parts(text, HIDDEN_PART))
                self.uids.update(uid for uid in _UID.findall(text) if _personal_uid(uid))

    def add_frame(self, frame: bytes) -> None:
        """What a JPEG frame says before its first scan, beside its tables."""
        with suppress(BrokenStream, IndexError):
            for segment in jpeg_segments(frame):
                if segment.kind == SOS:
                    return
                if segment.kind >= APP0:
                    self.add_bytes(segment.payload)

    def add_text(self, text: str) -> None:
        """A public text and its parts."""
        self.texts.update(spellings.parts(text, TEXT_PART))

    def add_person(self, text: str) -> None:
        """A person's name in all component groups (PS3.5 6.2.1)."""
        for part in (text, *re.split(r"[\^=]+", text)):
            self.people.update(spellings.parts(part, NAME_PART))
        self.texts |= self.people


def _gather(found: Identifiers, dataset: Dataset, table: Table) -> None:
    """`table`: the rules of this level, by which technical values are told from identifying ones."""
    for tag, element in list(dataset._dict.items()):
        rule = table.get(tag)
        if tag in PIXELS or tag in OWN_SOFTWARE or len(found.texts) > MOST:
            continue
        if element.VR == "SQ" and isinstance(element, DataElement):
            for item in element.value:
                _gather(found, item, rule.table if isinstance(rule, Items) else {})
        else:
            _element(found, dataset, element, rule if isinstance(rule, Rule) else None)


def _element(found: Identifiers, dataset: Dataset, element: DataElement | RawDataElement, rule: Rule | None) -> None:
    raw = element.value if isinstance(element.value, bytes) else b""
    vr = str(element.VR or "UN")
    values = [value.strip(" \0\r\n\t") for value in _texts(dataset, element)] if _is_text(element, vr, raw) else []
    if element.tag.is_private or vr not in READABLE:
        found.add_bytes(raw)
        found.hidden.update(part for value in values for part in spellings.parts(value, HIDDEN_PART))
        return
    personal = [value for value in values if not _technical(element.tag, value, rule)]
    found.technical.update(part for value in set(values) - set(personal) for part in spellings.parts(value, TEXT_PART))
    if personal and any(byte > 0x7F or byte == 0x1B for byte in raw):
        found.raw.update(part for part in re.split(rb"[\\^= ]+", raw) if len(part) >= NAME_PART * 2)
    for value in personal:
        if vr == "AE" or element.tag in STATIONS:
            found.stations.update(spellings.parts(value, TEXT_PART))
        else:
            foreign = rule.foreign(value) if rule and vr in TEXT else value
            _value(found, foreign, vr)
            if foreign != value:
                found.technical.update({*spellings.parts(value, TEXT_PART)} - {*spellings.parts(foreign, 1)})


def _is_text(element: DataElement | RawDataElement, vr: str, raw: bytes) -> bool:
    """Private values still in bytes are searched for printable strings instead."""
    return not raw or not (element.tag.is_private or vr not in READABLE)


def _texts(dataset: Dataset, element: DataElement | RawDataElement) -> list[str]:
    """The values by the declared character set; also those of an element that was decoded before."""
    value = element.value
    if isinstance(value, bytes):
        encodings = dataset.original_character_set or ["iso8859"]
        value = decode_bytes(value, [encodings] if isinstance(encodings, str) else list(encodings), DELIMITERS)
    if isinstance(value, MultiValue):
        return [str(one) for one in value]
    return [] if value is None else [str(value)] if element.VR in UNSPLIT else str(value).split("\\")


def _technical(tag: int, value: str, rule: Rule | None) -> bool:
    """A value of picture or device that keeps to its rule says nothing about a person."""
    if tag == 0x00080005:
        return bool(_CHARACTER_SET.fullmatch(value))
    return rule is not None and not rule.personal and rule.check((value,))


def _value(found: Identifiers, value: str, vr: str) -> None:
    if vr == "UI":
        if _personal_uid(value):
            found.uids.add(value)
    elif vr == "PN":
        found.add_person(value)
    elif vr in NUMERIC:
        found.texts.update(_DIGITS.findall(value))
    elif vr in ("DA", "DT", "TM"):
        found.texts.update(spellings.dates(value) if vr != "TM" else spellings.times(value))
        found.texts.update(spellings.times(value[8:]) if vr == "DT" else ())
    else:
        found.add_text(value)


def _personal_uid(uid: str) -> bool:
    """Not one of the standard's own."""
    return bool(uid) and not uid.startswith("1.2.840.10008.")
