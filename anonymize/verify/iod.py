"""Is the candidate a valid ultrasound object, and are its flags true? Rules as data (PS3.3 A.6, A.7; PS3.15 E.1).

Types: 1 present with a value; 2 present, may be empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pydicom.datadict import tag_for_keyword

from .allowed import CODES_7050, NATIVE, ULTRASOUND_IMAGE, ULTRASOUND_MULTIFRAME, VIDEO
from .codes import Problem
from .elements import Judged
from .rules import Value, Values
from .walk import Walked, name


def _list(names: str) -> list[str]:
    return names.split()


TYPE_1: Final = _list("""
    SOPClassUID SOPInstanceUID StudyInstanceUID SeriesInstanceUID Modality SamplesPerPixel
    PhotometricInterpretation Rows Columns BitsAllocated BitsStored HighBit PixelRepresentation PixelData
""")
TYPE_2: Final = _list("""
    PatientName PatientID PatientBirthDate PatientSex StudyDate StudyTime ReferringPhysicianName StudyID
    AccessionNumber SeriesNumber Manufacturer InstanceNumber ImageType
""")
META_1: Final = _list("""
    FileMetaInformationVersion MediaStorageSOPClassUID MediaStorageSOPInstanceUID TransferSyntaxUID
    ImplementationClassUID
""")
REGION_1: Final = _list("""
    RegionSpatialFormat RegionDataType RegionFlags RegionLocationMinX0 RegionLocationMinY0 RegionLocationMaxX1
    RegionLocationMaxY1 PhysicalUnitsXDirection PhysicalUnitsYDirection PhysicalDeltaX PhysicalDeltaY
