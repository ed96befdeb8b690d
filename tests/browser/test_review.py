"""Reviewing in a real browser: pointing at a frame, planted names, doubts in two taps, the incident, the desk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, Page, expect

from imagebank.accounts.models import NodeRole
from imagebank.catalog.models import Case
from imagebank.catalog.services import create_case, submit
from imagebank.core.models import Node
from imagebank.intake import sweepers
from imagebank.review import doubting, planting
from tests.browser.bank import shown_case
from tests.browser.test_journey import FAULTS, shot
from tests.factories import acting, case_data, make_world, session, specimens, written
from tests.serving import web_server

pytestmark = pytest.mark.long


@dataclass(frozen=True)
class Scene:
    """What the database holds before the browser starts: an own loop runs in it, where Django asks no database."""

    sessions: dict[str, str]
    shown: Case
    doubted: Case
    waiting: Case
    planted: Case


@pytest.fixture
def scene(bank_db: None) -> Scene:
    call_command("collectstatic", interactive=False, verbosity=0)
    Node.current()
    sweepers.renew_keys()
    world = make_world()
    NodeRole.objects.create(user=world.contributor, role="reviewer")
    shown, doubted = (shown_case(frames=8, world=world, place=place) for place in (0, 1))
    doubting.doubt(actor=acting(world.trainee), case=doubted, kind="content", text="The side is the other one.")
    clip = world.clip(written(replace(specimens()[2], frames=8)))
    waiting = create_case(actor=acting(world.contributor), data=case_data(clip))
    submit(actor=acting(world.contributor), case=waiting)
    people = ("trainee", "contributor", "steward", "reviewer", "curator")
    sessions = {name: session(getattr(world, name)).cookies["sessionid"].value for name in people}
    return Scene(sessions, shown, doubted, waiting, planting.plant("name").case)


def enter(browser: Browser, site: str, scene: Scene, name: str, width: int) -> Page:
    """A person with a second factor, by the session that the log-in would make."""
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=SCHEMES[width])
    context.add_cookies([{"name": "sessionid", "value": scene.sessions[name], "url": site}])
    page = context.new_page()
    page.on("pageerror", lambda error: FAULTS.append(str(error)))
    return page


SCHEMES: dict[int, Literal["light", "dark"]] = {1280: "light", 390: "dark"}


def test_reading_doubting_deciding(scene: Scene, browser: Browser) -> None:
    FAULTS.clear()
    with web_server() as port:
        site = f"http://127.0.0.1:{port}"
        for width in SCHEMES:
            look(enter(browser, site, scene, "curator", width), site, width, scene.doubted)
        reviewer = enter(browser, site, scene, "reviewer", 1280)
        point(reviewer, site, scene.waiting)
        for width in SCHEMES:
            page = enter(browser, site, scene, "contributor", width)
            page.goto(f"{site}/contribute/case/{scene.waiting.pk}/")
            expect(page.locator("svg.pointed circle")).to_be_visible()
            shot(page, "tag-pointed", width)
        notice(reviewer, site, scene.planted)
        alarm(browser, site, scene)
    assert not FAULTS


def look(page: Page, site: str, width: int, other: Case) -> None:
    for name, path in {
        "queue": "/review/", "figures": "/review/figures/", "desk": "/curate/?state=published", "doubts": "/doubts/",
        "discussed": f"/cases/{other.pk}/",
    }.items():  # fmt: skip
        page.goto(site + path)
        shot(page, name, width)
    page.goto(f"{site}/doubts/")
    page.get_by_text("Answer…").click()
    shot(page, "answer", width)


def point(page: Page, site: str, case: Case) -> None:
    page.goto(f"{site}/review/")
    page.locator(f'form[action="/review/{case.pk}/claim/"] button').click()
    expect(page.locator("clip-player")).to_have_attribute("data-state", "playing", timeout=30_000)
    page.keyboard.press("p")
    frame = int(page.input_value("[name=frame]"))
    assert 1 <= frame <= 8
    page.locator("svg.pointed").click(position={"x": 60, "y": 60})
    expect(page.locator("svg.pointed circle")).to_be_visible()
    assert all(0 < float(part) < 0.5 for part in page.input_value("[name=point]").split(","))
    page.fill("#comment", "What is this?")
    shot(page, "read-pointed", 1280)
    page.get_by_role("button", name="Ask for changes").click()
    expect(page.get_by_text("Sent back with your comment.")).to_be_visible()


def notice(page: Page, site: str, planted: Case) -> None:
    """Asking for changes of the other case has led on to the planted one."""
    expect(page).to_have_url(f"{site}/review/{planted.pk}/")
    page.wait_for_timeout(1500)
    shot(page, "planted", 1280)
    page.set_viewport_size({"width": 390, "height": 800})
    shot(page, "planted", 390)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.fill("#comment", "A name.")
    page.get_by_role("button", name="Refuse").click()
    expect(page.get_by_text("you noticed it. So far you noticed 1 of 1.")).to_be_visible()
    shot(page, "noticed", 1280)


def alarm(browser: Browser, site: str, scene: Scene) -> None:
    reader = enter(browser, site, scene, "trainee", 390)
    reader.goto(f"{site}/cases/{scene.shown.pk}/")
    reader.get_by_text("Something is wrong…").click()
    shot(reader, "doubt", 390)
    reader.get_by_role("button", name="Somebody could be recognised").click()
    expect(reader.get_by_text("The case is hidden")).to_be_visible()
    shot(reader, "raised", 390)
    for width in (1280, 390):
        steward = enter(browser, site, scene, "steward", width)
        steward.goto(f"{site}/doubts/")
        shot(steward, "incidents", width)
        steward.get_by_role("link", name="Look at it").click()
        expect(steward.locator("clip-player")).to_be_visible()
        shot(steward, "incident", width)
