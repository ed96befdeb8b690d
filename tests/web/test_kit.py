"""The start kit: the same texts in five languages, each marked as a draft, to read and to take home."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client
from django.utils import translation
from django.utils.html import escape

from imagebank.vocabulary.tables import LANGUAGES
from imagebank.web.kit.texts import DRAFT, FOLDER, LICENCE, NAMES, Text, markdown, plain, text_of

KEPT = [name for name in NAMES if name != LICENCE]


def shape(text: Text) -> list[list[int]]:
    """For each section how many items its parts have."""
    return [[len(part) if isinstance(part, list) else 0 for part in section["body"]] for section in text["sections"]]


def test_there_is_a_file_of_each_text_and_language_and_no_other() -> None:
    assert {file.name for file in FOLDER.iterdir()} == {f"{name}.{lang}.yaml" for name in KEPT for lang in LANGUAGES}


@pytest.mark.parametrize("name", KEPT)
def test_every_language_says_as_much(name: str) -> None:
    english = text_of(name, "en")
    for lang in LANGUAGES[1:]:
        other = text_of(name, lang)
        assert shape(other) == shape(english), lang
        pairs = zip(english["sections"], other["sections"], strict=True)
        assert all(one["heading"] and one["body"] != two["body"] for one, two in pairs), lang


@pytest.mark.parametrize("name", KEPT)
def test_numbers_and_places_to_fill_are_the_same_in_every_language(name: str) -> None:
    def told(lang: str) -> tuple[list[str], int]:
        text = markdown(text_of(name, lang), "en")
        return sorted(re.findall(r"\d+", re.sub(r"\[.*?\]|\(1\)|6\.1|9\.2|, stk\. \d", "", text))), text.count("[")

    for lang in LANGUAGES[1:]:
        assert told(lang)[1] == told("en")[1], lang
    assert {"60", "72"} <= set(told("da")[0]) or name in ("consent", "leaflet")


@pytest.mark.parametrize("name", NAMES)
def test_each_is_marked_as_a_draft_in_every_form(bank_db: None, name: str) -> None:
    for lang in LANGUAGES:
        with translation.override(lang):
            mark = " ".join(str(DRAFT).split())
        text, client = text_of(name, lang), Client(headers={"Accept-Language": lang})
        page = client.get(f"/help/start-kit/{name}/").content.decode()
        assert mark in " ".join(page.split()) and escape(text["title"]) in page
        for kind in ("md", "txt", "html"):
            answer = client.get(f"/help/start-kit/{name}.{lang}.{kind}")
            said = " ".join(unescape(answer.content.decode()).split())
            assert answer["Content-Disposition"] == f'attachment; filename="{name}.{lang}.{kind}"'
            assert mark in said and text["title"].casefold() in said.casefold()
            assert text["sections"][-1]["heading"].casefold() in said.casefold()


def test_plain_text_has_lines_that_fit() -> None:
    assert max(len(line) for line in plain(text_of("agreement", "de"), "de").splitlines()) <= 78


def test_what_is_not_there_is_not_found(bank_db: None) -> None:
    for address in ("nothing/", "consent/?in=xx", "consent.en.exe", "consent.xx.md", "consent"):
        assert Client().get(f"/help/start-kit/{address}").status_code == 404, address


def test_a_text_can_be_read_in_another_language_than_the_page(bank_db: None) -> None:
    page = Client().get("/help/start-kit/leaflet/?in=da").content.decode()
    assert '<html lang="en"' in page and 'lang="da"><h1>Dine ultralydsbilleder' in page
