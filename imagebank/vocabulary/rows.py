"""Which model each table fills, and how a row becomes its fields. One `Source` a model, in the order of loading."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models as django_models

from imagebank.vocabulary import models
from imagebank.vocabulary.folding import WORD, key
from imagebank.vocabulary.hierarchy import excluded
from imagebank.vocabulary.models.base import Entry
from imagebank.vocabulary.tables import LANGUAGES, Row, Tables, labels, setting_slugs, split

Fields = dict[str, Any]
KIND_OF_TABLE = {"findings": "finding", "indications": "indication", "views": "view"}


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of one model; `unique` are the fields that tell a row from another."""

    model: type[Entry]
    rows: Callable[[Tables], Iterator[Fields]]
    unique: tuple[str, ...] = ("id",)


def _named(table: str, *columns: str, **more: Callable[[Row], Any]) -> Callable[..., Any]:
    """Rows of a table: its id, its labels if any, `columns` as they are, and what `more` makes of the row."""

    def rows(tables: Tables) -> Iterator[Fields]:
        for position, row in enumerate(tables[table]):
            fields: Fields = {"id": row["id"], "position": position, **_retirement(tables, table, row["id"])}
            if "label_en" in row:
                fields |= {f"label_{lang}": label for lang, label in labels(row).items()}
            yield fields | {column: row[column] for column in columns} | {n: make(row) for n, make in more.items()}

    return rows


def _retirement(tables: Tables, table: str, slug: str) -> Fields:
    told = [row for row in tables["retired"] if (row["table"], row["id"]) == (table, slug)]
    successor = {"successor": told[0]["successor"] if told else ""} if table in KIND_OF_TABLE else {}
    return {"retired": bool(told), **successor}


def _yes(column: str) -> Callable[[Row], bool]:
    return lambda row: row[column] == "yes"


CODED: dict[str, Callable[[Row], Any]] = {
    "code_verified": _yes("code_verified"),
    "dicom_cids": lambda row: [int(cid) for cid in split(row["dicom_cids"])],
}
CODE_COLUMNS = ("code_system", "code", "code_meaning", "code_relation")


def _slugged(table: str, kind: str, *columns: str) -> Callable[..., Any]:
    """Rows whose slug is unique only within a kind."""

    def rows(tables: Tables) -> Iterator[Fields]:
        for fields, row in zip(_named(table, *columns)(tables), tables[table], strict=True):
            slug = fields.pop("id")
            yield {**fields, "slug": slug, kind: row[kind]}

    return rows


def _views(tables: Tables) -> Iterator[Fields]:
    places = {row["view"]: row["probe_position_en"] for row in tables["view_probe_positions"]}
    columns = (*CODE_COLUMNS, "body_region", "site_sct", "site_meaning", "plane")
    for fields in _named("views", *columns, **CODED)(tables):
        yield fields | {"probe_position_en": places.get(fields["id"], "")}


def _disclosure(tables: Tables, kind: str) -> Callable[[Row], str]:
    told = {row[kind]: row["disclosure"] for row in tables[f"{kind}_disclosure"]}
    return lambda row: told.get(row["id"], "ordinary")


def _findings(tables: Tables) -> Iterator[Fields]:
    """`broader` is set once all are there."""
    columns = (*CODE_COLUMNS, "body_region", "polarity", "threat", "note_en")
    more = {"severity_scale_id": lambda row: row["severity_scale"], "disclosure": _disclosure(tables, "finding")}
    yield from _named("findings", *columns, **CODED, **more)(tables)


def _indications(tables: Tables) -> Iterator[Fields]:
    columns = (*CODE_COLUMNS, "body_system", "priority", "clinical_question_en")
    yield from _named("indications", *columns, **CODED, disclosure=_disclosure(tables, "indication"))(tables)


def _indication_findings(tables: Tables) -> Iterator[Fields]:
    for position, row in enumerate(tables["indication_findings"]):
        ids = {"indication_id": row["indication"], "finding_id": row["finding"]}
        yield {**ids, "role": row["role"], "position": position}


def _indication_views(tables: Tables) -> Iterator[Fields]:
    for row in tables["indication_views"]:
        ids = {"indication_id": row["indication"], "view_id": row["view"]}
        yield {**ids, "need": row["need"], "position": int(row["order"])}


