"""Made-up published cases for benchmarks and tests of the search: rows of the projection, no pictures, no patients.

Skewed as real banks are: one centre gives most, each centre has few devices, a patient may have several cases, and what
a centre gives comes in batches of the same day.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from imagebank.accounts.models import Institution, User
from imagebank.catalog.models import Case, PublicCase, Rights, Subject
from imagebank.vocabulary.models import FindingTerm
from imagebank.vocabulary.selectors import facet_numbers, facet_values, unknown
from imagebank.vocabulary.tables import read_tables

COUNTRIES: Final = ("DK", "FR", "DE", "ES", "GB", "SE", "NO", "IN", "KE", "BR")
CENTRES: Final = 24
DEVICES_OF_A_CENTRE: Final = 2
BATCH: Final = 12
FIRST_DAY: Final = dt.date(2026, 1, 1)
TEXTS: Final = "UPDATE catalog_publiccase SET text = to_tsvector('simple', document->'title'->>'en')"
WORDS: Final = ("breathless", "fall", "fever", "pain", "swollen", "sudden", "teaching", "follow", "night", "week")


@dataclass(frozen=True, slots=True)
class Centre:
    """A made-up hospital with its devices (vendor, model)."""

    institution: Institution
    devices: tuple[tuple[str, str], ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Ground:
    """What all made-up cases share."""

    centres: tuple[Centre, ...]
    author: User
    rights: Rights
    findings: dict[str, FindingTerm]


def make_cases(count: int, seed: int = 1) -> list[PublicCase]:
    """Write `count` cases with both audiences' rows alike; gives the rows of the open audience. Needs a vocabulary."""
    chance = random.Random(seed)  # noqa: S311
    ground = _ground(chance)
    made = list(_cases(count, ground, chance))
    Subject.objects.bulk_create({case.subject_id: case.subject for case, _ in made}.values(), batch_size=2_000)
    Case.objects.bulk_create([case for case, _ in made], batch_size=2_000)
    rows = PublicCase.objects.bulk_create([row for _, row in made], batch_size=2_000)
    registered = [_registered(row) for row in rows]
    PublicCase.objects.bulk_create(registered, batch_size=2_000)
    with connection.cursor() as cursor:
        cursor.execute(TEXTS)
    return rows


def _ground(chance: random.Random) -> Ground:
    vendors = sorted(row["id"] for row in read_tables()["device_vendors"])  # not what earlier cases added
    centres = []
    for number in range(CENTRES):
        country = COUNTRIES[number % len(COUNTRIES)]
        row = Institution.objects.create(slug=f"centre-{number}", name=f"Centre {number}", country=country)
        bought = [chance.choice(vendors) for _ in range(DEVICES_OF_A_CENTRE)]
        devices = tuple((vendor, f"{vendor} {chance.choice('ABCD')}") for vendor in bought)
        centres.append(Centre(row, devices, 1 / (number + 1)))
    author = User.objects.create_user("author@bank.example", None)
    return Ground(tuple(centres), author, Rights.objects.create(), FindingTerm.objects.in_bulk())


def _cases(count: int, ground: Ground, chance: random.Random) -> Iterator[tuple[Case, PublicCase]]:
    centre, subject = ground.centres[0], None
    for number in range(count):
        if number % BATCH == 0:
            centre = chance.choices(ground.centres, [c.weight for c in ground.centres])[0]
            subject = None
        if subject is None or chance.random() < 0.7:
            subject = Subject(id=_id(chance), institution=centre.institution)
        yield _case(number, centre, subject, ground, chance)


