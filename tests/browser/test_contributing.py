"""How much a contributor has to do: one clip from drop to handed in, and a batch whose cases begin alike."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from anonymize.phantom.demo import demo_clips
from anonymize.phantom.write import write_clip
from tests.waiting import wait_for

from .test_journey import SLOW, enter, shot

CLEANED = 4 * SLOW
"""Milliseconds that the machine may take for a file when it has much else to do."""

MOST = 12
"""Interactions from drop to handed in: a click, a choice, a key, a word typed."""


class Hand:
    """Counts what a person does on a page."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def __call__(self, act: Callable[[], object]) -> None:
        self.count += 1
        act()


@pytest.fixture
def loops(tmp_path: Path) -> list[Path]:
    """Clips of three made-up patients, of whom the file tells no age."""
    specs = [clip for clip in demo_clips() if clip.frames > 1][:3]
    paths = [tmp_path / f"HANSEN_{number}.dcm" for number in range(3)]
    for spec, path in zip(specs, paths, strict=True):
        write_clip(replace(spec, frames=4), path)
    return paths


def test_one_clip_then_a_batch_from_drop_to_handed_in(site: str, loops: list[Path], browser: Browser) -> None:
    page = enter(browser, site, "contributor", 1280)
    began, hand = time.monotonic(), Hand(page)
    give(hand, site, loops[:1])
    clean(hand)
    page.wait_for_url("**/contribute/case/new/**")
    ask(hand)
    answer(hand)
    hand(page.get_by_role("button", name="Hand in").click)
    expect(page.get_by_text("Handed in.")).to_be_visible()
    one = hand.count
    assert one <= MOST
    give(hand, site, loops[1:])
    deposit = page.url
    clean(hand)
    hand(page.get_by_role("link", name="Tag now").first.click)
    ask(hand)
    answer(hand)
    page.get_by_role("button", name="Same for the whole deposit").click()
    expect(page.get_by_text("The other cases of this deposit begin")).to_be_visible()
    shot(page, "batch-1-chosen", 1280)
    page.goto(deposit)
    hand.count = 0
    clean(hand)
    shot(page, "batch-2-deposit", 1280)
    hand(page.get_by_role("button", name="Tag now").first.click)
    page.wait_for_selector("#tag-form")
    answer(hand)
    hand(page.get_by_role("button", name="Hand in").click)
    expect(page.get_by_text("Handed in.")).to_be_visible()
    assert hand.count <= one - 3
    print(f"\n{one} interactions for one clip, {hand.count} in a batch; {time.monotonic() - began:.0f} s in all")


def give(hand: Hand, site: str, paths: list[Path]) -> None:
    page = hand.page
    page.goto(f"{site}/contribute/")
    hand(lambda: page.check("input[name=attest]"))
    hand(lambda: page.set_input_files("#pick", [str(path) for path in paths]))
    page.wait_for_url("**/contribute/*-*/")


def ask(hand: Hand) -> None:
    """The clinical question, by a word of it."""
    page = hand.page
    question = page.get_by_role("combobox").first
    hand(lambda: question.fill("pleural"))
    hand(lambda: question.press("Enter"))
    page.wait_for_selector("#tag-form")


def clean(hand: Hand) -> None:
    """The picture on the stage shows nobody."""
    page = hand.page
    expect(page.get_by_role("button", name="No: it is clean")).to_be_visible(timeout=CLEANED)
    wait_for(lambda: page.evaluate("[...document.querySelectorAll('.compare img')].every(i => i.naturalWidth > 0)"))
    hand(lambda: page.keyboard.press("n"))


def answer(hand: Hand) -> None:
    """View, what is seen, all else absent, how it was confirmed."""
    page = hand.page
    hand(page.locator("section:has(#view-name) [role=option]").first.click)
    hand(page.locator(".ask .is-present").first.click)
    hand(lambda: page.keyboard.press("n"))
    hand(lambda: page.select_option("#method", "ct"))
    hand(lambda: page.locator("input[name=certainty][value=certain]").check(force=True))
    if not page.input_value("#age_band"):
        hand(lambda: page.select_option("#age_band", "adult-65-79"))
    expect(page.locator("#missing")).to_contain_text("Everything is answered", timeout=SLOW)
    expect(page.locator("#saved")).to_contain_text("Saved")
