"""Tagging several clips: nothing is cut at the side, nothing scrolls in a box of its own, no bar lies over a clip, and
the choices of a finding stand in one row in longer languages too."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from imagebank.catalog.services import create_case
from tests.factories import PASSWORD, acting, case_data, make_world

CUT = """() => [...document.querySelectorAll(".tag-clips, .tag-clips *")]
  .filter((e) => e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1 && !e.matches("select, .unseen"))
  .map((e) => e.className)"""
OWN_SCROLL = "() => { const box = document.querySelector('.tag-clips'); return box.scrollHeight - box.clientHeight; }"
BROKEN_ROWS = """() => [...document.querySelectorAll(".ask .seg")]
  .filter((row) => new Set([...row.children].map((choice) => choice.offsetTop)).size > 1).length"""
BAR_OVER_CLIPS = """() => {
  const bar = document.querySelector(".save-bar").getBoundingClientRect();
  return [...document.querySelectorAll(".tag-clip")].some((clip) => {
    const box = clip.getBoundingClientRect();
    return box.left < bar.right && bar.left < box.right && box.top < bar.bottom && bar.top < box.bottom;
  });
}"""


@pytest.fixture
def case_id(bank_db: None) -> object:
    """A draft with two clips."""
    world = make_world()
    first, second = world.stored(), world.stored()
    clips = [{"id": str(clip.pk), "view": "lung-plaps-right"} for clip in (first, second)]
    return create_case(actor=acting(world.contributor), data=case_data(first, clips=clips)).pk


def test_two_clips_are_seen_whole(site: str, case_id: object, browser: Browser) -> None:
    address = f"{site}/contribute/case/{case_id}/"
    for width, height in ((1280, 900), (390, 800)):
        page = browser.new_context(viewport={"width": width, "height": height}, locale="de-DE").new_page()
        page.goto(f"{site}/account/login/?next={address.removeprefix(site)}")
        page.fill("input[name=login]", "contributor@bank.example")
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_selector(".player-bar")
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.evaluate(CUT) == []
        assert page.evaluate(OWN_SCROLL) == 0
        assert page.evaluate(BROKEN_ROWS) == 0
        for top in (0, 300, 700):
            page.evaluate(f"scrollTo(0, {top})")
            assert not page.evaluate(BAR_OVER_CLIPS), (width, top)