def _quality_items(tables: Tables) -> Iterator[Fields]:
    for row in tables["view_quality_items"]:
        number = int(row["order"])
        yield {"view_id": row["view"], "number": number, "text_en": row["item_en"], "position": number}


def _clauses(tables: Tables) -> Iterator[Fields]:
    for position, row in enumerate(tables["licence_clauses"]):
        texts = {name: {lang: row[f"{name[:-1]}_{lang}"] for lang in LANGUAGES} for name in ("headings", "texts")}
        yield {"licence_id": row["licence"], "number": int(row["order"]), "position": position, **texts}


def _synonyms(tables: Tables) -> Iterator[Fields]:
    typed = [(row["id"], text) for row in tables["findings"] for text in split(row["synonyms_en"])]
    listed = [(KIND_OF_TABLE[r["table"]], r["term"], r["lang"], r["synonym"]) for r in tables["synonyms"]]
    every = dict.fromkeys([*(("finding", slug, "en", text) for slug, text in typed), *listed])
    for position, (kind, term, lang, text) in enumerate(every):
        keys = " ".join(key(word) for word in WORD.findall(text))
        yield {"kind": kind, "term": term, "lang": lang, "text": text, "normalised": keys, "position": position}


SOURCES = (
    Source(models.Setting, _named("settings")),
    Source(models.Laterality, _named("lateralities", "code_system", "code")),
    Source(models.Certainty, _named("certainties", "definition_en")),
    Source(models.ReferenceStandard, _named("reference_standards", "strength", "definition_en")),
    Source(models.Artefact, _named("artefacts", "mechanism_en", "where_seen_en")),
    Source(models.Mode, _named("modes", "code_system", "code")),
    Source(models.Probe, _named("probes", "code_system", "code", "frequency_note")),
    Source(
        models.QualityLevel,
        _named(
            "quality_scale",
            "definition_en",
            score=lambda row: int(row["score"]),
            meets_minimum=_yes("meets_minimum"),
        ),
    ),
    Source(
        models.Licence,
        _named(
            "licences",
            "address",
            revocable=_yes("revocable"),
            commercial=_yes("commercial"),
            derivatives=_yes("derivatives"),
            draft=lambda row: row["id"].startswith("LicenseRef-"),
        ),
    ),
    Source(models.LicenceClause, _clauses, ("licence_id", "number")),
    Source(models.LegalBasis, _named("legal_bases", "definition_en")),
    Source(models.ConsentKind, _named("consent_kinds", "definition_en", irrevocable=_yes("irrevocable"))),
    Source(models.WithdrawalReason, _named("withdrawal_reasons", "told_as")),
    Source(
        models.PatientAttribute, _slugged("patient_attributes", "attribute", "definition_en"), ("attribute", "slug")
    ),
    Source(models.Choice, _slugged("choices", "kind"), ("kind", "slug")),
    Source(
        models.DeviceVendor,
        _named(
            "device_vendors",
            "name",
            form=lambda row: split(row["form"]),
            verified=_yes("verified"),
        ),
    ),
    Source(
        models.SeverityScale,
        _named("severity_scales", "meaning_en", levels=lambda row: split(row["levels"])),
    ),
    Source(models.Indication, _indications),
    Source(models.View, _views),
    Source(models.FindingTerm, _findings),
    Source(models.IndicationFinding, _indication_findings, ("indication_id", "finding_id", "role")),
    Source(models.IndicationView, _indication_views, ("indication_id", "view_id")),
    Source(models.Synonym, _synonyms, ("kind", "term", "lang", "text")),
    Source(models.QualityItem, _quality_items, ("view_id", "number")),
)


@dataclass(frozen=True, slots=True)
class Pairs:
    """A many-to-many field and the pairs of slugs that fill it."""

    model: type[django_models.Model]
    field: str
    wanted: Callable[[Tables], dict[str, list[str]]]


def _excluded(tables: Tables) -> dict[str, list[str]]:
    return {finding: sorted(others) for finding, others in excluded(tables).items()}


PAIRS = (
    Pairs(models.Indication, "settings", lambda t: {row["id"]: setting_slugs(row) for row in t["indications"]}),
    Pairs(models.View, "probes", lambda t: {row["id"]: split(row["probes"]) for row in t["views"]}),
    Pairs(models.FindingTerm, "views", lambda t: {row["id"]: split(row["views"]) for row in t["findings"]}),
    Pairs(models.FindingTerm, "excludes", _excluded),
)