def _case(
    number: int, centre: Centre, subject: Subject, ground: Ground, chance: random.Random
) -> tuple[Case, PublicCase]:
    said = _said(chance)
    case = Case(
        id=_id(chance),
        institution=centre.institution,
        subject=subject,
        author=ground.author,
        rights=ground.rights,
        indication_id=said["indication"],
        setting=said["setting"],
        age_band=said["age_band"],
        synthetic=True,
    )
    clips = [_clip(centre, chance) for _ in range(chance.choice((1, 1, 1, 2, 3)))]
    findings = [
        _finding(slug, ground, chance) for slug in chance.sample(sorted(ground.findings), chance.choice((1, 2, 3)))
    ]
    document = _document(case, centre, said, findings, clips, chance)
    row = PublicCase(
        case=case,
        audience="open",
        revision=1,
        document=document,
        etag="",
        terms=facet_numbers(_facets(document)),
        shuffle=int.from_bytes(hashlib.sha256(case.id.bytes).digest()[:8], "big") >> 1,
        published_on=FIRST_DAY + dt.timedelta(days=number // BATCH),
        quality=max(clip["quality"] for clip in clips),
        clips=len(clips),
        true_subject=subject.pk,
        true_institution=centre.institution.pk,
        true_values=_true_values(document, centre),
    )
    return case, row


def _said(chance: random.Random) -> dict[str, str]:
    """One value of each facet of the whole case."""
    facets = ("indication", "setting", "age_band", "sex", "bmi", "confirmed", "licence")
    return {facet: chance.choice(_choosable(facet)) for facet in facets}


def _choosable(facet: str) -> list[str]:
    """The first dozen values that a contributor can give; a band that is only told is not among them."""
    values = sorted(facet_values(facet))
    coarse = set(unknown(facet, values))
    return [value for value in values if value not in coarse][:12]


def _clip(centre: Centre, chance: random.Random) -> dict[str, Any]:
    vendor, model = chance.choice(centre.devices)
    view, probe = (chance.choice(sorted(facet_values(facet))) for facet in ("view", "probe"))
    return {
        "id": str(_id(chance)),
        "view": view,
        "probe": probe,
        "vendor": vendor,
        "model": model,
        "quality": chance.randint(2, 5),
        "media": {},
    }


def _finding(slug: str, ground: Ground, chance: random.Random) -> dict[str, Any]:
    term = ground.findings[slug]
    presence = chance.choice(("present", "present", "absent", "uncertain"))
    severity = chance.choice(("", "mild", "moderate", "severe"))
    return {
        "term": slug, "presence": presence, "polarity": term.polarity, "threat": term.threat, "severity": severity,
        "clip": None, "frames": None, "region": None,
    }  # fmt: skip


def _document(
    case: Case, centre: Centre, said: dict[str, str], findings: list[Any], clips: list[Any], chance: random.Random
) -> dict[str, Any]:
    return {
        "id": str(case.pk),
        "state": "published",
        "revision": 1,
        "title": {"en": " ".join(chance.sample(WORDS, 3))},
        "vignette": {},
        "indication": said["indication"],
        "setting": said["setting"],
        "age_band": said["age_band"],
        "sex": said["sex"],
        "bmi_class": said["bmi"],
        "country": centre.institution.country,
        "institution": {"slug": centre.institution.slug, "name": centre.institution.name},
        "findings": findings,
        "clips": clips,
        "confirmed": {"method": said["confirmed"], "certainty": "certain", "interval_days": None},
        "management": {"changed": None, "note": {}},
        "licence": said["licence"],
        "credit": "",
        "synthetic": True,
        "published_at": None,
    }


def _facets(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for facet in ("indication", "setting", "age_band", "sex", "country", "licence"):
        yield facet, document[facet]
    yield "bmi", document["bmi_class"]
    yield "institution", document["institution"]["slug"]
    yield "confirmed", document["confirmed"]["method"]
    for clip in document["clips"]:
        yield from ((facet, str(clip[facet])) for facet in ("view", "probe", "vendor", "quality"))
    for finding in document["findings"]:
        if finding["presence"] == "present":
            yield from (("finding", finding["term"]), ("polarity", finding["polarity"]), ("threat", finding["threat"]))
        else:
            yield f"finding_{finding['presence']}", finding["term"]


def _true_values(document: dict[str, Any], centre: Centre) -> dict[str, list[str]]:
    clips = document["clips"]
    of_clips = {
        name: sorted({str(clip[name]) for clip in clips}) for name in ("vendor", "model", "probe", "view", "quality")
    }
    of_case = {name: [document[name]] for name in ("country", "age_band", "sex", "bmi_class")}
    severities = sorted({finding["severity"] for finding in document["findings"]} - {""})
    return {"institution": [str(centre.institution.pk)], "severity": severities, **of_clips, **of_case}


def _registered(row: PublicCase) -> PublicCase:
    fields = [f.attname for f in PublicCase._meta.concrete_fields if f.attname not in ("id", "audience", "text")]
    return PublicCase(audience="registered", **{name: getattr(row, name) for name in fields})


def _id(chance: random.Random) -> uuid.UUID:
    return uuid.UUID(int=chance.getrandbits(128), version=4)
