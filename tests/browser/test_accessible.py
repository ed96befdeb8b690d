"""Every page for everybody: axe-core finds nothing in either scheme, and nothing is cut at 320 pixels or at 200 %."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Final, Literal

import pytest
from allauth.urls import urlpatterns as allauth_pages
from django.core.management import call_command
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page, ViewportSize

from imagebank.accounts.mailing import stop_token
from imagebank.review.doubting import doubt
from imagebank.review.services import claim
from imagebank.sheets.loading import load_drafts
from imagebank.shelf import searches, services
from tests.browser.bank import shown_case
from tests.collections.conftest import published_collection
from tests.factories import World, acting, make_person, make_world, session, specimens, written
from tests.matrix.pages import PAGES as MATRIX
from tests.matrix.test_pages import patterns
from tests.serving import web_server
from tests.sheets.conftest import agreed, written_sheet

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
RUN = """
async (rules) => (await axe.run(document, { resultTypes: ["violations"], preload: false, selectors: false, ...rules }))
    .violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 160)}`))
"""
SCHEMES: Final[dict[Literal["light", "dark"], dict[str, Any]]] = {"light": {}, "dark": {"runOnly": ["color-contrast"]}}
"""{scheme: rules}: in the second one nothing but colours is another."""
WIDE: ViewportSize = {"width": 1280, "height": 800}
NARROW: ViewportSize = {"width": 320, "height": 640}
ENLARGED: ViewportSize = {"width": 640, "height": 400}
"""A window of 1280 x 800 at 200 %."""
EVERYBODY = """
/ /cases/ /cases/?q=effusion /cases/?hide=1 /cases/?q=%22nowhere%22 /cases/{case}/ /collections/ /collections/?q=nothing
/collections/{slug}/ /sheets/ /sheets/dyspnoea/ /sheets/flank-pain/versions/1/ /sheets/flank-pain/versions/1/changes/
/views/ /views/lung-plaps-right/ /vocabulary/ /vocabulary/settings/ /vocabulary/findings/lung-point/
/help/ /help/search/ /help/keys/ /help/clip/ /help/components/ /help/problems/wrong_state/ /help/start-kit/
/help/start-kit/leaflet/ /help/start/trainee/ /compare/?a={case}&b={case} /collections/{slug}/versions/1/ /api/v1/docs/
/lists/{shared}/ /account/mail/stop/{stop}/ /nothing/
/account/login/ /account/signup/ /account/password/reset/ /account/password/reset/done/
"""
PAGES = {
    "": EVERYBODY,
    "trainee": """/ /cases/ /account/ /account/data/ /account/erase/ /account/history/ /account/notifications/
        /account/roles/ /account/trail/ /account/saved/ /account/saved/{list}/ /cases/{case}/ /doubts/ /account/logout/
        /account/email/ /account/password/change/ /account/2fa/""",
    "contributor": """/account/contributions/ /contribute/ /contribute/{deposit}/ /contribute/case/{draft}/
        /contribute/case/new/?clips={clip}""",
    "steward": """/account/requests/ /doubts/ /incidents/{incident}/ /institution/north/ /institution/north/record/
        /institution/north/agreements/ /institution/north/members/ /institution/north/systems/
        /institution/north/mirrors/ /institution/north/trail/""",
    "reviewer": "/review/ /review/{submitted}/ /review/figures/",
    "curator": """/cases/{case}/ /curate/ /curate/{accepted}/ /curate/collections/ /curate/collections/{slug}/
        /sheets/dyspnoea/draft/ /sheets/dyspnoea/draft/edit/""",
    "admin": "/account/ /institution/",
}
"""{who reads: addresses}. A page that is missing here fails the test of completeness."""
NO_PAGE = {
    "certificate": "a PDF",
    "collections-feed": "an Atom feed",
    "data-archive": "a ZIP",
    "kit-file": "a file",
    "favicon": "leads to the picture",
    "problem-short": "leads to the page of the problem",
    "saved-search": "leads to the search",
    "doubt": "leads to the form on the page of the case",
}
"""{route that answers a GET: why there is nothing to look at}."""
BEYOND = {
    "account_inactive": "only for an account that was closed",
    "account_reauthenticate": "asked in the middle of an act; the form of the log-in",
    "account_email_verification_sent": "only in the middle of signing up",
    "account_confirm_email": "behind the address of a mail",
    "account_confirm_login_code": "not used: nobody logs in by a code",
    "account_set_password": "only for an account without one; the form of the change",
    "account_reset_password_from_key": "behind the address of a mail; the form of the change",
    "account_reset_password_from_key_done": "the sentence after it",
    "mfa_.*": "in the middle of setting up a factor; the forms and lists of /account/2fa/",
}
"""{page of allauth's that a test cannot simply open: when it is seen}."""


@dataclass(frozen=True)
class Place:
    """A site, and what its addresses need."""

    address: str
    parts: dict[str, Any]
    sessions: dict[str, str]
    """{who reads: cookie}."""
    seen: set[str] = field(default_factory=set)
    """Routes that were looked at in the dark."""


@pytest.fixture
def place(demo_people: None) -> Iterator[Place]:
    """One of everything; nothing here needs a worker."""
    world = make_world()
    parts = {**_given(world), **_kept(world)}
    agreed(world, [world.reviewer, make_person("expert", role="reviewer")], written_sheet(world, "flank-pain"))
    load_drafts()
    call_command("collectstatic", interactive=False, verbosity=0)
    with web_server() as port:
        yield Place(f"http://127.0.0.1:{port}", parts, {name: cookie(world, name) for name in PAGES if name})


def _given(world: World) -> dict[str, Any]:
    """Cases, files and what stands around them."""
    case = shown_case(frames=4, world=world)
    disputed = world.published(world.stored())
    doubt(actor=acting(world.trainee), case=disputed, kind="content")
    feared = doubt(actor=acting(world.trainee), case=world.published(world.stored()), kind="privacy")
    read = claim(actor=acting(world.reviewer), case=world.submitted(world.stored()))
    return {
        "case": case.pk, "slug": published_collection(world, case, disputed).slug, "clip": world.stored().pk,
        "deposit": world.candidate(written(specimens()[1])).deposit_id, "draft": world.draft(world.stored()).pk,
        "submitted": read.pk, "accepted": world.accepted(world.stored()).pk, "incident": feared.incident_id,
    }  # fmt: skip


def _kept(world: World) -> dict[str, Any]:
    """What the trainee keeps."""
    actor = acting(world.trainee)
    shelf = services.make(actor=actor, name="Mine")
    services.share(actor=actor, shelf=shelf, on=True)
    searches.keep(actor=actor, name="Effusions", query="q=effusion", tell=True, lang="en")
    return {"list": shelf.pk, "shared": shelf.shared_as, "stop": stop_token(world.trainee, "review")}


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
        page.context.close()
    assert wrong == []


def met(page: Page, place: Place, path: str) -> list[str]:
    """What is wrong with a page."""
    address = place.address + path.format(**place.parts)
    answer = page.goto(address)
    assert answer is not None and answer.status == (404 if path == "/nothing/" else 200), address
    assert page.url == address, "sent elsewhere"
    page.evaluate(AXE)
    route = route_of(path)
    schemes = [scheme for scheme in SCHEMES if scheme == "light" or route not in place.seen]
    place.seen.add(route)
    return violations(page, schemes) + too_wide(page)


def violations(page: Page, schemes: list[Literal["light", "dark"]]) -> list[str]:
    found: list[str] = []
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{scheme} {line}" for line in page.evaluate(RUN, SCHEMES[scheme])]
    return found


def too_wide(page: Page) -> list[str]:
    found: list[str] = []
    for size in (NARROW, ENLARGED):
        page.set_viewport_size(size)
        width = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{width} wide on {size['width']}"] if width > size["width"] else []
    page.set_viewport_size(WIDE)
    return found


def route_of(path: str) -> str:
    """The name of the route; that of one's own kind for a page that is none."""
    nobody: defaultdict[str, str] = defaultdict(lambda: "0" * 8 + "-0000-4000-8000-" + "0" * 12)
    try:
        return resolve(path.split("?")[0].format_map(nobody)).url_name or path
    except Resolver404:
        return path


def test_every_page_is_looked_at() -> None:
    looked = {route_of(path) for paths in PAGES.values() for path in paths.split()}
    ours = {row.route for row in MATRIX if row.method == "GET"}
    assert ours - looked == set(NO_PAGE)
    theirs = {pattern.name for pattern in patterns(allauth_pages)} - looked
    assert {"mfa_.*" if name.startswith("mfa_") else name for name in theirs} == set(BEYOND)
