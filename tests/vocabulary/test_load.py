"""Loading: idempotent, retiring, refusing; what is read back."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from imagebank.catalog import gaps
from imagebank.catalog.models import IRREVOCABLE
from imagebank.catalog.rights import DEFAULTS
from imagebank.catalog.search.numbers import any_of
from imagebank.core.errors import Invalid
from imagebank.review import withdrawal
from imagebank.vocabulary import models, selectors
from imagebank.vocabulary.naming import named
from imagebank.vocabulary.offers import indication_offer
from imagebank.vocabulary.services import Loaded, load
from imagebank.vocabulary.tables import DATA, LANGUAGES, Tables, read_tables, use
from imagebank.vocabulary.understanding import understand

Edit = Callable[[str, str, str], Path]


@pytest.fixture
def edited(tmp_path: Path) -> Edit:
    """A copy of the tables in which one string of one table is replaced."""

    def edit(table: str, old: str, new: str) -> Path:
        folder = tmp_path / "tables"
        shutil.copytree(DATA, folder, dirs_exist_ok=True)
        file = folder / f"{table}.tsv"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return edit


def test_everything_is_loaded(loaded: Loaded) -> None:
    assert models.FindingTerm.objects.count() == 302
    assert models.Indication.objects.count() == 56
    assert models.View.objects.count() == 88
    assert models.IndicationFinding.objects.count() == 816
    assert models.IndicationView.objects.count() == 388
    assert models.QualityItem.objects.count() == 71
    assert set(models.Setting.objects.values_list("pk", flat=True)) == {"gp", "ed", "icu", "ward", "prehospital"}
    assert loaded.counts["FindingTerm"].added == 302
    assert models.FindingTerm.objects.get(pk="aorta-aneurysm-large").broader_id == "aorta-aneurysm"
    assert models.FindingTerm.objects.get(pk="retained-products").disclosure == "sensitive"
    assert models.FindingTerm.objects.exclude(disclosure="ordinary").count() == 35
    assert set(models.Indication.objects.exclude(disclosure="ordinary").values_list("pk", flat=True)) == {
        "early-pregnancy-pain-bleeding", "late-pregnancy-assessment", "pelvic-pain-nonpregnant", "iud-localisation",
        "scrotal-pain",
    }  # fmt: skip


def test_loading_again_changes_nothing(loaded: Loaded) -> None:
    numbers = dict(models.Facet.objects.values_list("slug", "number").filter(kind="finding"))
    again = load()
    assert not again.changed
    assert again.release == loaded.release
    assert again.counts["Synonym"].unchanged == models.Synonym.objects.count()
    assert dict(models.Facet.objects.values_list("slug", "number").filter(kind="finding")) == numbers


def test_what_left_a_table_of_links_is_retired(loaded: Loaded, edited: Edit) -> None:
    folder = edited("synonyms", "findings\tb-lines-diffuse\tfr\tsyndrome interstitiel\n", "")
    after = load(tables=read_tables(folder))
    assert (after.counts["Synonym"].retired, after.release > loaded.release) == (1, True)
    assert models.Synonym.objects.get(lang="fr", text="syndrome interstitiel").retired
    assert load().counts["Synonym"].added == 0
    assert not models.Synonym.objects.get(lang="fr", text="syndrome interstitiel").retired


def test_a_row_that_was_taken_out_is_missed(loaded: Loaded, edited: Edit) -> None:
    folder = edited("device_vendors", "terason\tTerason\tportable\tno\n", "")
    with pytest.raises(Invalid) as refusal:
        load(tables=read_tables(folder))
    assert refusal.value.errors["vocabulary"] == ["device_vendors: terason was taken out; put it back and retire it"]


def test_what_is_retired_keeps_its_label_and_number(loaded: Loaded, edited: Edit) -> None:
    number = selectors.facet_values("vendor")["terason"]
    folder = edited("retired", "reason\n", "reason\ndevice_vendors\tterason\t\tno longer made\n")
    after = load(tables=read_tables(folder))
    selectors.forget()
    assert after.counts["DeviceVendor"].changed == 1
    assert models.DeviceVendor.objects.get(pk="terason").retired
    assert selectors.unknown("vendor", ["terason", "philips", "acme"]) == ["terason", "acme"]
    assert selectors.labels("vendor", "en")["terason"] == "Terason"
    assert selectors.facet_values("vendor")["terason"] == number


def test_a_retired_finding_leads_to_its_successor(loaded: Loaded, edited: Edit) -> None:
    folder = edited("retired", "reason\n", "reason\nfindings\tz-lines\te-lines\ttwo names of one thing\n")
    for table in ("indication_findings", "synonyms"):
        file = folder / f"{table}.tsv"
        kept = [line for line in file.read_text(encoding="utf-8").splitlines() if "\tz-lines\t" not in line]
        file.write_text("\n".join(kept) + "\n", encoding="utf-8")
    load(tables=read_tables(folder))
    selectors.forget()
    try:
        assert selectors.unknown("finding", ["z-lines", "e-lines"]) == ["z-lines"]
        assert selectors.resolved("finding", ["z-lines", "a-lines"]) == ["z-lines", "e-lines", "a-lines"]
        assert selectors.rolled_up("z-lines", "present") == ("z-lines", "e-lines")
        assert understand("Z-lines").terms[0].id == "e-lines"
        assert named("z-lines", "finding", "en") == ("z-lines", "e-lines")
        both = selectors.facet_numbers([("finding_absent", "z-lines"), ("finding_absent", "e-lines")])
        assert list(any_of("finding_absent", ["z-lines"]).numbers) == both
    finally:
        use(None)


def test_a_kind_counts_as_the_broader_and_its_absence_does_not(loaded: Loaded) -> None:
    assert selectors.rolled_up("aorta-aneurysm-large", "present") == ("aorta-aneurysm-large", "aorta-aneurysm")
    assert selectors.rolled_up("ascites-complex", "uncertain") == ("ascites-complex", "ascites", "free-fluid")
    assert selectors.rolled_up("aorta-aneurysm-large", "absent") == ("aorta-aneurysm-large",)
    assert set(selectors.rolled_up("hydronephrosis", "absent")) == {
        "hydronephrosis", "hydronephrosis-mild", "hydronephrosis-moderate", "hydronephrosis-severe",
    }  # fmt: skip


def test_what_excludes_a_finding_excludes_its_kinds(loaded: Loaded) -> None:
    normal = models.FindingTerm.objects.get(pk="kidney-normal")
    excluded = set(normal.excludes.values_list("pk", flat=True))
    assert {"hydronephrosis", "hydronephrosis-mild", "hydronephrosis-severe"} <= excluded


def test_the_reasons_of_the_tables_are_those_of_the_code(loaded: Loaded, tables: Tables) -> None:
    told = {row["id"]: row["told_as"] for row in tables["withdrawal_reasons"]}
    assert set(told) == set(withdrawal.REASONS)
    assert {code: told_as for code, told_as in told.items() if told_as != "other"} == gaps.REASONS
    irrevocable = {row["id"] for row in tables["consent_kinds"] if row["irrevocable"] == "yes"}
    assert irrevocable == set(IRREVOCABLE)
    assert DEFAULTS["legal_basis"] in {row["id"] for row in tables["legal_bases"]}
    assert DEFAULTS["consent_kind"] in {row["id"] for row in tables["consent_kinds"]}


def test_the_teaching_licence_has_its_text_in_five_languages(loaded: Loaded) -> None:
    for lang in LANGUAGES:
        clauses = selectors.licence_clauses("LicenseRef-Imagebank-Teaching-1.0", lang)
        assert [clause["number"] for clause in clauses] == list(range(1, 12))
        assert all(clause["heading"] and clause["text"] for clause in clauses)
    assert selectors.licence_clauses("CC0-1.0", "en") == []


def test_a_changed_label_is_seen_after_loading(
    loaded: Loaded, edited: Edit, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    assert selectors.labels("probe", "da")["linear"] == "Lineær probe"
    folder = edited("probes", "Lineær probe", "Lineærprobe")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        load(tables=read_tables(folder))
    assert selectors.labels("probe", "da")["linear"] == "Lineærprobe"


def test_faulty_tables_are_refused_and_change_nothing(loaded: Loaded, edited: Edit) -> None:
    folder = edited("indication_findings", "target-abnormal", "target")
    with pytest.raises(Invalid) as refusal:
        load(tables=read_tables(folder))
    assert any("role target" in fault for fault in refusal.value.errors["vocabulary"])
    assert models.Release.objects.count() == 1


def test_numbers_are_unique_over_all_facets(loaded: Loaded, tables: Tables) -> None:
    numbers = list(models.Facet.objects.values_list("number", flat=True))
    assert len(numbers) == len(set(numbers)) >= 3 * 302 + 56 + 88
    pairs = [("finding", "b-lines-diffuse"), ("finding_absent", "b-lines-diffuse"), ("view", "plax")]
    assert len(set(selectors.facet_numbers(pairs))) == 3


def test_an_open_facet_is_numbered_when_first_met_and_stays(loaded: Loaded) -> None:
    first = selectors.facet_numbers([("country", "DK"), ("country", "FR")])
    assert len(first) == 2
    assert selectors.facet_numbers([("country", "FR"), ("country", "DK")]) == first
    assert load().facets_added == 0


def test_labels_in_five_languages(loaded: Loaded, tables: Tables) -> None:
    kinds = [*selectors.TABLES, *selectors.ATTRIBUTES, *selectors.CHOICES, "quality"]
    for kind in kinds:
        for lang in LANGUAGES:
            found = selectors.labels(kind, lang)
            assert found
            assert all(found.values()), (kind, lang)
    assert selectors.labels("finding", "fr")["gallstones"] == "Lithiase vésiculaire"
    assert list(selectors.labels("finding", "de")) == [row["id"] for row in tables["findings"]]
    assert selectors.labels("quality", "de")["4"] == "Gut"


def test_unknown_kind_or_language_is_an_error(loaded: Loaded) -> None:
    with pytest.raises(ValueError, match="nonsense"):
        selectors.labels("nonsense", "en")
    with pytest.raises(ValueError, match="it"):
        selectors.labels("finding", "it")


def test_offer_of_an_indication(loaded: Loaded, tables: Tables) -> None:
    offer = indication_offer("urinary-retention", "es")
    wanted = [r["view"] for r in tables["indication_views"] if r["indication"] == "urinary-retention"]
    assert {view["id"] for view in offer["views"]} == set(wanted)
    assert offer["views"][0]["need"] == "core"
    assert offer["views"][0]["need_label"] == "Vista esencial"
    assert set(offer["findings"]) == {"expected_normal", "target", "mimic", "pitfall"}
    targets = {finding["id"]: finding for finding in offer["findings"]["target"]}
    assert targets["bladder-distended"]["label"] == "Globo vesical (retención)"
    assert "bladder-empty" in targets["bladder-distended"]["excludes"]
    assert targets["bladder-distended"]["levels"] == [{"id": "measured-ml", "label": "Medido, en ml"}]
    linked = [r for r in tables["indication_findings"] if r["indication"] == "urinary-retention"]
    assert sum(len(findings) for findings in offer["findings"].values()) == len(linked)


def test_offer_has_quality_items_in_order(loaded: Loaded) -> None:
    plax = next(v for v in indication_offer("dyspnoea", "en")["views"] if v["id"] == "plax")
    assert [item["number"] for item in plax["quality_items"]] == [1, 2, 3, 4]
    assert plax["quality_items"][0]["text"] == "aortic and mitral valves both in the plane"
    assert plax["probes"] == ["phased"]


def test_offer_of_an_unknown_indication(loaded: Loaded) -> None:
    with pytest.raises(Invalid):
        indication_offer("no-such-thing", "en")


def test_offers_cost_no_query_the_second_time(
    loaded: Loaded, django_assert_num_queries: Callable[[int], object]
) -> None:
    indication_offer("dyspnoea", "en")
    with django_assert_num_queries(0):  # type: ignore[attr-defined]
        indication_offer("dyspnoea", "en")


def test_text_for_the_index_has_every_language(loaded: Loaded) -> None:
    text = selectors.searchable_text(indication="dyspnoea", findings=["gallstones"], views=["plax", ""])
    for name in ("Dyspnoe", "åndenød", "Lithiase vésiculaire", "Gallensteine", "Parasternal long axis (PLAX)"):
        assert name in text
    assert "Galdesten" in text


def test_command_reports_counts(db: None) -> None:
    selectors.forget()
    told = StringIO()
    call_command("load_vocabulary", stdout=told)
    assert re.search(r"^FindingTerm +302 added", told.getvalue(), re.MULTILINE)
    told = StringIO()
    call_command("load_vocabulary", stdout=told)
    assert re.search(r"^FindingTerm .* 302 unchanged$", told.getvalue(), re.MULTILINE)


@pytest.mark.parametrize(
    ("field", "value"),
    [("polarity", "sinister"), ("threat", "yes"), ("disclosure", "secret"), ("label_da", ""), ("code_verified", True)],
)
def test_the_database_refuses_a_bad_finding(loaded: Loaded, field: str, value: object) -> None:
    finding = models.FindingTerm.objects.filter(polarity="normal", code="").first()
    assert finding
    setattr(finding, field, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        finding.save()


def test_a_link_stands_once(loaded: Loaded) -> None:
    link = models.IndicationView.objects.first()
    assert link
    with pytest.raises(IntegrityError), transaction.atomic():
        models.IndicationView.objects.create(indication=link.indication, view=link.view, need="core")
