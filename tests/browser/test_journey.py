"""The whole journey in a real browser: given, confirmed, tagged, read by another expert, published, found, played."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from anonymize.phantom.demo import demo_clips
from anonymize.phantom.write import write_clip
from tests.waiting import wait_for

SLOW = 30_000
SHOTS = os.environ.get("IMAGEBANK_SHOTS", "")
"""A folder to keep pictures of each step in, for a person to look at."""
WIDTHS = [1280, 390]
FAULTS: list[str] = []
"""What scripts of the pages threw."""


@pytest.fixture
def loop_file(tmp_path: Path) -> Path:
    """A multi-frame DICOM loop as its device would write it, made-up patient and all."""
    spec = next(clip for clip in demo_clips() if clip.encoding == "rgb" and clip.frames > 1)
    path = tmp_path / "HANSEN_JOHANNE_1944.dcm"
    write_clip(replace(spec, frames=8), path)
    return path


def enter(browser: Browser, site: str, name: str, width: int, locale: str = "en-GB") -> Page:
    """Log in by the form, as a person does."""
    page = browser.new_context(viewport={"width": width, "height": 800}, locale=locale).new_page()
    page.set_default_timeout(SLOW)
    page.on("pageerror", lambda error: FAULTS.append(str(error)))
    page.goto(f"{site}/account/login/")
    page.fill("input[name=login]", f"{name}@demo.example")
    page.fill("input[name=password]", "demo-pocus")
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda address: "login" not in address)
    return page


def shot(page: Page, name: str, width: int) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth")
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{width}-{name}.png", full_page=True)
    assert wide <= width, f"{name} is {wide} pixels wide"


@pytest.mark.parametrize("width", WIDTHS)
def test_from_the_device_to_the_trainee(site: str, loop_file: Path, browser: Browser, width: int) -> None:
    FAULTS.clear()
    contributor = enter(browser, site, "contributor", width)
    give(contributor, site, loop_file, width)
    confirm(contributor, loop_file, width)
    tag(contributor, width)
    read(enter(browser, site, "reviewer", width), site, width)
    publish(enter(browser, site, "curator", width), site, width)
    learn(browser, site, width)
    assert not FAULTS


def give(page: Page, site: str, loop_file: Path, width: int) -> None:
    sent: list[str] = []
    page.on(
        "request",
        lambda request: sent.append(request.post_data_buffer.decode("latin-1") if request.post_data_buffer else ""),
    )
    page.goto(f"{site}/contribute/")
    shot(page, "1-overview", width)
    page.check("input[name=attest]")
    page.set_input_files("#pick", str(loop_file))
    page.wait_for_url("**/contribute/*-*/")
    expect(page.locator(".local").first).to_have_text(loop_file.name, timeout=SLOW)
    assert not any(loop_file.name in body for body in sent), "the file's own name was sent"


COVERED = """() => {
 const pictures = [...document.querySelectorAll(".compare img, .look :is(video, clip-player img)")];
 return pictures.flatMap((picture) => {
  const box = picture.getBoundingClientRect();
  const over = [];
  for (let x = box.left + 4; x < box.right; x += 12)
    for (let y = Math.max(box.top + 4, 0); y < Math.min(box.bottom, innerHeight); y += 12) {
      const top = document.elementFromPoint(x, y);
      if (top && !top.closest(".compare, clip-player")) over.push(top.className);
    }
  return [...new Set(over)];
 });
}"""
"""Classes of what lies over the pictures, wherever the page is scrolled to now."""


def confirm(page: Page, loop_file: Path, width: int) -> None:
    question = page.get_by_role("button", name="No: it is clean")
    expect(question).to_be_visible(timeout=SLOW)
    wait_for(lambda: page.evaluate("[...document.querySelectorAll('.compare img')].every(i => i.naturalWidth > 0)"))
    assert page.evaluate(COVERED) == [], "something lies over the picture to be judged"
    shot(page, "2-confirm", width)
    page.keyboard.press("b")
    expect(page.locator("[data-flicker]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("n")
    page.wait_for_url("**/contribute/case/new/**")


def tag(page: Page, width: int) -> None:
    combo = page.get_by_role("combobox").first
    combo.fill("pleural")
    shot(page, "3-question", width)
    combo.press("Enter")
    page.wait_for_selector("#tag-form")
    view = page.locator("section:has(#view-name)")
    view.locator("[role=option]").first.click()
    expect(page.locator(".quality-item").first).to_be_visible()
    page.locator("h1").click()
    page.keyboard.press("1")
    page.keyboard.press("p")
    page.locator("h1").click()
    page.keyboard.press("n")
    page.select_option("#method", "ct")
    page.locator("input[name=certainty][value=certain]").check(force=True)
    a_refused_title(page)
    expect(page.locator("#missing")).to_contain_text("Everything is answered", timeout=SLOW)
    expect(page.locator("#saved")).to_contain_text("Saved")
    shot(page, "4-tag", width)
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Handed in.")).to_be_visible()
    shot(page, "5-handed-in", width)


def a_refused_title(page: Page) -> None:
    """The title is refused; what is answered after it is saved all the same, and what was typed stays."""
    page.fill("#title", "12.05.2024")
    expect(page.locator("#wrong-title")).to_contain_text("it holds a date", timeout=SLOW)
    page.select_option("#age_band", "adult-65-79")
    expect(page.locator("#missing")).to_contain_text("Everything is answered", timeout=SLOW)
    expect(page.locator("#saved")).to_have_text("Saved, but not: Title")
    page.get_by_role("button", name="Hand in").click()
    page.wait_for_load_state()
    expect(page.locator("#title")).to_have_value("12.05.2024")
    expect(page.locator("#title")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#age_band")).to_have_value("adult-65-79")
    page.fill("#title", "")
    expect(page.locator("#wrong-title")).to_be_empty(timeout=SLOW)


def read(page: Page, site: str, width: int) -> None:
    page.goto(f"{site}/review/")
    shot(page, "6-queue", width)
    page.get_by_role("button", name="Read the oldest").click()
    page.wait_for_selector("#verdict")
    shot(page, "7-read", width)
    page.keyboard.press("a")
    expect(page.get_by_text("Tick the three checks")).to_be_visible()
    for key in "123a":
        page.keyboard.press(key)
    expect(page.get_by_text("Accepted.")).to_be_visible()
    shot(page, "8-empty-queue", width)


def publish(page: Page, site: str, width: int) -> None:
    page.goto(f"{site}/curate/")
    shot(page, "9-desk", width)
    page.get_by_role("link", name="Look at it").click()
    expect(page.locator("clip-player").first).to_be_visible()
    shot(page, "9-preview", width)
    page.keyboard.press("p")
    expect(page.get_by_text("Published: everybody can see it now.")).to_be_visible()
    shot(page, "10-published", width)


def learn(browser: Browser, site: str, width: int) -> None:
    page = enter(browser, site, "trainee", width, "fr-FR")
    page.goto(f"{site}/cases/?q=%C3%A9panchement+pleural")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    page.locator(".card h3 a").first.click()
    page.wait_for_url("**/cases/*-*/*")
    player = page.locator("clip-player").first
    expect(player).to_have_attribute("data-state", "playing", timeout=SLOW)
    player.focus()
    page.keyboard.press("Home")
    expect(player.locator(".player-frame b")).to_have_text("1")
    page.keyboard.press("ArrowRight")
    expect(player.locator(".player-frame b")).to_have_text("2")
    shot(page, "11-trainee", width)
