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

from imagebank.core.errors import Invalid
from imagebank.vocabulary import models, selectors
from imagebank.vocabulary.offers import indication_offer
from imagebank.vocabulary.services import Loaded, load
from imagebank.vocabulary.tables import DATA, LANGUAGES, Tables

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
    assert models.FindingTerm.objects.count() == 284
    assert models.Indication.objects.count() == 56
    assert models.View.objects.count() == 88
    assert models.IndicationFinding.objects.count() == 816
    assert models.IndicationView.objects.count() == 388
    assert models.QualityItem.objects.count() == 71
    assert models.PracticeSheet.objects.filter(draft=True).count() == 12
    assert set(models.Setting.objects.values_list("pk", flat=True)) == {"gp", "ed", "icu", "ward", "prehospital"}
    assert loaded.counts["FindingTerm"].added == 284
    assert models.FindingTerm.objects.get(pk="aorta-aneurysm-large").broader_id == "aorta-aneurysm"
    assert models.FindingTerm.objects.get(pk="retained-products").disclosure == "sensitive"
    assert models.FindingTerm.objects.exclude(disclosure="ordinary").count() == 27


def test_loading_again_changes_nothing(loaded: Loaded) -> None:
    numbers = dict(models.Facet.objects.values_list("slug", "number").filter(kind="finding"))
    again = load()
    assert not again.changed
    assert again.release == loaded.release
    assert again.counts["Synonym"].unchanged == models.Synonym.objects.count()
    assert dict(models.Facet.objects.values_list("slug", "number").filter(kind="finding")) == numbers


def test_what_left_the_tables_is_retired_and_keeps_its_label_and_number(loaded: Loaded, edited: Edit) -> None:
    number = selectors.facet_values("vendor")["terason"]
    folder = edited("device_vendors", "terason\tTerason\tportable\tno\n", "")
    after = load(folder=folder)
    selectors.forget()
    assert after.counts["DeviceVendor"].retired == 1
    assert after.release > loaded.release
    assert models.DeviceVendor.objects.get(pk="terason").retired
    assert selectors.unknown("vendor", ["terason", "philips", "acme"]) == ["terason", "acme"]
    assert selectors.labels("vendor", "en")["terason"] == "Terason"
    assert selectors.facet_values("vendor")["terason"] == number
    back = load()
    assert back.counts["DeviceVendor"].added == 0
    assert not models.DeviceVendor.objects.get(pk="terason").retired


def test_a_changed_label_is_seen_after_loading(
    loaded: Loaded, edited: Edit, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    assert selectors.labels("probe", "da")["linear"] == "Lineær probe"
    folder = edited("probes", "Lineær probe", "Lineærprobe")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        load(folder=folder)
    assert selectors.labels("probe", "da")["linear"] == "Lineærprobe"


def test_faulty_tables_are_refused_and_change_nothing(loaded: Loaded, edited: Edit) -> None:
    folder = edited("indication_findings", "target-abnormal", "target")
    with pytest.raises(Invalid) as refusal:
        load(folder=folder)
    assert any("role target" in fault for fault in refusal.value.errors["vocabulary"])
    assert models.Release.objects.count() == 1


def test_numbers_are_unique_over_all_facets(loaded: Loaded, tables: Tables) -> None:
    numbers = list(models.Facet.objects.values_list("number", flat=True))
    assert len(numbers) == len(set(numbers)) >= 3 * 284 + 56 + 88
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
    assert re.search(r"^FindingTerm +284 added", told.getvalue(), re.MULTILINE)
    told = StringIO()
    call_command("load_vocabulary", stdout=told)
    assert re.search(r"^FindingTerm .* 284 unchanged$", told.getvalue(), re.MULTILINE)


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
