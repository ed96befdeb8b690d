"""A new header from the allow-list (PS3.15 Annex E): nothing is copied that has no entry and passes no rule.

The source is read only. UIDs, patient and dates are keyed by a `Keyer`; what fails is dropped and counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from anonymize.dates import shifted
from anonymize.errors import Refused
from anonymize.facts import patient_facts, text_of
from anonymize.keying import Keyer
from anonymize.naming import names_met
from anonymize.parsing import Source
from anonymize.policy import Policy
from anonymize.profile import ALLOWED, Echo, Entry
from anonymize.profile.categories import category, rewritten
from anonymize.profile.rules import flatten, values
from anonymize.profile.tables import concepts, known_name

US_IMAGE: Final = "1.2.840.10008.5.1.4.1.1.6.1"
US_MULTIFRAME: Final = "1.2.840.10008.5.1.4.1.1.3.1"
_ULTRASOUND: Final = frozenset((US_IMAGE, US_MULTIFRAME, "1.2.840.10008.5.1.4.1.1.6", "1.2.840.10008.5.1.4.1.1.3"))
_CAPTURE: Final = frozenset(f"1.2.840.10008.5.1.4.1.1.7{tail}" for tail in ("", ".1", ".2", ".3", ".4"))
_TYPE_2: Final = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyDate",
    "StudyTime",
    "ReferringPhysicianName",
    "StudyID",
    "AccessionNumber",
    "SeriesNumber",
    "Manufacturer",
    "InstanceNumber",
    "PatientOrientation",
    "ImageType",
)
"""Must stand in the object, empty when unknown (PS3.3 A.6, A.7)."""
_SCHEMES: Final = {"SNM3": "SRT", "99SDM": "SRT"}


@dataclass(slots=True)
class Header:
    """The clean header, still without pixels and flags."""

    dataset: Dataset = field(default_factory=Dataset)
    removed: Counter[str] = field(default_factory=Counter)
    kept: int = 0
    facts: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)


def check_class(dataset: Dataset, policy: Policy) -> str | None:
    """None for ultrasound; the code to hold captured screens until a person drew a mask; else `Refused`."""
    uid = text_of(dataset, "SOPClassUID")
    if uid in _ULTRASOUND:
        return None
    maker = known_name("vendors", text_of(dataset, "Manufacturer"))
    if uid not in _CAPTURE or not (maker or text_of(dataset, "Modality") == "US"):
        raise Refused("refused.sop_class")
    return None if policy.mask else "held.secondary_capture"


def patient_value(dataset: Dataset) -> str:
    """What identifies the patient at the source: id and issuer; empty when there is no id."""
    number, issuer = text_of(dataset, "PatientID"), text_of(dataset, "IssuerOfPatientID")
    return f"{number}\0{issuer}" if number else ""


def identities(dataset: Dataset, digest: str) -> dict[str, str]:
    """Source values to be keyed as UIDs; what the file lacks comes from the digest of its bytes."""
    return {
        name: text_of(dataset, keyword) or f"{name}\0{digest}"
        for name, keyword in (
            ("study_uid", "StudyInstanceUID"),
            ("series_uid", "SeriesInstanceUID"),
            ("sop_instance_uid", "SOPInstanceUID"),
        )
    }


def build(source: Source, keyer: Keyer, policy: Policy, digest: str) -> Header:
    """The clean header of a source whose class was looked at before. `digest`: SHA-256 of its bytes in hex."""
    header = Header()
    builder = _Builder(source.dataset, keyer, policy, header)
    builder.level(source.dataset, header.dataset, ALLOWED)
    builder.identify(digest)
    _count_around(source, header.removed)
    header.facts.update(patient_facts(source.dataset))
    for keyword in _TYPE_2:
        if keyword not in header.dataset:
            setattr(header.dataset, keyword, "")
    if _side_is_unknown(source.dataset, header.dataset):
        header.dataset.Laterality = ""
    if "FrameOfReferenceUID" in header.dataset:
        header.dataset.PositionReferenceIndicator = ""
    return header


def _side_is_unknown(source: Dataset, clean: Dataset) -> bool:
    """Whether an empty Laterality belongs into the series (PS3.3 C.7.3.1): it may not stand beside an unpaired part."""
    if "ImageLaterality" in clean or "Laterality" in clean:
        return False
    return "Laterality" in source or not (clean.get("BodyPartExamined") or "AnatomicRegionSequence" in clean)


def _count_around(source: Source, removed: Counter[str]) -> None:
    """What lies outside of the data set."""
    removed["preamble"] += int(bool(source.preamble.strip(b"\0")))
    removed["meta"] += sum(tag > 0x00020016 for tag in source.dataset.file_meta._dict)
    removed["trailing"] += int(source.trailing > 0)
    removed["stray"] += source.stray


class _Builder:
    """Walks the source once; UIDs are keyed in one question at the end."""

    def __init__(self, source: Dataset, keyer: Keyer, policy: Policy, header: Header) -> None:
        self._source, self._keyer, self._policy, self._header = source, keyer, policy, header
        self._echo = Echo.of(source)
        self._uids: list[tuple[Dataset, Entry, list[str]]] = []
        self._offset = self._days()
        self._carry: dict[str, Callable[[Dataset, Entry, Any], bool]] = {
            "sequence": self._sequence,
            "uid": self._uid,
            "date": self._date,
            "empty": self._empty,
        }

    def level(self, source: Dataset, target: Dataset, allowed: dict[int, Entry]) -> None:
        """Carry over what `allowed` allows of one data set or item."""
        for tag in sorted(source.keys()):
            entry = allowed.get(tag)
            if entry is not None:
                self._one(source, target, tag, entry)
            elif not rewritten(tag) or source is not self._source:
                self._drop(tag, source._dict[tag])

    def identify(self, digest: str) -> None:
        """Key all UIDs that were met, the patient and the bytes."""
        header, wanted = self._header, identities(self._source, digest)
        flat = [uid for _, _, uids in self._uids for uid in uids] + list(wanted.values())
        unique = list(dict.fromkeys(flat))
        keyed = dict(zip(unique, self._keyer.key("uid", unique), strict=True))
        for target, entry, uids in self._uids:
            new = [keyed[uid] for uid in uids]
            target.add(DataElement(entry.tag, "UI", new if len(new) > 1 else new[0]))
        header.keys = {name: keyed[value] for name, value in wanted.items()}
        header.dataset.StudyInstanceUID = header.keys["study_uid"]
        header.dataset.SeriesInstanceUID = header.keys["series_uid"]
        header.dataset.SOPInstanceUID = header.keys["sop_instance_uid"]
        patient = patient_value(self._source)
        header.keys["patient"] = self._keyer.key("patient", [patient])[0] if patient else ""
        header.keys["bytes"] = self._keyer.key("bytes", [digest])[0]
        if self._policy.names:
            header.keys["names"] = " ".join(self._keyer.key("name", names_met(self._source)))
        if self._policy.patient == "keyed":
            header.dataset.PatientID = header.keys["patient"][:16]
        if self._policy.sex == "empty":
            header.dataset.PatientSex = ""

    def _one(self, source: Dataset, target: Dataset, tag: BaseTag, entry: Entry) -> None:
        try:
            raw = source._dict[tag].value if entry.kind == "words" else None
            value = source[tag].value
            kept = self._carry.get(entry.kind, self._plain)(target, entry, readable(entry, value, raw))
        except (Refused, MemoryError, RecursionError):
            raise
        except Exception:  # a value that cannot be decoded cannot be judged
            kept = False
        if kept:
            self._header.kept += 1
        else:
            self._drop(tag, source._dict[tag])

    def _plain(self, target: Dataset, entry: Entry, value: Any) -> bool:
        """A value that its rule judges. True when something was kept or when there was nothing."""
        there = values(value)
        if not there:
            return True
        kept = entry.rule(value)
        if kept is None or self._echo.heard(kept):
            return False
        many = list(flatten(kept))
        said = [one for one in many if one != ""]
        if entry.vr in ("DS", "IS"):
            many = [str(one) for one in many]
        target.add(DataElement(entry.tag, entry.vr, many if len(many) > 1 else many[0]))
        if len(said) < len(there) or (said != there and entry.action == "C"):
            self._header.removed[category(BaseTag(entry.tag), entry.vr)] += 1
        return True

    def _sequence(self, target: Dataset, entry: Entry, value: Any) -> bool:
        items = []
        for item in value:
            new = self._code(item, entry) if "CodeValue" in _keywords(entry) else Dataset()
            if new is not None:
                self.level(item, new, {tag: one for tag, one in entry.children.items() if one.kind != "code"})
                if len(new) and entry.needed <= new.keys():
                    items.append(new)
        if items:
            target.add(DataElement(entry.tag, "SQ", items))
        return bool(items) or not value

    def _code(self, item: Dataset, entry: Entry) -> Dataset | None:
        """A coded concept (PS3.3 8.8), written from our own table; None when it does not stand there."""
        use = next(one.spec for one in entry.children.values() if one.keyword == "CodeValue").partition(" ")[2]
        scheme = str(item.get("CodingSchemeDesignator", "")).strip()
        scheme, code = _SCHEMES.get(scheme, scheme), str(item.get("CodeValue", "")).strip()
        meaning = concepts(use).get((scheme, code))
        if meaning is None:
            return None
        new = Dataset()
        new.CodeValue, new.CodingSchemeDesignator, new.CodeMeaning = code, scheme, meaning
        return new

    def _uid(self, target: Dataset, entry: Entry, value: Any) -> bool:
        uids = [str(one).strip() for one in values(value)]
        if uids:
            target.add(DataElement(entry.tag, "UI", ""))  # holds the place until `identify`
            self._uids.append((target, entry, uids))
        return True

    def _empty(self, target: Dataset, entry: Entry, value: Any) -> bool:
        target.add(DataElement(entry.tag, entry.vr, [] if entry.vr == "SQ" else ""))
        return not values(value)

    def _date(self, target: Dataset, entry: Entry, value: Any) -> bool:
        """The shifted day, without the time; dropped unless the policy asks for it."""
        day = shifted(str(value or ""), self._offset)
        if day is None:
            return not value
        target.add(DataElement(entry.tag, entry.vr, day))
        return True

    def _days(self) -> int:
        """One offset per patient: by number, else by name and birth date; a file without either has its study's."""
        if self._policy.dates != "shift":
            return 0
        value = patient_value(self._source) or _named(self._source) or text_of(self._source, "StudyInstanceUID")
        return int(self._keyer.key("shift", [value])[0]) if value else 0

    def _drop(self, tag: BaseTag, element: Any) -> None:
        self._header.removed[category(tag, element.VR or "UN")] += 1
        if isinstance(element, DataElement) and element.VR == "SQ":
            for item in element.value:
                for inner, nested in item._dict.items():
                    self._drop(inner, nested)


def readable(entry: Entry, value: Any, raw: Any) -> Any:
    """A description as its character set says, else as UTF-8 or Latin-1 when only those give known words."""
    if not isinstance(raw, bytes) or raw.isascii() or entry.rule(value) is not None:
        return value
    guesses = [text for text in (_decoded(raw, "utf-8"), _decoded(raw, "latin-1")) if text]
    return next((text for text in guesses if entry.rule(text) is not None), value)


def _decoded(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding).strip(" \0")
    except UnicodeDecodeError:
        return None


def _named(dataset: Dataset) -> str:
    name, birth = text_of(dataset, "PatientName"), text_of(dataset, "PatientBirthDate")
    return f"{name}\0{birth}" if name and birth else ""


def _keywords(entry: Entry) -> set[str]:
    return {one.keyword for one in entry.children.values() if one.kind == "code"}
