"""What one does with the picture in the player: zoom and move, brightness, contrast, true measures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import hypot, pi
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect

from imagebank.catalog.models import Clip
from tests.browser.bank import complaints

PHONE: Final[Any] = {"width": 390, "height": 844}
SPECTRUM: Final = {"x": {"unit": "s", "delta": 0.005}, "y": {"unit": "cm/s", "delta": 0.4}}


def opened(browser: Browser, address: str, **context: Any) -> tuple[Page, Locator]:
    page = browser.new_context(**{"viewport": {"width": 1280, "height": 800}} | context).new_page()
    page.goto(address)
    player = page.locator("clip-player")
    expect(player).to_have_attribute("data-state", "playing")
    return page, player


def transform(player: Locator) -> tuple[float, float, float]:
    """Zoom, and how far the picture is moved across and down, as the browser shows it."""
    script = "p => { const m = new DOMMatrix(getComputedStyle(p.video).transform); return [m.a, m.e, m.f]; }"
    zoom, across, down = (round(number, 3) for number in player.evaluate(script))
    return zoom, across, down


def picture(player: Locator) -> FloatRect:
    """Of the stage, in pixels of the page."""
    box = player.locator(".player-picture").bounding_box()
    assert box is not None
    return box


def drag(page: Page, player: Locator, points: Sequence[tuple[float, float]]) -> None:
    """Along these places of the clip's picture."""
    placed = [player.evaluate("(p, at) => p.stage.place(at)", list(point)) for point in points]
    player.locator(".player-picture").evaluate("picture => picture.scrollIntoView({ block: 'center' })")
    box = picture(player)
    page.mouse.move(box["x"] + placed[0][0], box["y"] + placed[0][1])
    page.mouse.down()
    for x, y in placed[1:]:
        page.mouse.move(box["x"] + x, box["y"] + y, steps=4)
    page.mouse.up()


def try_the_tools(address: str, clip: Clip, browser: Browser) -> None:
    """On the page of a published case."""
    page, player = opened(browser, address)
    wrong = complaints(page)
    by_keys(page, player)
    by_mouse(page, player)
    by_finger(*opened(browser, address, viewport=PHONE, has_touch=True))
    page.keyboard.press("0")
    measured(page, player, clip)
    assert not wrong


def by_keys(page: Page, player: Locator) -> None:
    page.keyboard.press("z")
    page.keyboard.press("z")
    assert transform(player)[0] == pytest.approx(1.25**2, abs=0.01)
    player.focus()
    page.keyboard.press("Shift+ArrowDown")
    assert transform(player)[2] < 0
    expect(player).to_have_attribute("data-state", "playing")
    page.keyboard.press("Shift+Z")
    for key in ("g", "g", "Shift+D"):
        page.keyboard.press(key)
    assert player.evaluate("p => getComputedStyle(p.video).filter") == "brightness(1.2) contrast(0.9)"
    expect(player.get_by_role("status")).to_have_text("Contrast: 90 %")
    page.keyboard.press("0")
    assert transform(player) == (1, 0, 0)
    assert player.evaluate("p => getComputedStyle(p.video).filter") == "brightness(1) contrast(1)"


def by_mouse(page: Page, player: Locator) -> None:
    """Buttons and sliders, the wheel with Ctrl around the pointer, double click, drag."""
    player.get_by_role("button", name="Picture and measuring").click()
    player.get_by_role("button", name="Larger").click()
    expect(player.locator(".player-zoom")).to_have_text("125%")
    player.get_by_role("slider", name="Brightness").fill("150")
    assert "brightness(1.5)" in player.evaluate("p => getComputedStyle(p.video).filter")
    player.get_by_role("button", name="Reset the picture").click()
    expect(player.locator(".player-zoom")).to_have_text("100%")

    at = (0.3, 0.6)
    x, y = player.evaluate("(p, at) => p.stage.place(at)", list(at))
    box = picture(player)
    page.mouse.move(box["x"] + x, box["y"] + y)
    page.mouse.wheel(0, 120)
    assert transform(player)[0] == 1, "without Ctrl the page scrolls"
    scroll_back(page)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -120)
    page.keyboard.up("Control")
    assert transform(player)[0] > 2
    assert player.evaluate("(p, at) => p.stage.place(at)", list(at)) == pytest.approx([x, y], abs=3)

    before = transform(player)
    drag(page, player, [(0.5, 0.5), (0.55, 0.55)])
    assert transform(player)[1] > before[1]
    expect(player).to_have_attribute("data-state", "playing")
    page.mouse.dblclick(box["x"] + x, box["y"] + y)
    assert transform(player)[0] == 1
    expect(player).to_have_attribute("data-state", "playing")
    drag(page, player, [(0.1, 0.5), (0.6, 0.5)])
    expect(player).to_have_attribute("data-state", "paused")