""")
_PALETTE = [f"{c}PaletteColorLookupTable{part}" for c in ("Red", "Green", "Blue") for part in ("Descriptor", "Data")]
REGIONS: Final = 0x00186011
METHOD_CODES: Final = 0x00120064


@dataclass(frozen=True, slots=True)
class Facts:
    """What the root of the object says, by keyword."""

    values: Mapping[int, Values]
    present: frozenset[int]

    def all(self, keyword: str) -> Values:
        return self.values.get(tag_of(keyword), ())

    def one(self, keyword: str) -> Value:
        """The first value, or an empty text."""
        return next(iter(self.all(keyword)), "")

    def count(self, keyword: str) -> int:
        value = self.one(keyword)
        return int(value) if value != "" else 0


CONDITIONS: Final[tuple[tuple[Callable[[Facts], bool], tuple[str, ...]], ...]] = (
    (lambda f: f.one("SOPClassUID") in ULTRASOUND_MULTIFRAME, ("NumberOfFrames", "FrameIncrementPointer")),
    (lambda f: 0x00181063 in f.all("FrameIncrementPointer"), ("FrameTime",)),
    (lambda f: 0x00181065 in f.all("FrameIncrementPointer"), ("FrameTimeVector",)),
    (lambda f: f.count("SamplesPerPixel") > 1, ("PlanarConfiguration",)),
    (lambda f: f.one("PhotometricInterpretation") == "PALETTE COLOR", tuple(_PALETTE)),
)
"""Type 1C: where the condition holds, the attributes must have a value."""

CONFLICTS: Final[tuple[tuple[str, Callable[[Facts], bool]], ...]] = (
    ("SamplesPerPixel", lambda f: f.count("SamplesPerPixel") != _samples(f)),
    ("HighBit", lambda f: f.count("HighBit") != f.count("BitsStored") - 1),
    ("BitsStored", lambda f: f.count("BitsStored") > f.count("BitsAllocated")),
    ("PixelRepresentation", lambda f: f.one("PixelRepresentation") != 0),
    ("NumberOfFrames", lambda f: f.one("SOPClassUID") in ULTRASOUND_IMAGE and f.count("NumberOfFrames") > 1),
    ("FrameTimeVector", lambda f: bool(f.all("FrameTimeVector")) and len(f.all("FrameTimeVector")) != frames(f)),
    ("SOPClassUID", lambda f: f.one("SOPClassUID") != f.one("MediaStorageSOPClassUID")),
    ("SOPInstanceUID", lambda f: f.one("SOPInstanceUID") != f.one("MediaStorageSOPInstanceUID")),
)


def tag_of(keyword: str) -> int:
    """The tag of a standard attribute."""
    tag = tag_for_keyword(keyword)
    if tag is None:
        raise KeyError(keyword)
    return tag


def frames(facts: Facts) -> int:
    """Frames declared; one when the attribute is absent."""
    return facts.count("NumberOfFrames") or 1


def _samples(facts: Facts) -> int:
    return 1 if str(facts.one("PhotometricInterpretation")).startswith(("MONOCHROME", "PALETTE")) else 3


def gather(judged: list[Judged], walked: Walked) -> Facts:
    """Root and file meta."""
    values = {item.element.tag: item.values for item in judged if not item.element.parent}
    return Facts(values, frozenset(e.tag for e in walked.elements if not e.parent))


def check(facts: Facts, judged: list[Judged], walked: Walked) -> Iterator[Problem]:
    """All rules of this module."""
    if facts.one("SOPClassUID") not in (*ULTRASOUND_IMAGE, *ULTRASOUND_MULTIFRAME):
        yield Problem("iod.class", name(tag_of("SOPClassUID")))
    yield from _required(facts, [*TYPE_1, *META_1], empty_too=False)
    yield from _required(facts, TYPE_2, empty_too=True)
    for condition, keywords in CONDITIONS:
        if condition(facts):
            yield from _required(facts, list(keywords), empty_too=False)
    for keyword, conflict in CONFLICTS:
        if conflict(facts):
            yield Problem("iod.conflict", name(tag_of(keyword)))
    yield from _regions(walked)
    yield from _coding(facts, walked)
    yield from _flags(facts, judged)


def _required(facts: Facts, keywords: list[str], *, empty_too: bool) -> Iterator[Problem]:
    for tag in map(tag_of, keywords):
        if tag not in facts.present:
            yield Problem("iod.missing", name(tag))
        elif not empty_too and tag in facts.values and all(value == "" for value in facts.values[tag]):
            yield Problem("iod.empty", name(tag))


def _regions(walked: Walked) -> Iterator[Problem]:
    """Every region has its type 1 attributes (C.8.5.5) and lies on the screen."""
    items: dict[str, set[int]] = {}
    for element in walked.elements:
        if element.parent.startswith(name(REGIONS)):
            items.setdefault(element.parent, set()).add(element.tag)
    for path, tags in items.items():
        for tag in (tag_of(keyword) for keyword in REGION_1):
            if tag not in tags:
                yield Problem("iod.missing", f"{path}/{name(tag)}")


def _coding(facts: Facts, walked: Walked) -> Iterator[Problem]:
    """Native pixel data are of exactly the declared size; the others are in fragments (PS3.5 8.2, A.4)."""
    element = walked.root(tag_of("PixelData"))
    if element is None:
        return
    native = facts.one("TransferSyntaxUID") in NATIVE
    if native is bool(walked.fragments) or (native and element.length != native_bytes(facts)):
        yield Problem("iod.conflict", element.path)
    if facts.one("TransferSyntaxUID") in VIDEO and facts.one("LossyImageCompression") != "01":
        yield Problem("iod.conflict", name(tag_of("LossyImageCompression")))


def native_bytes(facts: Facts) -> int:
    """Bytes of uncompressed pixel data, padded to even (PS3.5 8.1.1); 4:2:2 holds two samples a pixel."""
    samples = 2 if facts.one("PhotometricInterpretation") == "YBR_FULL_422" else facts.count("SamplesPerPixel")
    size = facts.count("Rows") * facts.count("Columns") * samples * facts.count("BitsAllocated") // 8 * frames(facts)
    return size + size % 2


def _flags(facts: Facts, judged: list[Judged]) -> Iterator[Problem]:
    """Identity removed, by the basic profile with cleaned pixel data; nothing burned in."""
    codes = {
        str(item.values[0]): item.element.parent
        for item in judged
        if item.element.parent.startswith(name(METHOD_CODES))
        and item.element.tag == tag_of("CodeValue")
        and item.values
    }
    if facts.one("PatientIdentityRemoved") != "YES" or not {"113100", "113101"} <= codes.keys():
        yield Problem("flag.identity_removed", name(tag_of("PatientIdentityRemoved")))
    meanings = {item.element.parent: item.values for item in _methods(judged, "CodeMeaning")}
    if any(meanings.get(parent) != (CODES_7050[code],) for code, parent in codes.items()):
        yield Problem("iod.conflict", name(METHOD_CODES))
    if facts.one("BurnedInAnnotation") != "NO":
        yield Problem("flag.burned_in", name(tag_of("BurnedInAnnotation")))


def _methods(judged: list[Judged], keyword: str) -> list[Judged]:
    tag = tag_of(keyword)
    return [item for item in judged if item.element.tag == tag and item.element.parent.startswith(name(METHOD_CODES))]
