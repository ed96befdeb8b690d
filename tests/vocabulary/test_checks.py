"""The packaged tables keep their rules, and each rule can be broken."""

from __future__ import annotations

import copy
from collections import Counter, defaultdict
from typing import Any

import pytest
from pydicom.sr import _concepts_dict

from imagebank.vocabulary import checks
from imagebank.vocabulary.tables import LANGUAGES, Tables


@pytest.fixture
def broken(tables: Tables) -> Tables:
    """A copy to break."""
    return copy.deepcopy(tables)


@pytest.fixture(scope="module")
def dictionary() -> dict[tuple[str, str], set[str]]:
    """{(scheme, code): meanings} of PS3.16 as pydicom holds it."""
    known: dict[tuple[str, str], set[str]] = defaultdict(set)
    concepts: Any = _concepts_dict.concepts
    for scheme, keywords in concepts.items():
        for codes in keywords.values():
            for code, (meaning, _) in codes.items():
                known[scheme, code].add(meaning)
    return known


def test_the_packaged_tables_are_clean(tables: Tables) -> None:
    assert checks.faults(tables) == []
    assert checks.warnings(tables) == []


def test_every_code_is_in_the_dictionary(tables: Tables, dictionary: dict[tuple[str, str], set[str]]) -> None:
    assert checks.code_faults(tables, dictionary) == []


def test_an_invented_code_is_found(broken: Tables, dictionary: dict[tuple[str, str], set[str]]) -> None:
    coded = next(row for row in broken["findings"] if row["code"])
    coded["code"] = "123456789"
    broken["views"][0]["site_sct"] = "1"
    uncoded = next(row for row in broken["findings"] if not row["code"])
    uncoded["code_verified"] = "yes"
    found = checks.code_faults(broken, dictionary)
    assert len(found) == 3
    assert "findings: code 123456789 is not in the dictionary" in found


def test_what_the_tables_hold(tables: Tables) -> None:
    sizes = {name: len(rows) for name, rows in tables.rows.items()}
    assert (sizes["findings"], sizes["indications"], sizes["views"]) == (302, 56, 88)
    assert (sizes["indication_findings"], sizes["indication_views"]) == (816, 388)
    assert len(tables.sheets["sheets"]) == 12
    polarities = Counter(row["polarity"] for row in tables["findings"])
    assert polarities["indeterminate"] == 3


def test_no_label_is_missing(tables: Tables) -> None:
    labelled = [row for rows in tables.rows.values() for row in rows if "label_en" in row]
    assert len(labelled) > 302 + 56 + 88
    assert not [row for row in labelled for lang in LANGUAGES if not row[f"label_{lang}"].strip()]


@pytest.mark.parametrize(
    ("table", "column", "value", "told"),
    [
        ("findings", "label_da", " ", "empty label_da"),
        ("findings", "id", "rv-dilated", "findings: duplicate rv-dilated"),
        ("findings", "id", "Not_A_Slug", "bad slug Not_A_Slug"),
        ("findings", "threat", "maybe", "threat maybe"),
        ("findings", "polarity", "good", "polarity good"),
        ("findings", "threat", "yes", "is normal but threatens"),
        ("findings", "views", "plax;nowhere", "unknown views nowhere"),
        ("findings", "severity_scale", "heavy", "unknown severity_scale heavy"),
        ("views", "probes", "phased;square", "unknown probes square"),
        ("views", "label_fr", "Apicale quatre cavités", "label_fr used 2 times"),
        ("indications", "settings", "ED;spaceship", "in setting spaceship"),
        ("indications", "clinical_question_en", "Tell me.", "asks no question"),
        ("indication_findings", "finding", "ghost", "unknown finding ghost"),
        ("indication_findings", "role", "star", "role star"),
        ("indication_findings", "role", "target-abnormal", "target but normal"),
        ("indication_views", "need", "perhaps", "need perhaps"),
        ("indication_views", "view", "psax-pm", "duplicate undifferentiated-shock/psax-pm"),
        ("synonyms", "term", "ghost", "unknown findings ghost"),
        ("synonyms", "lang", "it", "language or text"),
        ("severity_scales", "levels", "awful", "level awful has no label"),
        ("finding_broader", "broader", "lv-function-severely-reduced", "is a kind of itself"),
        ("finding_broader", "finding", "ghost", "unknown finding ghost"),
        ("finding_signs", "finding", "ghost", "unknown finding ghost"),
        ("finding_signs", "sign_of", "ghost", "unknown finding ghost"),
        ("finding_signs", "finding", "ectopic-embryo", "ectopic-embryo is a kind of what it is a sign of"),
        ("finding_exclusions", "excludes", "pericardial-effusion-absent", "excludes pericardial-effusion-absent"),
        ("indication_disclosure", "disclosure", "secret", "disclosure secret"),
        ("indication_disclosure", "indication", "ghost", "unknown indication ghost"),
        ("licence_clauses", "text_da", "", "empty text_da"),
        ("licence_clauses", "licence", "MIT", "unknown licence MIT"),
        ("consent_kinds", "irrevocable", "maybe", "irrevocable maybe"),
        ("withdrawal_reasons", "id", "Patient asked", "bad slug Patient asked"),
        ("settings", "id", "clinic", "settings: gp was taken out"),
        ("settings", "id", "clinic", "ids: settings clinic is not in the register"),
        ("finding_disclosure", "disclosure", "secret", "disclosure secret"),
    ],
)
def test_each_rule_can_be_broken(broken: Tables, table: str, column: str, value: str, told: str) -> None:
    rows = broken[table]
    row = next((row for row in rows if row.get("polarity") == "normal"), rows[0]) if table == "findings" else rows[0]
    row[column] = value
    assert any(told in fault for fault in checks.faults(broken)), checks.faults(broken)


