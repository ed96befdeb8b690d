"""Practice sheets on paper: each fits one page of A4, and a draft is marked across it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, Page

from imagebank.sheets.loading import load_drafts
from tests.serving import web_server

LANGUAGES = ["en", *(pytest.param(lang, marks=pytest.mark.long) for lang in ("fr", "de", "es", "da"))]
MARK = "getComputedStyle(document.querySelector('.draft-sheet'), '::before')"


@pytest.fixture
def sheets(demo_people: None) -> Iterator[str]:
    """A web server with the drafts of the product; nothing here needs a worker."""
    load_drafts()
    call_command("collectstatic", interactive=False, verbosity=0)
    with web_server() as port:
        yield f"http://127.0.0.1:{port}/sheets/"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_draft_fits_one_page_and_carries_its_mark(sheets: str, browser: Browser, lang: str) -> None:
    page = browser.new_page(locale=lang)
    page.goto(sheets)
    links = [str(link.get_attribute("href")) for link in page.locator(".sheet-row h2 a").all()]
    assert len(links) == 12
    page.emulate_media(media="print")
    for link in links:
        page.goto(sheets.removesuffix("/sheets/") + link)
        assert pages(page) == 1, link
        assert page.evaluate(f"{MARK}.position") == "fixed" and len(page.evaluate(f"{MARK}.content")) > 5, link
        assert page.locator(".draft-mark").is_visible() and not page.locator(".pair").first.is_visible(), link


def pages(page: Page) -> int:
    """Of the PDF that the browser makes."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))
