"""Editing by tables: what goes out comes back the same, a change is read before it is made, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from imagebank.accounts.models import User
from imagebank.core.errors import Invalid
from imagebank.vocabulary import models, selectors
from imagebank.vocabulary.editing import compare, export, take
from imagebank.vocabulary.services import Loaded, load
from imagebank.vocabulary.tables import DATA, use
from imagebank.vocabulary.understanding import understand
from tests.factories import make_person

Edit = Callable[[str, str, str], None]


@pytest.fixture
def folder(loaded: Loaded, tmp_path: Path) -> Iterator[Path]:
    """The tables as the database holds them."""
    export(tmp_path / "tables")
    yield tmp_path / "tables"
    use(None)


@pytest.fixture
def editor(db: None) -> User:
    return make_person("editor", role="curator")


@pytest.fixture
def edit(folder: Path) -> Edit:
    def replace(table: str, old: str, new: str) -> None:
        file = folder / f"{table}.tsv"
        text = file.read_bytes().decode()
        assert text.count(old) == 1
        file.write_bytes(text.replace(old, new).encode())

    return replace


def told(folder: Path, *more: str) -> str:
    out = StringIO()
    call_command("vocabulary", "import", str(folder), *more, stdout=out)
    return out.getvalue()


def test_a_round_trip_is_byte_for_byte_the_same(folder: Path) -> None:
    written = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert written == {file.name: file.read_bytes() for file in DATA.glob("*.tsv")}
    assert compare(folder) == []


def test_a_difference_is_shown_cell_by_cell_and_changes_nothing(folder: Path, edit: Edit) -> None:
    edit("probes", "Lineær probe", "Lineærprobe")
    edit("synonyms", "findings\tb-lines-diffuse\tfr\tsyndrome interstitiel\n", "findings\tlung-point\ten\tlung spot\n")
    assert told(folder).splitlines() == [
        "~ probes linear",
        "    label_da: Lineær probe -> Lineærprobe",
        "- synonyms findings/b-lines-diffuse/fr/syndrome interstitiel",
        "+ synonyms findings/lung-point/en/lung spot",
        "    table: findings",
        "    term: lung-point",
        "    lang: en",
        "    synonym: lung spot",
        "1 added, 1 changed, 1 removed, 0 moved",
        "Nothing was changed. Add --apply, --author and --reason to make it so.",
    ]
    assert models.Probe.objects.get(pk="linear").label_da == "Lineær probe"
    assert models.Release.objects.count() == 1


def test_what_is_applied_has_an_author_a_reason_and_its_cells(editor: User, folder: Path, edit: Edit) -> None:
    edit("probes", "Lineær probe", "Lineærprobe")
    with pytest.raises(CommandError, match="--reason"):
        told(folder, "--apply", "--author", editor.email)
    told(folder, "--apply", "--author", editor.email, "--reason", "One word in Danish")
    (change,) = models.Change.objects.select_related("release")
    assert (change.table, change.key, change.column) == ("probes", ["linear"], "label_da")
    assert (change.before, change.after) == ("Lineær probe", "Lineærprobe")
    assert (change.release.author, change.release.reason) == (editor, "One word in Danish")
    assert selectors.labels("probe", "da")["linear"] == "Lineærprobe"
    export(folder.parent / "again")
    again = {file.name: file.read_bytes() for file in (folder.parent / "again").iterdir()}
    assert again == {file.name: file.read_bytes() for file in folder.iterdir()}


def test_queries_are_read_with_the_imported_tables(editor: User, folder: Path, edit: Edit) -> None:
    assert understand("flapper sign").terms == ()
    edit(
        "synonyms", "findings\tb-lines-diffuse\tfr\tsyndrome interstitiel\n", "findings\tlung-point\ten\tflapper sign\n"
    )
    take(folder, author=editor, reason="Said so at the bedside")
    selectors.forget()
    selectors.version()
    assert understand("flapper sign").terms[0].id == "lung-point"


def test_an_imported_edition_stays_when_the_product_starts_again(editor: User, folder: Path, edit: Edit) -> None:
    edit("probes", "Lineær probe", "Lineærprobe")
    take(folder, author=editor, reason="One word")
    out = StringIO()
    call_command("load_vocabulary", stdout=out)
    assert "stays in force: One word" in out.getvalue()
    assert models.Probe.objects.get(pk="linear").label_da == "Lineærprobe"
    call_command("load_vocabulary", "--replace", stdout=StringIO())
    assert models.Probe.objects.get(pk="linear").label_da == "Lineær probe"


def test_a_new_term_is_entered_into_the_register(editor: User, folder: Path) -> None:
    file = folder / "settings.tsv"
    file.write_text(file.read_text() + "ship\tOn board\tÀ bord\tAn Bord\tA bordo\tOm bord\n")
    take(folder, author=editor, reason="Ship's doctors asked")
    stored = selectors.stored()
    assert stored is not None
    assert stored["ids"][-1] == {"table": "settings", "id": "ship"}
    assert models.Change.objects.filter(table="settings", key=["ship"], column="", after="added").exists()


@pytest.mark.parametrize(
    ("table", "old", "new", "fault"),
    [
        ("settings", "ward\tHospital ward\tService d'hospitalisation\tBettenstation\tPlanta de hospitalización\t"
         "Sengeafsnit\n", "", "settings: ward was taken out: put it back, and retire it in retired.tsv"),
        ("ids", "settings\tward\n", "", "ids: settings/ward was taken out: put it back, and retire it in retired.tsv"),
        ("settings", "label_da", "label_sv", "settings: other columns than before"),
        ("settings", "Hospital ward", "", "settings:5: empty label_en"),
        ("settings", "Hospital ward\t", "", "settings:5: wrong number of columns"),
    ],
    ids=["term", "register", "columns", "label", "cells"],
)  # fmt: skip
def test_what_is_refused(folder: Path, edit: Edit, table: str, old: str, new: str, fault: str) -> None:
    edit(table, old, new)
    with pytest.raises(Invalid) as refusal:
        compare(folder)
    assert fault in refusal.value.errors["vocabulary"]


def test_a_missing_table_is_refused(folder: Path) -> None:
    (folder / "settings.tsv").unlink()
    with pytest.raises(CommandError, match="settings: the table is missing"):
        told(folder)


def test_rows_in_another_order_are_told(folder: Path) -> None:
    file = folder / "settings.tsv"
    head, first, *rest = file.read_text().splitlines(keepends=True)
    file.write_text("".join([head, *rest, first]))
    assert [one.kind for one in compare(folder)] == ["moved"]


def test_loading_the_same_again_keeps_no_change(loaded: Loaded) -> None:
    load()
    assert models.Change.objects.count() == 0
