"""The rules the vocabulary's tables must keep. A fault stops the loading; a warning is to be looked at by a clinician.

Codes are checked against a dictionary that the caller brings (from PS3.16), because this room knows no DICOM.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from imagebank.vocabulary import standing
from imagebank.vocabulary.tables import KEYS, LANGUAGES, Row, Tables, key_of, setting_slugs, split

POLARITIES = {"normal", "abnormal", "variant", "artefact", "indeterminate"}
THREATS = {"no", "potential", "yes", "organ"}
ROLES = {"expected-normal", "target-abnormal", "mimic", "pitfall"}
NEEDS = {"core", "one-of", "optional"}
DISCLOSURES = {"ordinary", "sensitive", "rare"}
EXPECTED_THOUGH_ABNORMAL = {"pleural-effusion-simple", "ascites"}
"""The procedure's target fluid: expected when the question is where to put the needle."""
UNIQUE_LABELS = ("views", "indications", "findings")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CODE = re.compile(r"[a-z]+(_[a-z]+)*")
"""What reasons are called in the interface."""
SPDX = re.compile(r"[A-Za-z0-9.]+(-[A-Za-z0-9.]+)*")
SHEET_FIELDS = (
    "id", "indication", "title", "question", "when_to_scan", "when_not_to_scan", "views", "look_for", "pitfalls",
    "changes_management", "sources",
)  # fmt: skip
REFERENCES = (
    ("views", "probes", "probes"), ("findings", "views", "views"), ("findings", "severity_scale", "severity_scales"),
    ("indication_views", "indication", "indications"), ("indication_views", "view", "views"),
    ("indication_findings", "indication", "indications"), ("indication_findings", "finding", "findings"),
    ("view_quality_items", "view", "views"), ("view_probe_positions", "view", "views"),
    ("finding_broader", "finding", "findings"), ("finding_broader", "broader", "findings"),
    ("finding_exclusions", "finding", "findings"), ("finding_exclusions", "excludes", "findings"),
    ("finding_disclosure", "finding", "findings"), ("indication_disclosure", "indication", "indications"),
    ("licence_clauses", "licence", "licences"),
)  # fmt: skip
"""(table, column, table whose ids the column holds)."""
VALUES = (
    ("findings", "polarity", POLARITIES), ("findings", "threat", THREATS),
    ("indication_findings", "role", ROLES), ("indication_views", "need", NEEDS),
    ("finding_disclosure", "disclosure", DISCLOSURES), ("indication_disclosure", "disclosure", DISCLOSURES),
    ("consent_kinds", "irrevocable", {"yes", "no"}),
)  # fmt: skip
NO_IDS = ("choices", "ids", "patient_attributes", "retired")
"""Tables whose `id` alone tells no row from another."""
PATTERNS = {"licences": SPDX, "withdrawal_reasons": CODE}


def misshapen(tables: Tables) -> list[str]:
    """Rows of another length than their header, and ids that are none or stand twice."""
    return list(_shape(tables))


def faults(tables: Tables) -> list[str]:
    """Everything wrong, in words; empty when the tables may be loaded."""
    found = misshapen(tables)
    if found:  # the rules below read cells that a malformed row does not have
        return found
    rules = (
        _labels, _references, _values, _findings, _indications, _roles, _synonyms, _words, _sheets, _needs,
        *standing.RULES,
    )  # fmt: skip
    return [fault for rule in rules for fault in rule(tables)]


def warnings(tables: Tables) -> list[str]:
    """Tagged findings that none of the indication's views shows."""
    offered = _views_by_indication(tables)
    seen_in = {row["id"]: set(split(row["views"])) for row in tables["findings"]}
    return [
        f"{row['indication']}: {row['role']} {row['finding']} has no view in the indication's list"
        for row in tables["indication_findings"]
        if not seen_in[row["finding"]] & offered[row["indication"]]
    ]


