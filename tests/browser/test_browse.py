"""Browsing in a real browser: by pointer, by keyboard, on a phone, without scripts."""

from __future__ import annotations

import re
from typing import Any

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
    page.goto(f"{site}/cases/")
    sheet = page.get_by_role("complementary", name="Filters")
    expect(sheet).not_to_be_visible()
    page.get_by_role("link", name="Filters").click()
    expect(sheet).to_be_in_viewport()
    sheet.get_by_role("checkbox").first.check()
    expect(page).to_have_url(re.compile("#filters$"))
    expect(page).to_have_url(re.compile(r"\?"))
    sheet.get_by_role("button", name=re.compile("^Show")).click()
    expect(sheet).not_to_be_visible()
    expect(page.locator(".card").first).to_be_visible()
    page.get_by_role("link", name="Filters").click()
    page.keyboard.press("Escape")
    expect(sheet).not_to_be_visible()


def without_scripts(page: Page, site: str) -> None:
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