def by_finger(page: Page, player: Locator) -> None:
    """Two fingers apart zoom; the picture does not leave its stage."""
    box = picture(player)
    middle, height = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)

    def fingers(kind: str, *apart: float) -> None:
        points = [{"x": middle + sign * gap, "y": height, "id": n} for gap in apart for n, sign in enumerate((-1, 1))]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    fingers("touchStart", 30)
    for gap in (40, 60, 90):
        fingers("touchMove", gap)
    fingers("touchEnd")
    zoom, across, _down = transform(player)
    assert zoom == pytest.approx(3, rel=0.1)
    assert abs(across) <= (zoom - 1) * box["width"] / 2 + 1


def measured(page: Page, player: Locator, clip: Clip) -> None:
    """In centimetres inside of the region that the file calibrates."""
    (region,) = clip.regions
    assert region["x"]["unit"] == region["y"]["unit"] == "cm"
    status = player.get_by_role("status")
    left, top, right, bottom = region["box"]
    inside = [((left + share * (right - left)) / clip.width, (top + share * (bottom - top)) / clip.height)
              for share in (0.25, 0.75)]  # fmt: skip
    sides = [(inside[1][0] - inside[0][0]) * clip.width, (inside[1][1] - inside[0][1]) * clip.height]
    page.keyboard.press("m")
    expect(player).to_have_attribute("data-state", "paused")
    drag(page, player, inside)
    expect(status).to_have_text(re.compile(r"Distance: [\d.]+ cm$"))
    assert figure(status) == pytest.approx(hypot(*sides) * region["x"]["delta"], rel=0.01)
    page.keyboard.press("z")
    assert player.locator(".player-measure text").text_content() == f"{figure(status):.2f} cm", (
        "zoom changes no measure"
    )
    player.get_by_role("button", name="End 2").focus()
    for _ in range(10):
        page.keyboard.press("Shift+ArrowRight")
    assert figure(status) > hypot(*sides) * region["x"]["delta"]
    page.keyboard.press("Escape")
    expect(status).to_be_empty()
    expect(player.locator(".player-measure > *")).to_have_count(0)

    page.keyboard.press("Shift+M")
    across = [(inside[0][0], 0.5), (inside[1][0], 0.5)]
    drag(page, player, across)
    axis = sides[0] * region["x"]["delta"]
    assert figure(status) == pytest.approx(pi / 4 * axis * axis * 0.6, rel=0.02)
    expect(status).to_have_text(re.compile("Area · circumference: .* cm² · .* cm$"))
    page.keyboard.press("0")
    drag(page, player, [(0.001, 0.001), (0.4, 0.4)])
    expect(status).to_contain_text("uncalibrated")
    page.keyboard.press("Escape")
    other_scales(page, player, clip)


def other_scales(page: Page, player: Locator, clip: Clip) -> None:
    """Each axis by its own unit in a spectrum; pixels where the file tells nothing."""
    player.evaluate(
        "(p, regions) => (p.measure.regions = regions)", [{"box": [0, 0, clip.width, clip.height], **SPECTRUM}]
    )
    page.keyboard.press("m")
    drag(page, player, [(0.25, 0.25), (0.75, 0.5)])
    told = player.get_by_role("status").inner_text()
    seconds, speed = (float(n) for n in re.findall(r"[\d.]+", told))
    assert seconds == pytest.approx(clip.width / 2 * 0.005, rel=0.02)
    assert speed == pytest.approx(clip.height / 4 * 0.4, rel=0.02)
    assert told.endswith("cm/s")
    page.keyboard.press("m")
    player.evaluate("p => (p.measure.regions = [])")
    page.keyboard.press("m")
    expect(player.get_by_role("status")).to_have_text(re.compile(r"Distance: \d+ px \(uncalibrated\)"))


def figure(status: Locator) -> float:
    """The first number that is told."""
    found = re.search(r"[\d.]+", status.inner_text())
    assert found is not None
    return float(found[0])


def scroll_back(page: Page) -> None:
    """To the top, once what the wheel began has come to rest: a scroll that goes on moves what is pointed at."""
    page.wait_for_function("() => scrollY > 0")
    page.wait_for_function("""() => new Promise((done) => {
        const before = scrollY;
        setTimeout(() => done(scrollY === before), 200);
    })""")
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_function("() => scrollY === 0")
