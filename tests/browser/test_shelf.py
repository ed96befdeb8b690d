"""Stars and lists in a real browser: one tap with the script, one form without."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.bank import complaints, shown_case
from tests.factories import PASSWORD, make_world

STAR = "form.star button"


@pytest.fixture
def bank(site: str) -> str:
    """A published case behind the site."""
    shown_case(frames=8, world=make_world(), place=0, indication="dyspnoea")
    return site


def signed_in(browser: Browser, site: str, to: str, *, script: bool = True) -> Page:
    page = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=script).new_page()
    page.goto(f"{site}/account/login/?next={to}")
    page.fill("input[name=login]", "trainee@bank.example")
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button")
    page.wait_for_url(f"{site}{to}")
    return page


def test_a_star_is_one_tap_with_and_without_scripts(bank: str, browser: Browser) -> None:
    page = signed_in(browser, bank, "/cases/")
    said = complaints(page)
    page.focus(STAR)
    page.keyboard.press("Enter")
    expect(page.locator(STAR)).to_have_attribute("aria-pressed", "true")
    assert page.url == f"{bank}/cases/"
    page.reload()
    expect(page.locator(STAR)).to_have_attribute("aria-pressed", "true")
    page.click(STAR)
    expect(page.locator(STAR)).to_have_attribute("aria-pressed", "false")
    assert said == []
    plain = signed_in(browser, bank, "/cases/", script=False)
    plain.click(STAR)
    plain.wait_for_load_state()
    expect(plain.locator(STAR)).to_have_attribute("aria-pressed", "true")
    assert plain.url == f"{bank}/cases/"
