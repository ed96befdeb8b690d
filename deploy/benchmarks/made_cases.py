"""Made-up published cases for benchmarks and tests of the search: rows of the projection, no pictures, no patients.

Skewed as real banks are: one centre gives most, each centre has few devices, a patient may have several cases, and what
a centre gives comes in batches of the same day. Written by COPY, a block a transaction; a block is the same every time,
so a bank can be made larger later.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import orjson
from django.db import connection, transaction
from django.db.models import Model
from django.db.models.fields import NOT_PROVIDED

from imagebank.accounts.models import Institution, User
from imagebank.catalog.models import Case, PublicCase, PublicText, Rights, Subject
from imagebank.catalog.projection import facets, true_values
from imagebank.vocabulary.models import FindingTerm
from imagebank.vocabulary.selectors import facet_numbers, facet_values, searchable_text, unknown
from imagebank.vocabulary.tables import read_tables

COUNTRIES: Final = ("DK", "FR", "DE", "ES", "GB", "SE", "NO", "IN", "KE", "BR")
CENTRES: Final = 24
DEVICES_OF_A_CENTRE: Final = 2
BATCH: Final = 12
BLOCK: Final = 10_000
FIRST_DAY: Final = dt.date(2026, 1, 1)
DAYS: Final = 2_000
WORDS: Final = ("quietly", "fall", "fever", "pain", "swollen", "sudden", "teaching", "follow", "night", "week")
WHOLE: Final = ("indication", "setting", "age_band", "sex", "bmi", "confirmed", "licence")
"""Facets of which a case has one value."""
LOOKS: Final = 0x3F3F3F3F3F3F3F3F
"""Bits of a look that vary: pictures about as far apart as those of different patients."""
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Centre:
    """A made-up hospital with its devices (vendor, model)."""

    institution: Institution
    devices: tuple[tuple[str, str], ...]
    weight: float


@dataclass(frozen=True)
class Ground:
    """What all made-up cases share."""

    centres: tuple[Centre, ...]
    author: User
    rights: Rights
    named: bool
    """Whether the text also holds the names of the terms, as publication writes it; else the title alone."""

    @cached_property
    def findings(self) -> list[FindingTerm]:
        return list(FindingTerm.objects.order_by("pk"))

    @cached_property
    def values(self) -> dict[str, list[str]]:
        """{facet: values to draw from}."""
        every = {facet: sorted(facet_values(facet)) for facet in ("view", "probe")}
        return every | {facet: _choosable(facet) for facet in WHOLE}

    @cached_property
    def numbers(self) -> dict[tuple[str, str], int]:
        """{(facet, value): number}, filled as they are met."""
        return {}

    @cached_property
    def names(self) -> dict[tuple[str, str], str]:
        """{(kind, term): its names, as part of a tsvector}."""
        return {}


def make_cases(count: int, seed: int = 1, *, named: bool = False) -> list[PublicCase]:
    """Write `count` cases that are open to everybody; gives their rows. Needs a vocabulary."""
    write_cases(0, count, seed, named=named)
    return list(PublicCase.objects.defer("text").order_by("pk"))


def write_cases(first: int, count: int, seed: int = 1, *, named: bool = False) -> None:
    """Cases `first` .. `count - 1`; `first` is where a block begins."""
    ground = _ground(random.Random(seed), named)  # noqa: S311
    for start in range(first, count, BLOCK):
        chance = random.Random(f"{seed}/{start}")  # noqa: S311
        with transaction.atomic():
            _write(list(_cases(range(start, min(start + BLOCK, count)), ground, chance)))


def _write(made: Sequence[tuple[Row, Row, str]]) -> None:
    subjects = {case["subject_id"]: case["institution_id"] for case, *_ in made}
    copy_in(Subject, [{"id": key, "institution_id": place} for key, place in subjects.items()])
    copy_in(Case, [case for case, *_ in made])
    copy_in(PublicCase, [row for _, row, _ in made])
    pks = dict(PublicCase.objects.filter(case__in=[case["id"] for case, *_ in made]).values_list("case", "pk"))
    copy_in(PublicText, [{"row_id": pks[case["id"]], "words": words} for case, _, words in made])


def copy_in(model: type[Model], rows: Sequence[Row], table: str = "") -> None:
    """By COPY; fields that a row leaves out get the model's default."""
    fields = [f for f in model._meta.concrete_fields if f.attname in rows[0] or _has_default(f)]
    usual = {f.attname: f.get_db_prep_save(f.get_default(), connection) for f in fields if f.attname not in rows[0]}
    names = ", ".join(connection.ops.quote_name(str(f.column)) for f in fields)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table or model._meta.db_table} ({names}) FROM STDIN") as out,
    ):
        for row in rows:
            out.write_row([row.get(f.attname, usual.get(f.attname)) for f in fields])


def _has_default(field: Any) -> bool:
    """Empty text counts."""
    empty = field.empty_strings_allowed and not field.null and not field.primary_key
    return bool(field.default is not NOT_PROVIDED or empty)


def _ground(chance: random.Random, named: bool) -> Ground:
    vendors = sorted(row["id"] for row in read_tables()["device_vendors"])  # not what earlier cases added
    centres = []
    for number in range(CENTRES):
        country = COUNTRIES[number % len(COUNTRIES)]
        name = {"name": f"Centre {number}", "country": country}
        row, _ = Institution.objects.get_or_create(slug=f"centre-{number}", defaults=name)
        bought = [chance.choice(vendors) for _ in range(DEVICES_OF_A_CENTRE)]
        devices = tuple((vendor, f"{vendor} {chance.choice('ABCD')}") for vendor in bought)
        centres.append(Centre(row, devices, 1 / (number + 1)))
    email = "author@bank.example"
    author = User.objects.filter(email=email).first() or User.objects.create_user(email, None)
    return Ground(tuple(centres), author, Rights.objects.first() or Rights.objects.create(), named)


