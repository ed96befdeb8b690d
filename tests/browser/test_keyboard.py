"""The whole journey by keyboard alone: nothing here moves a mouse, and no script sets a focus."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from anonymize.phantom.demo import demo_clips
from anonymize.phantom.write import write_clip
from tests.browser.bank import complaints, shown_case
from tests.browser.keyboard import act, go_to, sign_in
from tests.waiting import wait_for

SLOW = 30_000


@pytest.fixture
def loop_file(tmp_path: Path) -> Path:
    """A loop as its device would write it."""
    spec = next(clip for clip in demo_clips() if clip.encoding == "rgb" and clip.frames > 1)
    write_clip(replace(spec, frames=8), tmp_path / "loop.dcm")
    return tmp_path / "loop.dcm"


@pytest.fixture
def bank(site: str) -> str:
    """The site with another patient's case of the same finding, to compare with."""
    shown_case(frames=8, place=1, indication="pleural-effusion-suspected")
    return site


def hands(browser: Browser) -> Page:
    """Without motion: nothing plays by itself, and what has the focus is where it will stay."""
    screen: ViewportSize = {"width": 1280, "height": 800}
    page = browser.new_context(viewport=screen, locale="en-GB", reduced_motion="reduce").new_page()
    page.set_default_timeout(SLOW)
    return page


@pytest.mark.long
def test_from_the_device_to_the_trainee_without_a_mouse(bank: str, loop_file: Path, browser: Browser) -> None:
    pages = {name: hands(browser) for name in ("contributor", "reviewer", "curator", "trainee")}
    wrong = [complaints(page) for page in pages.values()]
    for name, page in pages.items():
        sign_in(page, bank, name)
    gives(pages["contributor"], loop_file)
    tags(pages["contributor"])
    reads(pages["reviewer"])
    publishes(pages["curator"])
    learns(pages["trainee"])
    assert not any(wrong)


def gives(page: Page, loop_file: Path) -> None:
    act(page.get_by_role("navigation", name="Main").get_by_role("link", name="Contribute"))
    act(page.locator("input[name=attest]"), "Space")
    go_to(page.locator("#pick"))
    with page.expect_file_chooser() as asked:
        page.keyboard.press("Enter")
    asked.value.set_files(loop_file)
    page.wait_for_url("**/contribute/*-*/")
    expect(page.get_by_role("button", name="No: it is clean")).to_be_visible(timeout=SLOW)
    pictures = "[...document.querySelectorAll('.compare img')].every((one) => one.naturalWidth > 0)"
    wait_for(lambda: page.evaluate(pictures))
    page.keyboard.press("n")
    page.wait_for_url("**/contribute/case/new/**")


def tags(page: Page) -> None:
    expect(page.get_by_role("combobox").first).to_be_focused()
    page.keyboard.type("pleural")
    page.keyboard.press("Enter")
    page.wait_for_selector("#tag-form")
    expect(page.locator("section:has(#view-name)").get_by_role("combobox").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".quality-item").first).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    for key in ("1", "p"):
        page.keyboard.press(key)
    go_to(page.locator("[data-rest]"))
    page.keyboard.press("n")
    go_to(page.locator("#method"))
    page.keyboard.type("CT")
    go_to(page.locator("input[name=certainty]").first)
    page.keyboard.press("Space")
    expect(page.locator("#missing")).to_contain_text("Everything is answered", timeout=SLOW)
    act(page.get_by_role("button", name="Hand in"))
    expect(page.get_by_text("Handed in.")).to_be_visible()


def reads(page: Page) -> None:
    act(page.get_by_role("navigation", name="Main").get_by_role("link", name="Review"))
    act(page.get_by_role("button", name="Read the oldest"))
    page.wait_for_selector("#verdict")
    for key in "123a":
        page.keyboard.press(key)
    expect(page.get_by_text("Accepted.")).to_be_visible()


def publishes(page: Page) -> None:
    act(page.get_by_role("navigation", name="Main").get_by_role("link", name="Curate"))
    act(page.get_by_role("link", name="Look at it").first)
    expect(page.locator("clip-player").first).to_be_visible()
    page.keyboard.press("p")
    expect(page.get_by_text("Published: everybody can see it now.")).to_be_visible()


def learns(page: Page) -> None:
    """Found, played, stepped, compared, starred, and found again among what is saved."""
    page.keyboard.press("/")
    page.keyboard.type("pleural effusion")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/?q=pleural+effusion")
    facets(page)
    page.keyboard.press("j")
    expect(page.locator(".card h3 a").first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/cases/[0-9a-f-]{36}/"))
    plays(page)
    compares(page)
    stars(page)


def facets(page: Page) -> None:
    """A facet is chosen and its chip taken away; the focus stays where the hands are."""
    tick = page.get_by_role("complementary", name="Filters").get_by_role("checkbox").first
    name = f"#{tick.get_attribute('id')}"
    act(tick, "Space")
    expect(page).to_have_url(re.compile("effusion&"))
    expect(page.locator(name)).to_be_focused()
    act(page.locator("#chosen a.chosen").first, by="Shift+Tab")
    expect(page).not_to_have_url(re.compile("effusion&"))
    page.wait_for_load_state()


def plays(page: Page) -> None:
    player, number = page.locator("clip-player"), page.locator(".player-frame b")
    for state in ("playing", "paused"):
        page.keyboard.press("Space")
        expect(player).to_have_attribute("data-state", state)
    go_to(player)
    page.keyboard.press("Home")
    expect(number).to_have_text("1")
    page.keyboard.press("ArrowRight")
    expect(number).to_have_text("2")
    act(player.get_by_role("button", name="Picture and measuring"))
    act(player.get_by_role("button", name="Larger"))
    expect(player.locator(".player-zoom")).to_have_text("125%")


def compares(page: Page) -> None:
    act(page.get_by_role("link", name=re.compile("^Compare")).first)
    page.wait_for_url("**/compare/**")
    numbers = page.locator(".player-frame b")
    expect(numbers).to_have_count(2)
    go_to(page.locator("clip-player").first)
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(numbers).to_have_text(["2", "2"])
    act(page.locator(".pair h2 a").first)
    page.wait_for_url(re.compile(r"/cases/[0-9a-f-]{36}/"))


def stars(page: Page) -> None:
    heading = page.locator("h1").inner_text()
    act(page.locator("form.star button").first)
    expect(page.locator("form.star button").first).to_have_attribute("aria-pressed", "true")
    menu = page.locator("details.menu summary").last
    act(menu, by="Shift+Tab")
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    page.keyboard.press("Enter")
    act(page.locator(".menu[open]").get_by_role("link", name="Saved"))
    page.wait_for_url("**/account/saved/")
    expect(page.locator(".card h3")).to_have_text(heading)
