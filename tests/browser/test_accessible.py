"""Every page for everybody: axe-core finds nothing in either scheme, and nothing is cut at 320 pixels or at 200 %."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final, Literal

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, Page, ViewportSize

from imagebank.review.services import claim
from imagebank.sheets.loading import load_drafts
from tests.browser.bank import shown_case
from tests.collections.conftest import published_collection
from tests.factories import World, acting, make_world, session, specimens, written
from tests.serving import web_server

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
RUN = """
async (rules) => (await axe.run(document, { resultTypes: ["violations"], ...rules })).violations
    .flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 160)}`))
"""
SCHEMES: Final[dict[Literal["light", "dark"], dict[str, Any]]] = {"light": {}, "dark": {"runOnly": ["color-contrast"]}}
"""{scheme: rules}: in the second one nothing but colours is another."""
WIDE: ViewportSize = {"width": 1280, "height": 800}
NARROW: ViewportSize = {"width": 320, "height": 640}
ENLARGED: ViewportSize = {"width": 640, "height": 400}
"""A window of 1280 x 800 at 200 %."""
EVERYBODY = """
/ /cases/ /cases/?q=effusion /cases/?hide=1 /cases/?q=%22nowhere%22 /cases/{case}/ /collections/ /collections/{slug}/
/sheets/ /sheets/dyspnoea/ /views/ /views/lung-plaps-right/ /vocabulary/ /vocabulary/settings/
/vocabulary/findings/lung-point/ /help/ /help/search/ /help/components/ /help/problems/wrong_state/ /help/start-kit/
/help/start-kit/leaflet/ /help/start/trainee/ /compare/?a={case}&b={case} /collections/{slug}/versions/1/ /api/v1/docs/
/nothing/ /account/login/ /account/signup/
"""
PAGES = {
    "": EVERYBODY,
    "trainee": """/ /account/ /account/data/ /account/history/ /account/notifications/ /account/roles/ /account/saved/
        /cases/{case}/ /doubts/""",
    "contributor": "/account/contributions/ /contribute/ /contribute/{deposit}/ /contribute/case/{draft}/",
    "steward": "/account/requests/ /doubts/",
    "reviewer": "/review/ /review/{submitted}/ /review/figures/",
    "curator": """/cases/{case}/ /curate/ /curate/{accepted}/ /curate/collections/ /curate/collections/{slug}/
        /sheets/dyspnoea/draft/ /sheets/dyspnoea/draft/edit/""",
    "admin": "/account/",
}
"""{who reads: addresses}."""


@dataclass(frozen=True)
class Place:
    """A site, and what its addresses need."""

    address: str
    parts: dict[str, Any]
    sessions: dict[str, str]
    """{who reads: cookie}."""


@pytest.fixture
def place(demo_people: None) -> Iterator[Place]:
    """One of everything; nothing here needs a worker."""
    load_drafts()
    world = make_world()
    case = shown_case(frames=4, world=world)
    collection = published_collection(world, case)
    waiting = world.candidate(written(specimens()[1]))
    call_command("collectstatic", interactive=False, verbosity=0)
    read = claim(actor=acting(world.reviewer), case=world.submitted(world.stored()))
    parts = {
        "case": case.pk, "slug": collection.slug, "deposit": waiting.deposit_id,
        "draft": world.draft(world.stored()).pk, "submitted": read.pk, "accepted": world.accepted(world.stored()).pk,
    }  # fmt: skip
    with web_server() as port:
        yield Place(f"http://127.0.0.1:{port}", parts, {name: cookie(world, name) for name in PAGES if name})


def cookie(world: World, name: str) -> str:
    return session(getattr(world, name)).cookies["sessionid"].value


def page_for(browser: Browser, place: Place, reader: str) -> Page:
    context = browser.new_context(viewport=WIDE)
    if reader:
        context.add_cookies([{"name": "sessionid", "value": place.sessions[reader], "url": place.address}])
    return context.new_page()


def test_nothing_stands_in_anybodys_way(place: Place, browser: Browser) -> None:
    wrong = []
    for reader, paths in PAGES.items():
        page = page_for(browser, place, reader)
        wrong += [f"{reader} {path} {found}" for path in paths.split() for found in met(page, place, path)]
    assert wrong == []


def met(page: Page, place: Place, path: str) -> list[str]:
    """What is wrong with a page."""
    address = place.address + path.format(**place.parts)
    answer = page.goto(address)
    assert answer is not None and answer.status == (404 if "nothing" in path else 200), address
    assert page.url == address, "sent elsewhere"
    page.evaluate(AXE)
    return violations(page) + too_wide(page)


def violations(page: Page) -> list[str]:
    found: list[str] = []
    for scheme, rules in SCHEMES.items():
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{scheme} {line}" for line in page.evaluate(RUN, rules)]
    return found


def too_wide(page: Page) -> list[str]:
    found: list[str] = []
    for size in (NARROW, ENLARGED):
        page.set_viewport_size(size)
        width = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{width} wide on {size['width']}"] if width > size["width"] else []
    page.set_viewport_size(WIDE)
    return found
