"""QIDO-RS: PS3.18 10.6, its query parameters 8.3.4, required keys and attributes (tables 10.6.1-5, 10.6.3-3 to -5)."""

from __future__ import annotations

from typing import Final

from .asking import INSTANCE, JSON, SERIES, STUDY, XML, Server, first, rules, uids

STUDY_KEYS: Final = (
    "StudyDate=20200101-20201231", "StudyTime=08-12", "AccessionNumber=A1", "ModalitiesInStudy=US",
    "ReferringPhysicianName=A*", "PatientName=A*", "PatientID=1", "StudyID=1",
)  # fmt: skip
SERIES_KEYS: Final = (
    "Modality=US", "SeriesNumber=1", "PerformedProcedureStepStartDate=20200101", "PerformedProcedureStepStartTime=08",
    "RequestAttributesSequence.ScheduledProcedureStepID=1", "RequestAttributesSequence.RequestedProcedureID=1",
)  # fmt: skip
STUDY_TOLD: Final = (
    "00080005", "00080020", "00080030", "00080050", "00080061", "00080090", "00081190", "00100010", "00100020",
    "00100030", "00100040", "0020000D", "00200010", "00201206", "00201208",
)  # fmt: skip
SERIES_TOLD: Final = ("00080060", "0020000E", "00200011", "00201209", "00081190")
INSTANCE_TOLD: Final = (
    "00080016", "00080018", "00200013", "00280010", "00280011", "00280100", "00280008", "00081190",
)  # fmt: skip
RETRIEVE: Final = "00081190"


def told(server: Server, path: str, tags: tuple[str, ...]) -> bool:
    found = server.ask(path).json()
    return bool(found) and all(tag in each for each in found for tag in tags)


def ok(server: Server, path: str, *statuses: int) -> bool:
    return server.ask(path).status in (statuses or (200,))


def none_refused(server: Server, path: str, keys: tuple[str, ...]) -> bool:
    return all(ok(server, f"{path}?{key}&limit=1", 200, 204) for key in keys)


def pages(server: Server) -> bool:
    whole = uids(server.ask("/instances?limit=6"), INSTANCE)
    halves = [uids(server.ask(f"/instances?limit=3&offset={offset}"), INSTANCE) for offset in (0, 3)]
    return halves[0] + halves[1] == whole


def resolves(server: Server) -> bool:
    (found,) = server.ask(f"/studies?StudyInstanceUID={server.uid()}").json()
    return bool(first(found, RETRIEVE).endswith(server.study)) and server.ask(f"{server.study}/metadata").status == 200


def counts(server: Server) -> bool:
    (found,) = server.ask(f"/studies?StudyInstanceUID={server.uid()}").json()
    instances = server.ask(f"{server.study}/instances").json()
    return bool(first(found, "00201208") == len(instances))


