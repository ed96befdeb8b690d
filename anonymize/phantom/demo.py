"""The demonstration's clips as data: who, where, with what, what it shows. Everything in these tables is made up."""

from __future__ import annotations

import csv
import uuid
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from pathlib import Path
from typing import Final, Literal, cast

from anonymize.phantom.devices import Device, devices

Presence = Literal["present", "absent", "uncertain"]
Encoding = Literal["rgb", "ybr", "rle", "jpeg", "mono", "palette", "mp4"]

DATA: Final = Path(__file__).parent / "data"
LANGUAGES: Final = ("en", "fr", "de", "es", "da")
_PRESENCE: Final[dict[str, Presence]] = {"+": "present", "-": "absent", "?": "uncertain"}
_FIRST_DAY: Final = date(2025, 1, 7)
_NAMESPACE: Final = uuid.UUID("6f2c1c1e-59f0-4c5e-9a53-0d6a3c1d9b10")
_BANDS: Final = ((18, "adolescent"), (40, "adult-18-39"), (65, "adult-40-64"), (80, "adult-65-79"))


@dataclass(frozen=True, slots=True)
class Hospital:
    """A made-up hospital."""

    id: str
    name: str
    banner: str
    city: str
    country: str
    dates: str
    """How its screens write a date (strftime)."""


@dataclass(frozen=True, slots=True)
class Patient:
    """A made-up patient; `name` as in DICOM PN."""

    id: str
    name: str
    number: str
    born: date
    sex: str
    bmi: str
    operator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoClip:
    """One clip of the demonstration. Slugs are those of the vocabulary."""

    id: str
    case: str
    scene: str
    seed: int
    device: Device
    encoding: Encoding
    frames: int
    hospital: Hospital
    patient: Patient
    indication: str
    view: str
    setting: str
    findings: tuple[tuple[str, Presence], ...]
    method: str
    certainty: str
    title: dict[str, str]

    @property
    def suffix(self) -> str:
        return ".mp4" if self.encoding == "mp4" else ".dcm"

    @property
    def studied(self) -> date:
        return _FIRST_DAY + timedelta(days=self._number(self.case) % 330)

    @property
    def studied_at(self) -> time:
        return time(7 + self.seed % 13, (self.seed * 7) % 60, (self.seed * 11) % 60)

    @property
    def age(self) -> int:
        """Whole years on the day of the study."""
        born, day = self.patient.born, self.studied
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    @property
    def age_band(self) -> str:
        return next((band for below, band in _BANDS if self.age < below), "adult-80-plus")

    @property
    def sex(self) -> str:
        return self.patient.sex

    @property
    def bmi(self) -> str:
        return self.patient.bmi

    @property
    def accession(self) -> str:
        return f"A{self._number(self.case + 'accession') % 10**8:08d}"

    @property
    def serial_number(self) -> str:
        return f"{self.device.id[:2].upper()}{self._number(self.hospital.id + self.device.id) % 10**7:07d}"

    @property
    def referrer(self) -> str:
        return f"{self.hospital.city.upper().replace(' ', '')}-REFERRER^DR"

    def uid(self, level: Literal["study", "series", "instance"]) -> str:
        """UIDs of the source: one study a case, one series and one instance a clip."""
        owner = self.case if level == "study" else self.id
        return f"2.25.{self._number(f'{level} {owner}')}"

    def identifiers(self) -> list[str]:
        """Everything in the file, header or burned in, that would name a real patient, person, place or device.

        Nothing shorter than seven digits: grey values spell such numbers by chance.
        """
        names = (self.patient.name, self.patient.operator, self.referrer)
        spoken = [name.replace("^", glue) for name in names for glue in (", ", " ", "^")]
        parts = [part for name in names for part in name.split("^") if len(part) > 3]
        forms = ("%Y%m%d", self.hospital.dates)
        days = [day.strftime(form) for day in (self.patient.born, self.studied) for form in forms]
        clock = self.studied_at
        times = [f"{self.studied:%Y%m%d}{clock:%H%M%S}", f"{clock:%H:%M:%S}"]
        place = [self.hospital.name, self.hospital.banner, self.hospital.city, self.device.station, self.serial_number]
        uids = [self.uid("study"), self.uid("series"), self.uid("instance")]
        return list(dict.fromkeys([*spoken, *parts, self.patient.number, *days, *times, *place, self.accession, *uids]))

    def _number(self, text: str) -> int:
        return uuid.uuid5(_NAMESPACE, text).int


def demo_clips() -> list[DemoClip]:
    """The clips in the order of the table; clips of one case stand together."""
    return [_clip(row) for row in _rows("clips")]


def _clip(row: dict[str, str]) -> DemoClip:
    return DemoClip(
        id=row["id"],
        case=row["case"],
        scene=row["scene"],
        seed=int(row["seed"]),
        device=devices[row["device"]],
        encoding=cast(Encoding, row["encoding"]),
        frames=int(row["frames"]),
        hospital=hospitals()[row["hospital"]],
        patient=patients()[row["patient"]],
        indication=row["indication"],
        view=row["view"],
        setting=row["setting"],
        findings=tuple((cell[1:], _PRESENCE[cell[0]]) for cell in row["findings"].split(";")),
        method=row["method"],
        certainty=row["certainty"],
        title=titles()[row["case"]],
    )


@cache
def hospitals() -> dict[str, Hospital]:
    """The made-up hospitals by id."""
    return {row["id"]: Hospital(**row) for row in _rows("hospitals")}


@cache
def patients() -> dict[str, Patient]:
    """The made-up patients by id."""
    return {row["id"]: Patient(**{**row, "born": date.fromisoformat(row["born"])}) for row in _rows("patients")}  # type: ignore[arg-type]


@cache
def titles() -> dict[str, dict[str, str]]:
    """Case -> language -> title; titles tell the situation and never the answer."""
    return {row["case"]: {language: row[language] for language in LANGUAGES} for row in _rows("titles")}


def _rows(table: str) -> list[dict[str, str]]:
    with (DATA / f"{table}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
