"""Browsing in a real browser: by pointer, by keyboard, on a phone, without scripts."""

from __future__ import annotations

import os
import re
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.bank import complaints, shown_case
from tests.factories import make_world

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
NARROW = {"viewport": {"width": 320, "height": 640}, "locale": "de-DE"}
PAGES = [
    "/",
    "/cases/",
    "/cases/?hide=1&q=erguss",
    "/help/",
    "/help/search/",
    "/help/clip/",
    "/help/keys/",
    "/help/components/",
]
PAGES += ["/help/search/", "/account/login/", "/account/signup/", "/nothing-here"]
SCHEMES: list[Literal["light", "dark"]] = ["light", "dark"]
SHIFT = """
() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((e) => { sum += e.hadRecentInput ? 0 : e.value; }))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 400);
})
"""


@pytest.fixture
def bank(site: str) -> str:
    """Two published cases behind the site."""
    world = make_world()
    for place, indication in enumerate(["dyspnoea", "pleural-effusion-suspected"]):
        shown_case(frames=8, world=world, place=place, indication=indication)
    return site


def page_of(browser: Browser, **context: Any) -> Page:
    return browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **context}).new_page()


def test_browsing(bank: str, browser: Browser) -> None:
    two_clicks_to_a_moving_clip(page_of(browser), bank)
    facets_without_reloading(page_of(browser), bank)
    by_keyboard(page_of(browser), bank)
    completing_by_keyboard(page_of(browser), bank)
    completing_by_touch(page_of(browser, **PHONE), bank)
    sheet_on_a_phone(page_of(browser, **PHONE), bank)
    without_scripts(page_of(browser, java_script_enabled=False), bank)
    languages(page_of(browser), bank)
    nothing_is_wider_than_the_screen(page_of(browser, **NARROW), bank)
    components(page_of(browser), bank)


def two_clicks_to_a_moving_clip(page: Page, site: str) -> None:
    wrong = complaints(page)
    page.goto(f"{site}/")
    assert page.evaluate(SHIFT) < 0.05
    page.get_by_role("link", name="Breathless patient").click()
    page.locator(".card h3 a").first.click()
    expect(page.locator("clip-player")).to_have_attribute("data-state", "playing")
    expect(page.locator(".player-frame b")).not_to_have_text("1")
    assert page.evaluate(SHIFT) < 0.05
    assert page.context.cookies() == []
    assert not wrong


def facets_without_reloading(page: Page, site: str) -> None:
    wrong = complaints(page)
    page.goto(f"{site}/cases/?hide=1")
    page.evaluate("window.same = true")
    expect(page.locator("#hide")).to_be_checked()
    page.locator("#order").select_option("newest")
    page.wait_for_url("**/cases/?**order=newest**")
    page.locator("#hide").uncheck()
    expect(page).not_to_have_url(re.compile("hide"))
    expect(page.locator(".card h3").first).to_have_text("Breathless for a week")
    assert page.evaluate("window.same"), "the page was loaded anew"
    page.go_back()
    expect(page).to_have_url(re.compile("hide=1"))
    expect(page.get_by_text("What do you see?").first).to_be_visible()
    card = page.locator(".card").first
    card.hover()
    expect(card.locator("video")).to_be_attached()
    page.mouse.move(5, 5)
    expect(card.locator("video")).not_to_be_attached()
    assert not wrong


def by_keyboard(page: Page, site: str) -> None:
    page.goto(f"{site}/cases/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("effusion")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/?q=effusion")
    page.locator("#q").blur()
    for key, place in (("j", 0), ("j", 1), ("k", 0)):
        page.keyboard.press(key)
        expect(page.locator(".card h3 a").nth(place)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/cases/[0-9a-f-]{36}/"))


def completing_by_keyboard(page: Page, site: str) -> None:
    wrong = complaints(page)
    page.goto(f"{site}/cases/")
    field = page.get_by_role("combobox", name="Search", exact=True)
    expect(field).to_have_attribute("aria-expanded", "false")
    field.press_sequentially("no pleural eff")
    options = page.get_by_role("listbox").get_by_role("option")
    expect(options.first).to_be_visible()
    expect(options.first).to_contain_text(re.compile(r"\d+ +cases"))
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("status").filter(has_text="suggestions")).to_have_count(1)
    expect(field).not_to_have_attribute("aria-activedescendant", re.compile("."))
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", options.first.get_attribute("id") or "")
    field.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    field.press("Escape")
    expect(page.get_by_role("listbox")).not_to_be_visible()
    expect(field).to_have_value("no pleural eff")
    with page.expect_response(re.compile(r"suggest/\?q=no\+pleural\+effusion\+si&")):
        field.press_sequentially("usion si")
    expect(options.first).to_have_attribute("data-q", re.compile("^no pleural effusion si"))
    field.press("ArrowDown")
    chosen = options.first.get_attribute("data-q") or ""
    field.press("Enter")
    expect(field).to_have_value(chosen)
    expect(page).to_have_url(re.compile("q=no"))
    expect(page.get_by_role("listbox")).not_to_be_visible()
    assert not wrong


