"""What the browse page and the help say about the language of queries."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import unquote_plus

import pytest
from django.test import Client
from django.utils import translation

from imagebank.catalog.search.asked import NAMES, Text
from imagebank.catalog.search.grammar import FAULTS as KINDS
from imagebank.catalog.search.grammar import parse
from imagebank.vocabulary.understanding import understand
from imagebank.web.examples import FIELDS, LANGUAGE, WORDS
from imagebank.web.querying import FAULTS
from tests.web.test_pages import text_of

LANGUAGES = ["en", "fr", "de", "es", "da"]


def searched(text: str, pattern: str) -> list[str]:
    """The q of links whose text matches."""
    found = re.findall(rf'<a[^>]*href="([^"]*)"[^>]*>{pattern}</a>', text)
    return [unquote_plus(re.search(r"[?&]q=([^&]*)", address)[1]) for address in found]  # type: ignore[index]


def test_what_was_put_right_can_be_searched_for_as_it_was_typed(bank, client: Client) -> None:
    text = text_of(client, "/cases/?q=gallstonnes+child")
    assert "Showing results for <strong>gallstones child</strong>." in text
    exact = re.search(r'href="([^"]+)">Search instead for “gallstonnes child”', text)
    assert exact is not None
    assert "exact=1" in exact[1]
    typed = text_of(client, exact[1])
    assert "Showing results for" not in typed
    assert '<span class="unseen">Understood: </span>gallstones' not in typed


def test_several_meanings_are_asked_back(bank, client: Client) -> None:
    text = text_of(client, "/cases/?q=stone&exact=1&order=newest")
    assert "“stone” has several meanings. Did you mean:" in text
    asked = re.search(r'aria-label="Meanings of “stone”">.*?</nav>', text, re.DOTALL)
    assert asked is not None
    links = re.findall(r'class="chip" href="([^"]+)"', asked[0])
    assert len(links) > 1
    assert all("order=newest" in link and "exact" not in link for link in links)
    assert "has several meanings" not in text_of(client, links[1])


def test_what_is_left_out_is_told_so(bank, client: Client) -> None:
    assert "without “gallstones”" in text_of(client, "/cases/?q=-gallstones")


def test_the_query_as_it_was_read(bank, client: Client) -> None:
    text = text_of(client, "/cases/?q=finding:Gallensteine++quality>%3D2")
    assert "Read as: <code>finding:Gallensteine AND quality>=2</code>" in text
    assert "Read as" not in text_of(client, "/cases/?q=gallstones")


def test_a_broken_query_is_marked_where(bank, client: Client) -> None:
    text = text_of(client, "/cases/?q=dvt+AND+finding:<gallstonez>", 400)
    assert "This value is not in the vocabulary." in text
    assert "Perhaps <code>finding:gallstones</code>?" in text
    raw = client.get("/cases/?q=dvt+AND+finding:<gallstonez>").content.decode()
    assert "dvt AND <mark>f</mark>inding:&lt;gallstonez&gt;" in raw
    assert unescape(re.search(r'name="q" id="q" value="([^"]*)"', raw)[1]) == "dvt AND finding:<gallstonez>"  # type: ignore[index]


def test_every_fault_has_words() -> None:
    assert set(FAULTS) == set(KINDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_example_works(bank, client: Client, language: str) -> None:
    text = text_of(client, "/help/search/", accept_language=language)
    queries = searched(text, "<code>.*?</code>")
    assert len(queries) == len(WORDS) + len(LANGUAGE)
    words, asked = queries[: len(WORDS)], queries[len(WORDS) :]
    with translation.override(language):
        assert queries == [str(query) for query, _ in (*WORDS, *LANGUAGE)]
    for query in words:
        assert isinstance(parse(query), Text)
        read = understand(query, language)
        assert read.terms, query
        assert not read.rest, query
    plain, denied, excluding, quoted, misspelt = (understand(query, language) for query in words)
    assert plain.terms[0].id == denied.terms[0].id == misspelt.terms[0].id == "pleural-effusion"
    assert (denied.terms[0].facet, bool(excluding.excluded)) == ("finding_absent", True)
    assert quoted.terms[-1].id == "child"
    assert misspelt.terms[0].repaired_from
    for query in asked:
        assert not isinstance(parse(query), Text)
        assert client.get("/cases/", {"q": query}, headers={"accept-language": language}).status_code == 200


def test_the_help_names_every_field() -> None:
    assert {NAMES[field] for field in FIELDS} == set(NAMES.values())


@pytest.mark.parametrize("address", ["/", "/cases/"])
def test_the_search_field_works_without_a_script(bank, client: Client, address: str) -> None:
    text = text_of(client, address)
    field = re.search(r"<input type=\"search\"[^>]*>", text)
    assert field is not None
    assert "role=" not in field[0], "a combobox only where a script makes one"
    assert 'data-suggest="/api/v1/suggest/"' in field[0]
    assert 'action="/cases/" role="search"' in text
