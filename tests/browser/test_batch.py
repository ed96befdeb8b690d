"""Twenty clips of twenty patients from a dropped folder to handed in, with the browser closed in the middle of it."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from itertools import groupby
from pathlib import Path

import pytest
from django.db.models import QuerySet
from playwright.sync_api import Browser, Page, expect

from anonymize.phantom.demo import demo_clips
from anonymize.phantom.write import write_clip
from imagebank.catalog.models import Case
from imagebank.intake.models import Original
from tests.waiting import wait_for

from .test_contributing import CLEANED, Hand, ask, clean
from .test_journey import SLOW, enter, shot
from .test_uploads import asked

MANY = 20
LONGEST = 600.0
"""Seconds of scripted interaction, the machine's work included (product.md: ten minutes for twenty)."""
LINE = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": 400_000}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as a device exports it: one loop of each of twenty made-up patients."""
    cases = (next(clips) for _, clips in groupby(demo_clips(), key=lambda clip: clip.case))
    specs = [clip for clip in cases if clip.frames > 1 and clip.encoding != "mp4"][:MANY]
    assert len({spec.patient.id for spec in specs}) == MANY
    export = tmp_path / "EXPORT"
    for number, spec in enumerate(specs):
        place = export / f"HANSEN_{number:02}"
        place.mkdir(parents=True)
        write_clip(replace(spec, frames=6), place / "IM0001.dcm")
    return export


class Person(Hand):
    """A contributor whose browser may be closed at any moment; the machine's log-in stays, as it does in a browser."""

    def __init__(self, browser: Browser, page: Page) -> None:
        super().__init__(page)
        self.browser = browser

    def close_and_come_back(self, address: str) -> None:
        kept = self.page.context.storage_state()
        self.page.context.close()
        self.page = self.browser.new_context(
            viewport={"width": 1280, "height": 800}, locale="en-GB", storage_state=kept
        ).new_page()
        self.page.set_default_timeout(SLOW)
        self(lambda: self.page.goto(address))


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_twenty_from_a_folder_to_handed_in(site: str, folder: Path, browser: Browser) -> None:
    hand = Person(browser, enter(browser, site, "contributor", 1280))
    began = time.monotonic()
    deposit = send(hand, site, folder)
    sent = time.monotonic()
    look_at_all(hand, deposit)
    looked = time.monotonic()
    tag_all(hand, site, deposit)
    ended = time.monotonic()
    assert asked(handed_in) == (MANY, MANY, MANY)
    states = Original.objects.order_by("state").values_list("state", flat=True).distinct()
    assert asked(lambda: list(states)) == ["accepted", "refused"]
    print(
        f"\n{MANY} clips: {ended - began:.0f} s and {hand.count} interactions; sent {sent - began:.0f} s, "
        f"looked at {looked - sent:.0f} s, tagged {ended - looked:.0f} s"
    )
    assert ended - began <= LONGEST


def handed_in() -> tuple[int, int, int]:
    """Cases that wait for their reader, clips in them, patients they are of."""
    rows = Case.objects.filter(state="submitted")
    return rows.count(), sum(row.clips.count() for row in rows), len(set(rows.values_list("subject_id", flat=True)))


def send(hand: Person, site: str, folder: Path) -> str:
    """Drop the folder over a slow line, lose the browser, drop it again: nothing is lost, nothing is there twice."""
    hand.page.goto(f"{site}/contribute/")
    hand(lambda: hand.page.check("input[name=attest]"))
    line = hand.page.context.new_cdp_session(hand.page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", LINE)
    hand(lambda: hand.page.set_input_files("#folder", str(folder)))
    hand.page.wait_for_url("**/contribute/*-*/")
    deposit = hand.page.url
    wait_for(lambda: asked(Original.objects.count) >= 3, seconds=60)
    hand.close_and_come_back(deposit)
    before = asked(Original.objects.count)
    assert 3 <= before < MANY
    hand(lambda: hand.page.set_input_files("#folder", str(folder)))
    known = Original.objects.exclude(code="refused.duplicate")
    wait_for(lambda: asked(known.count) == MANY, seconds=180)
    return deposit


def look_at_all(hand: Person, deposit: str) -> None:
    """One key each, as soon as the machine is done with it; reloaded after seven, the browser closed after twelve."""
    confirmed = Original.objects.filter(state="accepted")
    for number in range(MANY):
        if number == 7:
            hand.page.reload()
        if number == 12:
            hand.close_and_come_back(deposit)
        clean(hand)
        wait_for(partial(_are, confirmed, number + 1), seconds=180)
    shot(hand.page, "twenty-1-looked-at", 1280)


def _are(rows: QuerySet[Original], count: int) -> bool:
    return asked(rows.count) == count


def tag_all(hand: Person, site: str, deposit: str) -> None:
    """The first one says what is common; a draft survives a reload and a closed browser."""
    hand(lambda: hand.page.keyboard.press("t"))
    ask(hand)
    for number in range(MANY):
        if number:
            hand(lambda: hand.page.keyboard.press("t"))
            hand.page.wait_for_selector("#tag-form")
        see(hand)
        if number == 3:
            hand.page.reload()
        if number == 5:
            hand.close_and_come_back(f"{site}/contribute/")
            hand(hand.page.locator("#cases ~ ul a").first.click)
        confirm(hand)
        if number == 0:
            hand(hand.page.get_by_role("button", name="Same for the whole deposit").click)
            expect(hand.page.get_by_text("The other cases of this deposit begin")).to_be_visible()
        hand(hand.page.get_by_role("button", name="Hand in").click)
        expect(hand.page.get_by_text("Handed in.")).to_be_visible(timeout=CLEANED)
    shot(hand.page, "twenty-2-handed-in", 1280)


def see(hand: Person) -> None:
    """The view, the first finding present, all others absent: by keys, each answer saved as it is given."""
    page = hand.page
    hand(page.locator("section:has(#view-name) [role=option]").first.click)
    page.locator("h1").click()
    for key in ("1", "p", "n"):
        hand(partial(page.keyboard.press, key))
    expect(page.locator("#saved")).to_contain_text("Saved", timeout=CLEANED)
    expect(page.locator(".ask").first.locator("input[value=present]")).to_be_checked()


def confirm(hand: Person) -> None:
    """How it was confirmed is said of each patient; what was seen before stands as it was."""
    page = hand.page
    expect(page.locator(".ask").first.locator("input[value=present]")).to_be_checked()
    hand(lambda: page.select_option("#method", "ct"))
    hand(lambda: page.locator("input[name=certainty][value=certain]").check(force=True))
    if not page.input_value("#age_band"):
        hand(lambda: page.select_option("#age_band", "adult-65-79"))
    expect(page.locator("#missing")).to_contain_text("Everything is answered", timeout=CLEANED)
    expect(page.locator("#saved")).to_contain_text("Saved")