def test_a_kind_of_something_sensitive_is_not_ordinary(broken: Tables) -> None:
    broken.rows["finding_disclosure"] = [r for r in broken["finding_disclosure"] if r["finding"] != "ectopic-embryo"]
    assert checks.faults(broken) == [
        "finding_disclosure: ectopic-embryo is ordinary, but ectopic-pregnancy, of which it is a kind, is not"
    ]


def test_a_sign_of_something_sensitive_is_not_ordinary(broken: Tables) -> None:
    sign = "adnexal-mass-with-free-fluid"
    broken.rows["finding_disclosure"] = [r for r in broken["finding_disclosure"] if r["finding"] != sign]
    assert checks.faults(broken) == [
        f"finding_disclosure: {sign} is ordinary, but ectopic-pregnancy, of which it is a sign, is not"
    ]


def test_a_finding_does_not_exclude_its_own_kind(broken: Tables) -> None:
    broken["finding_exclusions"].append({"finding": "hydronephrosis", "excludes": "hydronephrosis-mild"})
    assert "finding_exclusions: hydronephrosis excludes hydronephrosis-mild" in checks.faults(broken)


def test_where_the_place_decides_there_is_a_choice_of_views(broken: Tables) -> None:
    offered = [row for row in broken["indication_views"] if row["indication"] == "nerve-block"]
    assert {row["need"] for row in offered} == {"one-of"}
    for row in offered[1:]:
        row["need"] = "optional"
    assert checks.faults(broken) == ["indication_views: nerve-block has a choice of one"]
    offered[0]["need"] = "optional"
    assert checks.faults(broken) == ["indication_views: nerve-block has neither a core view nor a choice"]


def test_a_retired_term_keeps_its_row_and_names_one_in_use(broken: Tables) -> None:
    broken["retired"].append({"table": "findings", "id": "quad-sign", "successor": "sinusoid-sign", "reason": ""})
    broken["retired"].append({"table": "findings", "id": "ghost", "successor": "quad-sign", "reason": ""})
    found = checks.faults(broken)
    assert "retired: unknown findings ghost" in found
    assert "retired: ghost has the successor quad-sign, which is not in use" in found
    assert "indication_findings: quad-sign is retired" in found


def test_a_pitfall_needs_its_note(broken: Tables) -> None:
    slug = next(row["finding"] for row in broken["indication_findings"] if row["role"] == "pitfall")
    next(row for row in broken["findings"] if row["id"] == slug)["note_en"] = ""
    assert any("pitfall without a note" in fault for fault in checks.faults(broken))


def test_an_abnormal_finding_is_not_expected(broken: Tables) -> None:
    row = next(row for row in broken["indication_findings"] if row["finding"] == "rv-dilated")
    row["role"] = "expected-normal"
    assert any("expected normal but abnormal" in fault for fault in checks.faults(broken))


def test_a_short_row_is_found(broken: Tables) -> None:
    broken["modes"][0]["label_da"] = None  # type: ignore[assignment]
    assert checks.faults(broken) == ["modes:2: wrong number of columns"]


def test_sheets_are_drafts_and_name_what_is_offered(broken: Tables) -> None:
    broken.sheets["status"] = "Guidance"
    first, second, third = broken.sheets["sheets"][:3]
    first["views"].append("plax")
    second["look_for"].append({"finding": "retinal-detachment"})
    del third["sources"]
    found = checks.faults(broken)
    assert "practice_sheets: not marked as a draft" in found
    assert f"practice_sheets: {first['id']}: view plax not offered" in found
    assert f"practice_sheets: {second['id']}: retinal-detachment not tagged for the indication" in found
    assert f"practice_sheets: {third['id']} lacks sources" in found


def test_a_finding_without_its_view_is_a_warning(broken: Tables) -> None:
    broken["indication_findings"][0]["finding"] = "retinal-detachment"
    assert len(checks.warnings(broken)) == 1
