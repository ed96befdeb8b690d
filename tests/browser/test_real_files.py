"""Real files of many devices, from `manage.py deposit` to the page: what comes out clean plays there."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, Page, expect

from anonymize.codes import verdict
from imagebank.catalog.models import Clip
from imagebank.catalog.services import create_case, submit
from imagebank.intake.acceptance import confirm
from imagebank.intake.models import Original
from imagebank.review.services import publish, review
from tests.api.test_real_files import DATA, ENDS, files
from tests.browser.bank import complaints
from tests.factories import World, acting, case_data, make_world


@pytest.fixture
def clips(site: str) -> list[Clip]:
    """Every file given by the command, cleaned by the worker; of each that came out clean the clip, published."""
    world = make_world()
    call_command("deposit", str(DATA), institution="north", user="contributor@bank.example")
    rows = list(Original.objects.order_by("position"))
    assert len(rows) >= len(files())
    assert all(row.state == ENDS[verdict(row.code)] != "failed" for row in rows), [row.code for row in rows]
    return [shown(world, row) for row in rows if row.state == "awaiting_confirmation"]


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.skipif(not files(), reason="the real files do not lie beside this checkout")
def test_what_is_clean_plays(site: str, clips: list[Clip], browser: Browser) -> None:
    assert len(clips) > len(files()) / 2
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    wrong = complaints(page)
    for clip in clips:
        page.goto(f"{site}/cases/{clip.case_id}/")
        plays(page, clip)
    assert not wrong


def shown(world: World, row: Original) -> Clip:
    """The confirmed clip in a published case of its own."""
    clip = confirm(actor=acting(world.contributor), original=row).clip
    assert clip is not None
    case = create_case(actor=acting(world.contributor), data=case_data(clip))
    submit(actor=acting(world.contributor), case=case)
    review(actor=acting(world.reviewer), case=case, verdict="accept")
    publish(actor=acting(world.curator), case=case)
    clip.refresh_from_db()
    return clip


def plays(page: Page, clip: Clip) -> None:
    """A film reaches another frame by itself; a still is there whole."""
    if clip.frames == 1:
        picture = page.locator(".case-clips img, clip-player img").first
        expect(picture).to_be_visible()
        page.wait_for_function("e => e.complete && e.naturalWidth > 0", arg=picture.element_handle())
        return
    player = page.locator("clip-player")
    expect(player).to_have_attribute("data-state", "playing")
    page.wait_for_function("p => p.video ? p.video.currentTime > 0.05 : true", arg=player.element_handle())
    assert player.evaluate("p => p.clock.frames") == clip.frames