def _choosable(facet: str) -> list[str]:
    """The first dozen values that a contributor can give; a band that is only told is not among them."""
    values = sorted(facet_values(facet))
    coarse = set(unknown(facet, values))
    return [value for value in values if value not in coarse][:12]


def _cases(numbers: range, ground: Ground, chance: random.Random) -> Iterator[tuple[Row, Row, str]]:
    centre, subject = ground.centres[0], _id(chance)
    weights = [c.weight for c in ground.centres]
    for number in numbers:
        if number % BATCH == 0:
            centre = chance.choices(ground.centres, weights)[0]
        if number % BATCH == 0 or chance.random() < 0.7:
            subject = _id(chance)
        yield _case(number, centre, subject, ground, chance)


def _case(
    number: int, centre: Centre, subject: uuid.UUID, ground: Ground, chance: random.Random
) -> tuple[Row, Row, str]:
    """The case, its row of the projection, and its words."""
    said = {facet: chance.choice(ground.values[facet]) for facet in WHOLE}
    clips = [_clip(centre, ground, chance) for _ in range(chance.choice((1, 1, 1, 2, 3)))]
    findings = [_finding(term, chance) for term in chance.sample(ground.findings, chance.choice((1, 2, 3)))]
    case: Row = {
        "id": _id(chance), "institution_id": centre.institution.pk, "subject_id": subject,
        "author_id": ground.author.pk, "rights_id": ground.rights.pk, "indication_id": said["indication"],
        "setting": said["setting"], "age_band": said["age_band"], "synthetic": True,
    }  # fmt: skip
    document = _document(case["id"], centre, said, findings, clips, chance)
    row = {
        "case_id": case["id"],
        "audience": "open",
        "document": orjson.dumps(document).decode(),
        "etag": hashlib.sha256(case["id"].bytes).hexdigest(),
        "terms": f"{{{','.join(map(str, _terms(document, ground)))}}}",
        "shuffle": int.from_bytes(hashlib.sha256(case["id"].bytes).digest()[:8], "big") >> 1,
        "published_on": FIRST_DAY + dt.timedelta(days=number // BATCH % DAYS),
        "quality": max(clip["quality"] for clip in clips),
        "clips": len(clips),
        "true_subject": subject,
        "true_look": chance.getrandbits(64) & LOOKS,
        "true_values": orjson.dumps(true_values(document, centre.institution.pk)).decode(),
    }
    return case, row, _text(document, ground)


def _clip(centre: Centre, ground: Ground, chance: random.Random) -> dict[str, Any]:
    vendor, model = chance.choice(centre.devices)
    return {
        "id": str(_id(chance)),
        "view": chance.choice(ground.values["view"]),
        "probe": chance.choice(ground.values["probe"]),
        "vendor": vendor,
        "model": model,
        "quality": chance.randint(2, 5),
        "media": {},
    }


def _finding(term: FindingTerm, chance: random.Random) -> dict[str, Any]:
    presence = chance.choice(("present", "present", "absent", "uncertain"))
    severity = chance.choice(("", "mild", "moderate", "severe"))
    return {
        "term": term.pk, "presence": presence, "polarity": term.polarity, "threat": term.threat, "severity": severity,
        "clip": None, "frames": None, "region": None,
    }  # fmt: skip


def _document(
    case: uuid.UUID, centre: Centre, said: dict[str, str], findings: list[Any], clips: list[Any], chance: random.Random
) -> dict[str, Any]:
    return {
        "id": str(case),
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
        "marks": [],
        "clips": clips,
        "confirmed": {"method": said["confirmed"], "certainty": "certain", "interval_days": None},
        "management": {"changed": None, "note": {}},
        "licence": said["licence"],
        "credit": "",
        "synthetic": True,
        "published_at": None,
    }


def _terms(document: dict[str, Any], ground: Ground) -> list[int]:
    pairs = set(facets(document))
    for pair in pairs - ground.numbers.keys():
        ground.numbers[pair] = facet_numbers([pair])[0]
    return sorted(ground.numbers[pair] for pair in pairs)


def _text(document: dict[str, Any], ground: Ground) -> str:
    """As PostgreSQL writes a tsvector."""
    title = " ".join(f"{word}:{place}B" for place, word in enumerate(document["title"]["en"].split(), 1))
    if not ground.named:
        return title
    present = [finding["term"] for finding in document["findings"] if finding["presence"] == "present"]
    terms = [("indication", document["indication"]), *(("finding", term) for term in present)]
    return " ".join([*(_named(kind, slug, ground) for kind, slug in terms), title])


def _named(kind: str, slug: str, ground: Ground) -> str:
    key = (kind, slug)
    if key not in ground.names:
        indication, findings = (slug, []) if kind == "indication" else ("", [slug])
        text = searchable_text(indication=indication, findings=findings, views=())
        words = {"".join(filter(str.isalnum, word.lower())) for word in text.split()}
        ground.names[key] = " ".join(f"{word}:5A" for word in sorted(words) if word)
    return ground.names[key]


def _id(chance: random.Random) -> uuid.UUID:
    return uuid.UUID(int=chance.getrandbits(128), version=4)