RULES = rules(
    ("must", "10.6.1", "studies can be searched", lambda s: ok(s, "/studies?limit=1")),
    ("must", "10.6.1", "series can be searched", lambda s: ok(s, "/series?limit=1")),
    ("must", "10.6.1", "instances can be searched", lambda s: ok(s, "/instances?limit=1")),
    ("must", "10.6.1", "series of a study", lambda s: s.uid(SERIES) in uids(s.ask(f"{s.study}/series"), SERIES)),
    ("must", "10.6.1", "instances of a study",
     lambda s: s.uid(INSTANCE) in uids(s.ask(f"{s.study}/instances"), INSTANCE)),
    ("must", "10.6.1", "instances of a series",
     lambda s: s.uid(INSTANCE) in uids(s.ask(f"{s.series}/instances"), INSTANCE)),
    ("must", "10.6.3.1", "no match is 204 without a body",
     lambda s: (a := s.ask("/studies?StudyInstanceUID=1.2.3")).status == 204 and not a.body),
    ("must", "10.6.4", "JSON for who accepts anything", lambda s: s.ask("/studies?limit=1", "*/*").kind == JSON),
    ("must", "10.6.4", "XML in parts for who asks for it",
     lambda s: [kind.partition(";")[0] for kind, _ in s.ask("/studies?limit=2", XML).parts()]
     == ["application/dicom+xml"] * 2),
    ("must", "8.7.5", "406 for a media type that is not there",
     lambda s: s.ask("/studies?limit=1", "text/csv").status == 406),
    ("must", "8.3.4.1", "a key by its keyword",
     lambda s: uids(s.ask(f"/studies?StudyInstanceUID={s.uid()}")) == [s.uid()]),
    ("must", "8.3.4.1", "a key by its tag", lambda s: uids(s.ask(f"/studies?0020000D={s.uid()}")) == [s.uid()]),
    ("must", "8.3.4.1", "a list of UIDs by commas",
     lambda s: uids(s.ask(f"/studies?StudyInstanceUID=1.2.3,{s.uid()}")) == [s.uid()]),
    ("must", "8.3.4.1", "an empty key matches everything", lambda s: ok(s, "/studies?PatientID=&limit=1")),
    ("must", "8.3.4.2", "wildcards in text", lambda s: ok(s, "/studies?PatientName=*&limit=1")),
    ("must", "10.6.1.2.3", "the required keys of a study", lambda s: none_refused(s, "/studies", STUDY_KEYS)),
    ("must", "10.6.1.2.3", "the required keys of a series", lambda s: none_refused(s, "/series", SERIES_KEYS)),
    ("must", "10.6.1.2.3", "the required keys of an instance",
     lambda s: uids(s.ask(f"/instances?SOPInstanceUID={s.uid(INSTANCE)}"), INSTANCE) == [s.uid(INSTANCE)]
     and none_refused(s, "/instances", ("SOPClassUID=1.2.3", "InstanceNumber=1"))),
    ("must", "10.6.1.2.3", "a series is found by its UID",
     lambda s: uids(s.ask(f"/series?SeriesInstanceUID={s.uid(SERIES)}"), SERIES) == [s.uid(SERIES)]),
    ("must", "10.6.1.2.3", "keys of the study at lower levels",
     lambda s: set(uids(s.ask(f"/instances?StudyInstanceUID={s.uid()}"))) == {s.uid()}),
    ("must", "10.6.1.2.3", "ModalitiesInStudy finds what is of it",
     lambda s: ok(s, "/studies?ModalitiesInStudy=US&limit=5")),
    ("must", "10.6.1.2.3", "and nothing else", lambda s: ok(s, "/studies?ModalitiesInStudy=XX&limit=5", 204)),
    ("must", "10.6.3.3.1", "the attributes of a study", lambda s: told(s, "/studies?limit=3", STUDY_TOLD)),
    ("must", "10.6.3.3.2", "the attributes of a series", lambda s: told(s, "/series?limit=3", (*SERIES_TOLD, STUDY))),
    ("must", "10.6.3.3.3", "the attributes of an instance",
     lambda s: told(s, "/instances?limit=3", (*INSTANCE_TOLD, STUDY, SERIES))),
    ("must", "10.6.3.3", "a study counts its instances", counts),
    ("must", "10.6.3.3", "RetrieveURL leads there", resolves),
    ("must", "8.3.4.4", "limit", lambda s: len(s.ask("/instances?limit=2").json()) == 2),
    ("must", "8.3.4.4", "offset, in an order that stays", pages),
    ("must", "8.3.4.4", "a bad limit is 400", lambda s: ok(s, "/studies?limit=many", 400)),
    ("must", "8.3.4.3", "includefield by keyword",
     lambda s: "00080070" in s.ask(f"{s.study}/instances?includefield=Manufacturer").json()[0]),
    ("must", "8.3.4.3", "includefield by tag",
     lambda s: "00080070" in s.ask(f"{s.study}/instances?includefield=00080070").json()[0]),
    ("must", "8.3.4.3", "includefield=all",
     lambda s: len(s.ask(f"{s.study}/instances?includefield=all").json()[0]) > len(s.there)),
    ("must", "8.3.4.2.1", "fuzzymatching is done, or a warning says that it is not",
     lambda s: (a := s.ask("/studies?fuzzymatching=true&limit=1")).status == 200
     and ("299" in a.headers.get("warning", "") or "fuzzy" not in a.headers.get("warning", ""))),
    ("must", "10.6.3.2", "an attribute that no dictionary knows is 400", lambda s: ok(s, "/studies?Nonsense=1", 400)),
    ("must", "F.2.2", "each element has its VR",
     lambda s: all("vr" in each for each in s.ask("/studies?limit=1").json()[0].values())),
    ("must", "F.2", "texts are UTF-8", lambda s: first(s.ask("/studies?limit=1").json()[0], "00080005", "ISO_IR 192")
     in ("ISO_IR 192", "ISO_IR 100") and s.ask("/studies?limit=1").body.decode()),
    ("should", "8.3.4.1", "a list of UIDs by backslashes (PS3.5)",
     lambda s: uids(s.ask(f"/studies?StudyInstanceUID=1.2.3%5C{s.uid()}")) == [s.uid()]),
    ("should", "8.3.4.4", "a warning tells that there is more",
     lambda s: "299" in s.ask("/instances?limit=1").headers.get("warning", "")),
    ("should", "8.3.4.1", "an ignored key is told",
     lambda s: s.ask("/studies?SeriesDescription=X&limit=1").status in (200, 204)
     and "299" in s.ask("/studies?SeriesDescription=X&limit=1").headers.get("warning", "")),
    ("should", "10.6.4", "application/json is understood too",
     lambda s: s.ask("/studies?limit=1", "application/json").status == 200),
    ("should", "8.3.4.2", "a single character by ?", lambda s: ok(s, "/series?Manufacturer=?*&limit=1", 200, 204)),
    ("should", "8.3.3.1", "?accept= stands for the header",
     lambda s: s.ask("/studies?limit=1&accept=application/dicom%2Bjson", "text/csv").kind == JSON),
    ("should", "10.6.3.3", "AvailableTransferSyntaxUID of an instance",
     lambda s: "00083002" in s.ask(f"{s.study}/instances").json()[0]),
    ("may", "10.6.1.2", "keys beyond those required",
     lambda s: ok(s, f"/instances?NumberOfFrames={first(s.there, '00280008', 1)}")),
    ("may", "8.3.4.4", "a list that has not changed is 304",
     lambda s: (a := s.ask(f"{s.study}/series")).headers.get("etag")
     and s.ask(f"{s.study}/series", if_none_match=a.headers["etag"]).status == 304),
)  # fmt: skip
