"""Sending files from the page: names stay here, a broken line and a closed page cost nothing but a second choice."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest
from django.db import connection
from playwright.sync_api import Browser, Page, Route, expect

from imagebank.core import stores
from imagebank.intake.models import Deposit, Original, Upload
from tests.waiting import wait_for

from .bank import complaints
from .test_journey import SLOW, enter, shot

T = TypeVar("T")
PIECE = 8 << 20
"""Bytes of a file that the page sends in one request."""
SIZE = 20 << 20
"""Bytes: more than two of the requests that the page makes of a file."""


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "HANSEN_JOHANNE_1944.avi"
    path.write_bytes(os.urandom(SIZE))
    return path


def asked(look: Callable[[], T]) -> T:
    """What the database says: Playwright's loop runs in this thread, so it is asked in another."""

    def ask() -> T:
        try:
            return look()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(ask).result()


def offset() -> int:
    return asked(lambda: Upload.objects.get().offset)


def arrived() -> bytes:
    row = Original.objects.get()
    return b"".join(stores.read_original(row.pk, row.institution_id))


def break_after(page: Page, requests: int) -> None:
    """The line goes down after so many pieces."""
    seen = [0]

    def answer(route: Route) -> None:
        seen[0] += route.request.method in ("PATCH", "HEAD")
        route.abort() if seen[0] > requests else route.continue_()

    page.route("**/uploads/**", answer)


def test_a_closed_page_goes_on_with_the_file_chosen_again(site: str, large: Path, browser: Browser) -> None:
    page = enter(browser, site, "contributor", 390)
    broken = complaints(page)
    page.goto(f"{site}/contribute/")
    page.check("input[name=attest]")
    break_after(page, 1)
    page.set_input_files("#pick", str(large))
    page.wait_for_url("**/contribute/*-*/")
    row = page.locator(".arriving")
    expect(row.locator(".local")).to_have_text(large.name, timeout=SLOW)
    wait_for(lambda: offset() == PIECE)
    assert page.get_by_text(large.name).count() == 1, "the file is named twice"
    assert large.stem not in page.evaluate("JSON.stringify(localStorage)")
    shot(page, "uploads-1-broken", 390)
    page.unroute_all()
    page.reload()
    expect(row).to_contain_text("If it stands still, choose the same file again")
    shot(page, "uploads-2-reloaded", 390)
    here = page.url
    came = offset()
    sent: list[int] = []
    page.on("request", lambda r: sent.append(int(r.headers["upload-offset"])) if r.method == "PATCH" else None)
    page.set_input_files("#pick", str(large))
    expect(row).to_have_count(0, timeout=SLOW)
    expect(page.locator(".lines .local")).to_have_text(large.name)
    assert (page.url, min(sent), asked(Deposit.objects.count)) == (here, came, 1)
    assert asked(arrived) == large.read_bytes()
    assert page.evaluate("localStorage.length") == 0
    assert [text for text in broken if "ERR_FAILED" not in text] == []


def test_sending_is_paused_goes_on_and_is_given_up(site: str, large: Path, browser: Browser) -> None:
    page = enter(browser, site, "contributor", 1280)
    page.goto(f"{site}/contribute/")
    page.check("input[name=attest]")
    page.route("**/uploads/*/", lambda route: None if route.request.method == "PATCH" else route.continue_())
    page.set_input_files("#pick", [str(large)])
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    expect(page.locator(".arriving")).to_be_visible(timeout=SLOW)
    shot(page, "uploads-3-paused", 1280)
    page.unroute_all()
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".arriving")).to_have_count(0, timeout=SLOW)
    page.route("**/uploads/*/", lambda route: None if route.request.method == "PATCH" else route.continue_())
    large.write_bytes(os.urandom(1000))
    page.set_input_files("#pick", [str(large)])
    page.get_by_role("button", name="Give it up").click()
    expect(page.locator(".arriving")).to_have_count(0, timeout=SLOW)
    assert asked(Upload.objects.filter(finished_at=None).count) == 0
    page.unroute_all()