def code_faults(tables: Tables, known: Mapping[tuple[str, str], set[str]]) -> list[str]:
    """Codes that `known` ({(scheme, code): meanings}) does not hold, and wrong verified flags."""
    return [
        f"{name}: {fault}" for name, rows in tables.rows.items() for row in rows for fault in _code_faults(row, known)
    ]


def _code_faults(row: Row, known: Mapping[tuple[str, str], set[str]]) -> Iterator[str]:
    code = row.get("code", "")
    if code:
        meanings = known.get((row["code_system"], code))
        if meanings is None:
            yield f"code {code} is not in the dictionary"
        elif "code_meaning" in row and row["code_meaning"] not in meanings:
            yield f"code {code} does not mean {row['code_meaning']}"
    if row.get("site_sct") and row["site_meaning"] not in known.get(("SCT", row["site_sct"]), set()):
        yield f"site {row['site_sct']} does not mean {row['site_meaning']}"
    if "code_verified" in row and (row["code_verified"] == "yes") != bool(code):
        yield f"verified flag of {row['id']}"


def _shape(tables: Tables) -> Iterator[str]:
    for name, rows in tables.rows.items():
        for line, row in enumerate(rows, 2):
            if None in row or None in row.values():
                yield f"{name}:{line}: wrong number of columns"
        yield from _identifiers(name, rows)


def _identifiers(name: str, rows: list[Row]) -> Iterator[str]:
    if any(column not in row for row in rows for column in KEYS.get(name, ())):
        yield f"{name}: a column of its key is missing"
        return
    keys = Counter(key_of(name, row) for row in rows if "id" in row or name in KEYS)
    yield from (f"{name}: duplicate {'/'.join(map(str, key))}" for key, count in keys.items() if count > 1)
    if rows and "id" in rows[0] and name not in NO_IDS:
        pattern = PATTERNS.get(name, SLUG)
        yield from (f"{name}: bad slug {row['id']}" for row in rows if not pattern.fullmatch(row["id"] or ""))


def _labels(tables: Tables) -> Iterator[str]:
    for name, rows in tables.rows.items():
        for lang in LANGUAGES:
            column = f"label_{lang}"
            for text in (c for c in (rows[0] if rows else ()) if c in (column, f"heading_{lang}", f"text_{lang}")):
                yield from (f"{name}:{line}: empty {text}" for line, row in enumerate(rows, 2) if not row[text].strip())
            if not rows or column not in rows[0]:
                continue
            used = Counter(row[column].lower() for row in rows) if name in UNIQUE_LABELS else Counter()
            yield from (f"{name}: {column} used {n} times: {label}" for label, n in used.items() if n > 1)


def _references(tables: Tables) -> Iterator[str]:
    for name, column, target in REFERENCES:
        ids = {row["id"] for row in tables[target]}
        for row in tables[name]:
            yield from (f"{name}: unknown {column} {slug}" for slug in split(row[column]) if slug not in ids)


def _values(tables: Tables) -> Iterator[str]:
    for name, column, allowed in VALUES:
        yield from (f"{name}: {column} {row[column]}" for row in tables[name] if row[column] not in allowed)


def _findings(tables: Tables) -> Iterator[str]:
    for row in tables["findings"]:
        if row["polarity"] == "normal" and row["threat"] != "no":
            yield f"findings: {row['id']} is normal but threatens"
    levels = {row["id"] for row in tables["choices"] if row["kind"] == "scale_level"}
    for row in tables["severity_scales"]:
        yield from (f"severity_scales: level {x} has no label" for x in split(row["levels"]) if x not in levels)


def _indications(tables: Tables) -> Iterator[str]:
    views = _views_by_indication(tables)
    targets = {row["indication"] for row in tables["indication_findings"] if row["role"] == "target-abnormal"}
    settings = {row["id"] for row in tables["settings"]}
    for row in tables["indications"]:
        if not row["clinical_question_en"].endswith("?"):
            yield f"indications: {row['id']} asks no question"
        if row["id"] not in views:
            yield f"indications: {row['id']} has no view"
        if row["id"] not in targets:
            yield f"indications: {row['id']} has no target"
        yield from (f"indications: {row['id']} in setting {x}" for x in setting_slugs(row) if x not in settings)


