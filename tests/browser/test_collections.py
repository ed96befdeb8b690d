"""A curator builds a collection of ten from a search in a real browser, and a reader cites it in one click."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.factories import World, make_world

from .bank import complaints, shown_case
from .test_journey import SLOW, enter, shot

CASES = 10
MOST_SECONDS = 180
WIDTHS = [pytest.param(1280, marks=pytest.mark.long), 390]


@pytest.fixture
def world(demo_people: None) -> World:
    """Ten published cases with the same finding, one of them with pictures."""
    world = make_world()
    shown_case(frames=4, world=world)
    for _ in range(CASES - 1):
        world.published(world.stored())
    return world


@pytest.mark.parametrize("width", WIDTHS)
def test_ten_cases_from_a_search_to_a_citation(site: str, world: World, browser: Browser, width: int) -> None:
    page = enter(browser, site, "curator", width)
    found, begun = complaints(page), time.monotonic()
    gather(page, site, width)
    order(page)
    note(page, width)
    publish(page, width)
    assert time.monotonic() - begun <= MOST_SECONDS
    assert [line for line in found if "404" not in line and "422" not in line] == []  # no pictures; the refused note
    cite(browser, site, width)


def gather(page: Page, site: str, width: int) -> None:
    page.goto(f"{site}/cases/?finding=pleural-effusion-simple")
    page.get_by_text("Add all of this search to a collection").click()
    shot(page, "collect", width)
    page.get_by_placeholder("Title of the new collection").fill("Ten effusions")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text(f"{CASES} cases added.")).to_be_visible(timeout=SLOW)
    expect(page.locator(".build-item")).to_have_count(CASES)


def ids(page: Page) -> list[str]:
    return [str(item.get_attribute("data-item")) for item in page.locator(".build-item").all()]


def words(page: Page, place: int) -> Locator:
    """The note of an item, in the reader's language."""
    return page.locator(".build-item").nth(place).locator("textarea").first


def order(page: Page) -> None:
    """By button, by key and by dragging; it is kept."""
    before = ids(page)
    page.locator(".build-item").nth(1).get_by_role("button", name="One place up").click()
    words(page, 9).focus()
    page.keyboard.press("Alt+ArrowUp")
    assert page.evaluate("document.activeElement.closest('.build-item').dataset.item") == before[9]
    drag(page, 5, 4)
    wanted = [before[1], before[0], before[2], before[3], before[5], before[4], *before[6:8], before[9], before[8]]
    assert ids(page) == wanted
    expect(page.locator("#saved")).to_have_text("Saved", timeout=SLOW)
    page.reload()
    assert ids(page) == wanted


def drag(page: Page, source: int, target: int) -> None:
    """An item by its number onto the upper half of the one above it."""
    page.locator(".build-item").nth(target).scroll_into_view_if_needed()
    held = page.locator(".build-item .place").nth(source).bounding_box()
    over = page.locator(".build-item").nth(target).bounding_box()
    assert held and over
    page.mouse.move(held["x"] + 16, held["y"] + 16)
    page.mouse.down()
    page.mouse.move(over["x"] + 40, over["y"] + over["height"] / 2 + 8, steps=4)
    page.mouse.move(over["x"] + 40, over["y"] + 12, steps=4)
    page.mouse.up()


def note(page: Page, width: int) -> None:
    for place in range(CASES):
        words(page, place).fill(f"What to see in number {place + 1}.")
        page.wait_for_timeout(30)
    page.locator(".build-item input[name=hide]").nth(9).check()
    refused = page.locator(".build-item").nth(0)
    words(page, 0).fill("Seen on 12.05.2024")
    expect(refused.locator(".errors")).to_contain_text("it holds a date", timeout=SLOW)
    words(page, 0).fill("What to see in number 1.")
    expect(refused.locator(".errors")).to_be_empty(timeout=SLOW)
    page.locator("#description-en").fill("Ten times the same finding, each time another patient.")
    page.locator("#words").get_by_role("button", name="Save").click()
    expect(page.get_by_text("It has all that it needs.")).to_be_visible(timeout=SLOW)
    shot(page, "build", width)


def publish(page: Page, width: int) -> None:
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("Published: everybody can see it now.")).to_be_visible(timeout=SLOW)
    expect(page.locator(".sequence-item")).to_have_count(CASES)
    for place in range(CASES - 1):
        expect(page.locator(".sequence-item").nth(place)).to_contain_text(f"What to see in number {place + 1}.")
    shot(page, "published", width)


def cite(browser: Browser, site: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, locale="en-GB")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{site}/collections/ten-effusions/")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    line = page.evaluate("navigator.clipboard.readText()")
    assert line.endswith("/collections/ten-effusions/versions/1/")
    assert "Ten effusions (version 1)" in line
    answer = page.locator(".sequence-item").nth(CASES - 1).locator("details.reveal")
    expect(answer.get_by_text("What to see in number 10.")).to_be_hidden()
    answer.locator("summary").click()
    expect(answer.get_by_text("What to see in number 10.")).to_be_visible()
