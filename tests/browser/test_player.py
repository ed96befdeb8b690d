"""The clip player in a real browser: every frame is the right one, by video and by single pictures."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.bank import complaints, shown_case
from tests.waiting import wait_for

FRAMES = 12
NEAREST = """
async ([player, address]) => {
  const size = 96;
  const paint = (source) => {
    const canvas = new OffscreenCanvas(size, size);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(source, 0, 0, size, size);
    return context.getImageData(0, 0, size, size).data;
  };
  const load = async (number) => {
    const image = new Image();
    image.src = address.replace("{n}", number);
    await image.decode();
    return paint(image);
  };
  const truth = await Promise.all(Array.from({ length: player.clock.frames }, (_, i) => load(i + 1)));
  const seen = [];
  for (let frame = 0; frame < player.clock.frames; frame += 1) {
    const ready = new Promise((done) => player.video.addEventListener("seeked", done, { once: true }));
    player.show(frame);
    await ready;
    const shown = paint(player.video);
    const away = truth.map((pixels) => pixels.reduce((sum, value, i) => sum + Math.abs(value - shown[i]), 0));
    seen.push(away.indexOf(Math.min(...away)) + 1);
  }
  return seen;
}
"""
"""The number of the true frame that each shown frame looks most like."""


@pytest.fixture
def address(site: str) -> str:
    """The page of a published case whose frames all differ."""
    return f"{site}/cases/{shown_case(frames=FRAMES).pk}/"


def opened(browser: Browser, address: str, **context: Any) -> tuple[Page, Locator]:
    page = browser.new_context(viewport={"width": 1280, "height": 800}, **context).new_page()
    page.goto(address)
    return page, page.locator("clip-player")


def number(player: Locator) -> int:
    return int(player.locator(".player-frame b").inner_text())


def test_stepping_is_exact_and_every_key_works(address: str, browser: Browser) -> None:
    page, player = opened(browser, address, locale="fr-FR")
    wrong = complaints(page)
    expect(player).to_have_attribute("data-engine", "video")
    expect(player).to_have_attribute("data-state", "playing")
    assert player.evaluate("p => p.video.muted && p.video.loop")

    frames = player.get_attribute("data-frame-base")
    assert page.evaluate(NEAREST, [player.element_handle(), frames]) == list(range(1, FRAMES + 1))

    on_the_page(page, player)
    player.focus()
    page.keyboard.press("Home")
    assert number(player) == 1
    page.keyboard.press("ArrowLeft")
    assert number(player) == 1
    for key in ("ArrowRight", "ArrowRight", "."):
        page.keyboard.press(key)
    assert number(player) == 4
    page.keyboard.press("[")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("]")
    assert player.evaluate("p => p.engine.range") == [3, 5]
    page.keyboard.press("-")
    assert player.evaluate("p => p.video.playbackRate") == 0.75
    expect(player.locator(".player-rate")).to_have_text("0,75×")
    page.keyboard.press("Space")
    expect(player).to_have_attribute("data-state", "playing")
    page.wait_for_timeout(1_200)
    assert number(player) in {4, 5, 6, 7}, "the loop range is left by at most the frame that ends it"
    page.keyboard.press("Space")
    page.keyboard.press("\\")
    assert player.evaluate("p => p.engine.range") == [0, FRAMES - 1]
    page.keyboard.press("f")
    wait_for(lambda: player.evaluate("p => p.matches(':fullscreen')"), 5)
    page.keyboard.press("f")
    wait_for(lambda: not player.evaluate("p => p.matches(':fullscreen')"), 5)
    assert not wrong
    by_pointer(*opened(browser, address))


def on_the_page(page: Page, player: Locator) -> None:
    """Keys work on the fresh page, and leave alone who types, links, and the page once the clip is out of sight."""
    page.reload()
    expect(player).to_have_attribute("data-state", "playing")
    page.keyboard.press("Space")
    expect(player).to_have_attribute("data-state", "paused")
    assert page.evaluate("scrollY") == 0
    player.evaluate("p => p.show(2)")
    page.keyboard.press("ArrowRight")
    assert number(player) == 4
    page.locator("header a").first.focus()
    page.keyboard.press("ArrowRight")
    assert number(player) == 4
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("End")
    wait_for(lambda: page.evaluate("scrollY > 0"), 5)
    assert number(player) == 4


def by_pointer(page: Page, player: Locator) -> None:
    """The bar, and the switch for low data."""
    scrub = player.get_by_role("slider", name="Frame")
    box = scrub.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] - 4, box["y"] + box["height"] / 2)
    assert number(player) == FRAMES
    expect(scrub).to_have_attribute("aria-valuetext", f"Frame {FRAMES} of {FRAMES}")
    expect(player).to_have_attribute("data-state", "paused")
    player.get_by_role("button", name="Picture and measuring").click()
    low = player.get_by_role("button", name="Save data")
    low.click()
    expect(low).to_have_attribute("aria-pressed", "true")
    expect(player.get_by_role("status")).to_contain_text("smaller film")
    assert "small.mp4" in player.evaluate("p => p.video.currentSrc || p.video.src")
    assert number(player) == FRAMES
    page.reload()
    assert "small.mp4" in player.evaluate("p => p.video.src"), "the choice is kept on this device"


def test_without_h264_motion_or_scripts(address: str, browser: Browser) -> None:
    without_h264(browser, address)
    without_motion(browser, address)
    without_scripts(browser, address)


def without_h264(browser: Browser, address: str) -> None:
    """Single pictures play."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_init_script("HTMLMediaElement.prototype.canPlayType = () => ''")
    page = context.new_page()
    page.goto(address)
    player = page.locator("clip-player")
    expect(player).to_have_attribute("data-engine", "frames")
    expect(player).to_have_attribute("data-state", "playing")
    expect(player.locator(".player-frame b")).not_to_have_text("1")
    player.focus()
    page.keyboard.press("End")
    expect(player.locator("img")).to_have_attribute("src", re.compile(f"/frames/{FRAMES}.webp"))
    assert number(player) == FRAMES


def without_motion(browser: Browser, address: str) -> None:
    """Nothing moves by itself."""
    page, player = opened(browser, address, reduced_motion="reduce")
    page.wait_for_timeout(600)
    assert player.evaluate("p => p.video.paused")
    player.get_by_role("button", name="Play").first.click()
    expect(player).to_have_attribute("data-state", "playing")


def without_scripts(browser: Browser, address: str) -> None:
    """The browser's own controls."""
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(address)
    expect(plain.locator("video[controls][poster]")).to_be_visible()