def _needs(tables: Tables) -> Iterator[str]:
    """One core view at least, or a choice of several where the place decides."""
    needs: dict[str, Counter[str]] = defaultdict(Counter)
    for row in tables["indication_views"]:
        needs[row["indication"]][row["need"]] += 1
    for indication, counts in needs.items():
        if counts["one-of"] == 1:
            yield f"indication_views: {indication} has a choice of one"
        if not counts["core"] and not counts["one-of"]:
            yield f"indication_views: {indication} has neither a core view nor a choice"


def _roles(tables: Tables) -> Iterator[str]:
    findings = {row["id"]: row for row in tables["findings"]}
    for row in tables["indication_findings"]:
        finding = findings.get(row["finding"])
        if finding:
            reason = _role_fault(row["role"], finding)
            if reason:
                yield f"indication_findings: {row['indication']} {row['finding']}: {reason}"


def _role_fault(role: str, finding: Row) -> str:
    polarity = finding["polarity"]
    if role == "pitfall" and not finding["note_en"]:
        return "pitfall without a note"
    if role == "target-abnormal" and polarity == "normal":
        return "target but normal"
    usual = polarity in {"normal", "variant"} or finding["id"] in EXPECTED_THOUGH_ABNORMAL
    return f"expected normal but {polarity}" if role == "expected-normal" and not usual else ""


def _synonyms(tables: Tables) -> Iterator[str]:
    ids = {name: {row["id"] for row in tables[name]} for name in UNIQUE_LABELS}
    for row in tables["synonyms"]:
        if row["term"] not in ids.get(row["table"], set()):
            yield f"synonyms: unknown {row['table']} {row['term']}"
        if row["lang"] not in LANGUAGES or not row["synonym"].strip():
            yield f"synonyms: language or text of {row['term']}"


def _words(tables: Tables) -> Iterator[str]:
    for row in tables["words"]:
        if row["lang"] not in LANGUAGES or not row["means"].split() or not split(row["words"]):
            yield f"words: language, meaning or words of {row['means']}"


def _sheets(tables: Tables) -> Iterator[str]:
    if not tables.sheets["status"].startswith("DRAFT TEACHING TEXT"):
        yield "practice_sheets: not marked as a draft"
    views = _views_by_indication(tables)
    tagged: dict[str, set[str]] = defaultdict(set)
    for row in tables["indication_findings"]:
        tagged[row["indication"]].add(row["finding"])
    findings = {row["id"] for row in tables["findings"]}
    for sheet in tables.sheets["sheets"]:
        missing = [field for field in SHEET_FIELDS if not sheet.get(field)]
        if missing:
            yield f"practice_sheets: {sheet.get('id')} lacks {', '.join(missing)}"
            continue
        where = f"practice_sheets: {sheet['id']}"
        if sheet["indication"] not in views:
            yield f"{where}: unknown indication"
        yield from (f"{where}: view {v} not offered" for v in sheet["views"] if v not in views[sheet["indication"]])
        look_for = {item["finding"] for item in sheet["look_for"] if item.get("finding")}
        pitfalls = {item["finding"] for item in sheet["pitfalls"] if item.get("finding")}
        yield from (f"{where}: {x} not tagged for the indication" for x in look_for - tagged[sheet["indication"]])
        yield from (f"{where}: unknown finding {x}" for x in pitfalls - findings)


def _views_by_indication(tables: Tables) -> dict[str, set[str]]:
    views: dict[str, set[str]] = defaultdict(set)
    for row in tables["indication_views"]:
        views[row["indication"]].add(row["view"])
    return views