def completing_by_touch(page: Page, site: str) -> None:
    page.goto(f"{site}/")
    page.get_by_role("combobox", name="Search", exact=True).press_sequentially("effus")
    option = page.get_by_role("option").first
    expect(option).to_be_visible()
    box = option.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert box["x"] + box["width"] <= 390
    option.tap()
    page.wait_for_url("**/cases/?q=**")


def sheet_on_a_phone(page: Page, site: str) -> None:
    """It comes from below, holds the focus, and closes by its button, Escape, and by drawing it down."""
    wrong = complaints(page)
    page.goto(f"{site}/cases/")
    opener, sheet = page.locator("#filters-open"), page.get_by_role("dialog", name="Filters")
    expect(page.locator("#filters")).not_to_be_visible()
    opener.click()
    expect(sheet).to_be_in_viewport()
    expect(page.locator("#filters-close")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("[document.body, ...document.querySelectorAll('#filters *')].includes(document.activeElement)")
    sheet.get_by_role("checkbox").first.check()
    expect(page).to_have_url(re.compile(r"\?.*#filters$"))
    expect(opener.locator(".count")).to_have_text("1")
    sheet.get_by_role("button", name=re.compile("^Show")).click()
    closed(page)
    expect(page.locator(".card").first).to_be_visible()
    opener.click()
    page.keyboard.press("Escape")
    closed(page)
    opener.click()
    for far, gone in ((40, False), (200, True)):
        draw_down(page, far)
        expect(page.locator("#filters")).to_be_visible(visible=not gone)
    closed(page)
    page.locator("#chosen a.chosen").click()
    expect(page).not_to_have_url(re.compile(r"\?"))
    expect(opener.locator(".count")).to_have_count(0)
    page.go_back()
    expect(page.locator("#chosen a.chosen")).to_have_count(1)
    expect(page.locator("#filters")).not_to_be_visible()
    assert not wrong


def closed(page: Page) -> None:
    expect(page.locator("#filters")).not_to_be_visible()
    expect(page.locator("#filters-open")).to_be_focused()
    assert page.locator("[inert]").count() == 0


def draw_down(page: Page, far: int) -> None:
    """Take the head of the sheet and let go further down."""
    box = page.locator(".filters-close h2").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 8, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 8, box["y"] + 8 + far, steps=3)
    page.mouse.up()


def components(page: Page, site: str) -> None:
    """The living page with the player's tools, a picture in either scheme; IMAGEBANK_SHOTS keeps them."""
    wrong = complaints(page)
    page.goto(f"{site}/help/components/")
    page.get_by_role("button", name="Picture and measuring").click()
    expect(page.locator(".player-tools")).to_be_visible()
    shots = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        kept = f"{os.environ['IMAGEBANK_SHOTS']}/components-{scheme}.png" if "IMAGEBANK_SHOTS" in os.environ else None
        shots.append(page.screenshot(path=kept, full_page=True))
    assert shots[0] != shots[1]
    assert not wrong


def without_scripts(page: Page, site: str) -> None:
    filters_without_scripts(page, site)
    page.goto(f"{site}/cases/")
    page.locator("#order").select_option("newest")
    page.locator("#q").fill("effusion")
    page.get_by_role("checkbox", name="Hide the finding").check()
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile("q=effusion"))
    expect(page).to_have_url(re.compile("order=newest.*hide=1|hide=1.*order=newest"))
    page.locator(".card h3 a").first.click()
    expect(page.locator(".reveal .finding").first).not_to_be_visible()
    page.get_by_text("Show the findings").click()
    expect(page.locator(".reveal .finding").first).to_be_visible()


def filters_without_scripts(page: Page, site: str) -> None:
    """On a phone the sheet is opened and closed by links, and its button asks for the list."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}/cases/")
    page.get_by_role("link", name="Filters").click()
    sheet = page.locator("#filters")
    expect(sheet).to_be_in_viewport()
    page.locator("#filters-close").click()
    expect(sheet).not_to_be_visible()
    page.get_by_role("link", name="Filters").click()
    sheet.get_by_role("checkbox").first.check()
    sheet.get_by_role("button", name=re.compile("^Show")).click()
    expect(page).to_have_url(re.compile(r"\?.*indication="))
    page.locator("#chosen a.chosen").click()
    expect(page).not_to_have_url(re.compile("indication="))


def languages(page: Page, site: str) -> None:
    page.goto(f"{site}/cases/?order=newest")
    page.locator(".menu summary").first.click()
    page.get_by_role("button", name="Dansk").click()
    expect(page).to_have_url(f"{site}/cases/?order=newest")
    expect(page.locator("html")).to_have_attribute("lang", "da")
    assert [cookie["name"] for cookie in page.context.cookies()] == ["django_language"]


def nothing_is_wider_than_the_screen(page: Page, site: str) -> None:
    for address in PAGES:
        page.goto(f"{site}{address}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
