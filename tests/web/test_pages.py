"""The pages as a browser without scripts reads them."""

from __future__ import annotations

import re
from html import unescape
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from imagebank.accounts.models import User
from imagebank.catalog.models import PublicCase, Tombstone
from imagebank.core.models import Node
from imagebank.web.guides import GUIDES
from imagebank.web.pages.help import ARTICLES

READABLE = ["/", "/cases/", "/cases/?hide=1", "/help/", "/help/components/", "/account/login/", "/account/signup/"]
READABLE += [f"/help/{name}/" for name in ARTICLES] + [f"/help/start/{kind}/" for kind in GUIDES]
INLINE = re.compile(r"""<script(?![^>]*(\bsrc=|application/json))[^>]*>|\sstyle=|<style|\son[a-z]+=["']|javascript:""")


def text_of(client: Client, address: str, status: int = 200, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == status, address
    return unescape(answer.content.decode())


def links(text: str, chosen: str = "") -> list[str]:
    return re.findall(rf'<a class="[^"]*{chosen}[^"]*" href="([^"]+)"', text)


def titles(text: str) -> list[str]:
    return re.findall(r"<h3><a href=[^>]+>([^<]+)</a></h3>", text)


@pytest.mark.parametrize("address", READABLE)
def test_nothing_inline_and_a_policy_that_forbids_it(bank, client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert "script-src 'self'; style-src 'self'" in answer.headers["Content-Security-Policy"]
    assert INLINE.search(answer.content.decode()) is None


@pytest.mark.parametrize("address", [a for a in READABLE if not a.startswith("/account/")])
def test_an_anonymous_reader_gets_no_cookie(bank, client: Client, address: str) -> None:
    assert not client.get(address).cookies


def test_the_living_page_names_every_component(reading: None, client: Client) -> None:
    page = text_of(client, "/help/components/")
    parts = [f"components/{path.name}" for path in (settings.BASE_DIR / "templates" / "components").glob("*.html")]
    assert len(parts) > 10
    assert [part for part in sorted(parts) if part not in page] == []


@pytest.mark.parametrize("language", ["en", "fr", "de", "es", "da"])
def test_the_language_of_the_browser(bank, client: Client, language: str) -> None:
    words = {"en": "Search", "fr": "Rechercher", "de": "Suchen", "es": "Buscar", "da": "Søg"}
    text = text_of(client, "/cases/", accept_language=language)
    assert f'<html lang="{language}"' in text
    assert f"<span>{words[language]}</span>" in text


def test_choosing_a_language_is_kept_and_goes_back(bank, client: Client) -> None:
    answer = client.post("/language/", {"language": "da", "next": "/cases/?q=dvt"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/cases/?q=dvt")
    assert [*answer.cookies] == ["django_language"]
    assert '<html lang="da"' in text_of(client, "/cases/", accept_language="fr")


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_choosing_a_language_leads_nowhere_else(bank, client: Client, elsewhere: str) -> None:
    answer = client.post("/language/", {"language": "xx", "next": elsewhere})
    assert answer.headers["Location"] == "/"
    assert not answer.cookies


def test_home_leads_to_every_question_that_has_cases(bank, client: Client) -> None:
    text = text_of(client, "/")
    found = re.findall(r'/cases/\?question=(\w+)">[^<]+</a></h3>\s*<p class="soft small">(\d+) case', text)
    assert len(found) > 1
    for question, count in found:
        assert f"<strong>{count} case" in text_of(client, f"/cases/?question={question}")


def test_the_demonstration_says_so(scratch, client: Client) -> None:
    assert "Demonstration" not in text_of(client, "/help/")
    Node.current()
    Node.objects.update(demo=True)
    text = text_of(client, "/help/")
    assert "Demonstration: never give" in text
    assert "Every clip" not in text, "a clip that was uploaded is not synthetic"


def test_facets_filter_and_are_taken_away_again(bank, client: Client) -> None:
    whole = text_of(client, "/cases/")
    value, count = re.findall(
        r'name="polarity" value="(\w+)"[^>]*><span>[^<]*</span><span class="count">(\d+)</span>', whole
    )[0]
    some = text_of(client, f"/cases/?polarity={value}&order=newest")
    assert f"<strong>{count} case" in some
    assert f'name="polarity" value="{value}" id="t-polarity-{value}" form="browse-form" checked' in some
    assert "/cases/?order=newest" in links(some, "chosen")


def test_the_next_page_goes_on_without_repeating(bank, client: Client) -> None:
    first = text_of(client, "/cases/?order=newest")
    following = re.search(r'<a class="button" href="([^"]+)" rel="next">', first)
    assert following is not None
    second = text_of(client, following[1])
    opened = [set(re.findall(r'<h3><a href="(/cases/[^"]+)"', page)) for page in (first, second)]
    assert len(opened[0]) == 24
    assert opened[1]
    assert not opened[0] & opened[1]


def test_hiding_the_finding_hides_title_findings_and_answer(bank: list[PublicCase], client: Client) -> None:
    row = next(row for row in bank if len({f["term"] for f in row.document["findings"]}) > 1)
    title = row.document["title"]["en"]
    shown = text_of(client, f"/cases/{row.case_id}/")
    hidden = text_of(client, f"/cases/{row.case_id}/?hide=1")
    assert title in shown
    assert title not in hidden
    before_opening = hidden.partition('<details class="reveal">')[0]
    assert '<li class="finding' not in before_opening
    listed = text_of(client, "/cases/?hide=1&limit=60")
    assert not any(row.document["title"]["en"] in listed for row in bank)
    assert all(address.endswith("?hide=1") for address in re.findall(r'<h3><a href="(/cases/[^"]+)"', listed))


def test_nothing_found_says_what_to_do(bank, client: Client) -> None:
    text = text_of(client, "/cases/?q=zzyzx&polarity=normal")
    assert "No case fits" in text
    assert "/cases/?q=zzyzx" in re.findall(r'<a class="chip" href="([^"]+)"', text)


@pytest.mark.parametrize("typed", ["'", "((("])
def test_what_cannot_be_searched_for_is_told(bank, client: Client, typed: str) -> None:
    told = f"Nothing in “{typed}” can be searched for"
    assert told in text_of(client, f"/cases/?q={typed}")
    assert "can be searched for" not in text_of(client, "/cases/?q=heart")


@pytest.mark.parametrize("query", ["polarity=purple", "order=sideways", "cursor=abc", "limit=ten", "nonsense=1"])
def test_an_address_that_cannot_be_understood(bank, client: Client, query: str) -> None:
    assert "This search cannot be understood" in text_of(client, f"/cases/?{query}", 400)


@pytest.mark.parametrize("typed", ['"><script>alert(1)</script>', "{{ 7 }}{% now %}", "' onfocus='x"])
def test_what_is_typed_stays_text(bank, client: Client, typed: str) -> None:
    answer = client.get("/cases/", {"q": typed})
    assert answer.status_code == 200
    assert INLINE.search(answer.content.decode()) is None


def test_the_mark_of_the_bank_is_where_browsers_look(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert answer.headers["Location"].startswith("/static/web/img/mark")
    assert 'rel="icon"' in text_of(client, "/api/v1/docs/")


def test_english_text_of_the_vocabulary_says_so(bank: list[PublicCase], client: Client) -> None:
    address = f"/cases/{bank[0].case_id}/"
    question = re.search(r'<p class="lead">(.*?)</p>', text_of(client, address))
    assert question is not None
    assert "<span" not in question[1]
    german = text_of(client, address, accept_language="de")
    assert f'<p class="lead"><span lang="en">{question[1]}</span>' in german
    assert "auf Englisch" in german


def test_figures_of_one_page_are_told_as_such(bank, client: Client) -> None:
    assert "On this page:" in text_of(client, "/cases/")
    assert "On this page:" not in text_of(client, "/cases/?order=newest&limit=100")


def test_case_absent_hidden_and_withdrawn(scratch: list[PublicCase], client: Client) -> None:
    case_id = scratch[0].case_id
    absent = text_of(client, f"/cases/{uuid4()}/", 404)
    PublicCase.objects.filter(case_id=case_id).update(hidden=True)
    hidden = text_of(client, f"/cases/{case_id}/", 404)
    assert re.sub(r"[0-9a-f-]{36}", "", absent) == re.sub(r"[0-9a-f-]{36}", "", hidden)
    Tombstone.objects.create(object_id=case_id, object_type="case", reason="test")
    assert "This was withdrawn" in text_of(client, f"/cases/{case_id}/", 410)


def test_registered_cases_need_an_account(scratch: list[PublicCase], client: Client) -> None:
    row = scratch[1]
    PublicCase.objects.filter(case_id=row.case_id).update(audience="registered")
    text_of(client, f"/cases/{row.case_id}/", 404)
    client.force_login(User.objects.create_user("reader@bank.example", None))
    assert row.document["title"]["en"] in text_of(client, f"/cases/{row.case_id}/")


def test_account_pages_ask_to_log_in_and_come_back(bank, client: Client) -> None:
    answer = client.get("/account/")
    assert answer.headers["Location"] == "/account/login/?next=/account/"


def test_the_meaning_of_a_code(bank, client: Client) -> None:
    text = text_of(client, "/help/problems/refused-broken/")
    assert re.search(r"<h1>[^<]*damaged[^<]*</h1>", text)
    assert "<code>refused-broken</code>" in text
    assert "It goes no further" in text
    german = text_of(client, "/help/problems/wrong_state/", accept_language="de")
    assert "<h1>This" not in german
    text_of(client, "/help/problems/no-such-code/", 404)
    text_of(client, "/help/no-such-page/", 404)
