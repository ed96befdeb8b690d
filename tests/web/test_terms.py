"""The pages of the vocabulary: found by any name, each term at its address, counts that lead to as many cases."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from imagebank.catalog.models import Case
from imagebank.vocabulary import selectors
from imagebank.vocabulary.editing import export, take
from imagebank.vocabulary.models import Change, Comment
from imagebank.vocabulary.publishing import SCHEMES
from imagebank.vocabulary.tables import LANGUAGES, packaged, use
from tests.factories import World, session

LINK = re.compile(r'href="/vocabulary/([\w-]+)/([\w.-]+)/"')


def read(path: str, client: Client | None = None, status: int = 200, lang: str = "en") -> str:
    answer = (client or Client()).get(path, headers={"Accept-Language": lang})
    assert answer.status_code == status, path
    return answer.content.decode()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_each_table_lists_each_term_once(reading: None, scheme: str) -> None:
    linked = [slug for table, slug in LINK.findall(read(f"/vocabulary/{scheme}/")) if table == scheme]
    assert sorted(linked) == sorted(str(pk) for pk in SCHEMES[scheme].model.objects.values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("q", "found"),
    [("Pleuraerguss", "pleural-effusion"), ("épanchement", "pleural-effusion"), ("LUFTBRONKOGRAM", "air-bronchograms"),
     ("pleural-effusion-sept", "pleural-effusion-septated"), ("60046008", "pleural-effusion")],
)  # fmt: skip
def test_a_term_is_found_by_any_name_in_any_language(reading: None, q: str, found: str) -> None:
    assert ("findings", found) in LINK.findall(read(f"/vocabulary/?q={q}"))


def test_nothing_found_says_so(reading: None) -> None:
    assert "No term is called so" in read("/vocabulary/?q=zebra")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_term_shows_its_names_in_five_languages(reading: None, lang: str) -> None:
    page = read("/vocabulary/findings/pleural-effusion/", lang=lang)
    row = next(row for row in packaged()["findings"] if row["id"] == "pleural-effusion")
    assert all(row[f"label_{one}"] in page for one in LANGUAGES)
    assert "60046008" in page
    assert f"<h1>{row[f'label_{lang}']}</h1>" in page


def test_a_term_links_to_what_it_hangs_together_with(reading: None) -> None:
    links = LINK.findall(read("/vocabulary/findings/hydronephrosis/"))
    assert {("findings", f"hydronephrosis-{how}") for how in ("mild", "moderate", "severe")} <= set(links)
    assert ("findings", "kidney-normal") in links
    links = LINK.findall(read("/vocabulary/indications/nerve-block/"))
    assert {("views", "nerve-femoral"), ("findings", "nerve-identified")} <= set(links)
    assert ("indications", "nerve-block") in LINK.findall(read("/vocabulary/views/nerve-femoral/"))


def test_every_kind_of_page_is_marked_as_a_draft(reading: None) -> None:
    for path in ("", "findings/gallstones/", "indications/dyspnoea/", "views/plax/", "settings/gp/"):
        assert "Draft vocabulary." in read(f"/vocabulary/{path}")


def test_counts_roll_up_and_lead_to_as_many_cases(published: Case) -> None:
    for term in ("pleural-effusion", "pleural-effusion-simple"):
        page = read(f"/vocabulary/findings/{term}/")
        told = re.findall(r'href="(/cases/\?finding\w*=[\w-]+)">([^<]*)</a>', page)
        assert told == [(f"/cases/?finding={term}", "Present: 1 case")]
        assert "<strong>1 case</strong>" in read(told[0][0])
        assert f"/cases/{published.pk}/" in page
    assert "no case yet" in read("/vocabulary/findings/pleural-effusion-septated/")


def test_a_changed_word_shows_its_change_and_who_made_it_to_those_with_an_account(world: World, tmp_path: Path) -> None:
    export(tmp_path)
    file = tmp_path / "findings.tsv"
    file.write_text(file.read_text().replace("Lung point\t", "The lung point\t"))
    take(tmp_path, author=world.curator, reason="As it is called")
    selectors.forget()
    try:
        page = read("/vocabulary/findings/lung-point/")
        for word in ("<del>Lung point</del>", "<ins>The lung point</ins>", "As it is called"):
            assert word in page
        assert world.curator.name not in page
        assert world.curator.name in read("/vocabulary/findings/lung-point/", session(world.contributor))
    finally:
        Change.objects.all().delete()
        take_back()


def take_back() -> None:
    """The vocabulary stays between tests: as it was."""
    from imagebank.vocabulary.models import Release
    from imagebank.vocabulary.services import load

    load()
    Change.objects.all().delete()
    Release.objects.filter(author__isnull=False).delete()
    selectors.forget()
    use(None)


def test_a_comment_is_for_those_with_an_account(world: World) -> None:
    client = session(world.contributor)
    answer = client.post("/vocabulary/findings/lung-point/comment/", {"text": "In Danish: lungepunkt?"})
    assert answer.status_code == 302
    assert "In Danish: lungepunkt?" in read("/vocabulary/findings/lung-point/", client)
    assert "lungepunkt?" not in read("/vocabulary/findings/lung-point/")
    assert Client().post("/vocabulary/findings/lung-point/comment/", {"text": "x"}).status_code == 302
    assert Comment.objects.count() == 1


def test_a_comment_that_points_at_somebody_is_refused_and_kept_to_mend(world: World) -> None:
    answer = session(world.contributor).post(
        "/vocabulary/findings/lung-point/comment/", {"text": "as in the patient of 12.03.2024"}
    )
    assert answer.status_code == 422
    assert "as in the patient of 12.03.2024</textarea>" in answer.content.decode()
    assert not Comment.objects.exists()


@pytest.mark.parametrize("path", ["nothing/", "findings/nothing/", "nothing/gallstones/"])
def test_what_is_not_there(reading: None, path: str) -> None:
    read(f"/vocabulary/{path}", status=404)


def test_the_licence_page_has_the_text(reading: None) -> None:
    for lang, word in (("en", "No copies passed on"), ("da", "Ingen kopier videre")):
        assert word in read("/help/licence/", lang=lang)
        assert word in read("/vocabulary/licences/LicenseRef-Imagebank-Teaching-1.0/", lang=lang)
