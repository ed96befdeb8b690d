"""Makes the pictures of the help's guides from a running, freshly made demonstration.

    python3 run.py demo --port 8123 --data /tmp/pictures   # in another terminal, until it says "ready"
    .venv/bin/python -m deploy.pictures http://127.0.0.1:8123

Signs in as each demo account, goes to the page that its guide shows, and writes a WebP file of 800 x 500 in each
language; the description of the REST interface is in English alone. It asks for a role as trainee and takes a case from
the queue as reviewer: use a throw-away demonstration.
"""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

FOLDER: Final = Path(__file__).resolve().parent.parent / "imagebank/web/static/web/pictures/guides"
SIZE: Final = (1280, 800)
SHOWN: Final = (800, 500)
LANGUAGES: Final = ("en", "fr", "de", "es", "da")
ENGLISH: Final = ("system",)
PASSWORD: Final = "demo-pocus"  # noqa: S105 - the published password of a demonstration on loopback


def trainee(page: Page, site: str) -> None:
    page.goto(f"{site}/cases/?hide=1")
    page.click(".card h3 a")


def contributor(page: Page, site: str) -> None:
    page.goto(f"{site}/contribute/")


def reviewer(page: Page, site: str) -> None:
    page.goto(f"{site}/review/")
    start = page.locator("form[action='/review/next/'] button")
    if start.count():
        start.first.click()


def curator(page: Page, site: str) -> None:
    page.goto(f"{site}/curate/collections/")
    page.locator("main h3 a, main li a").first.click()


def steward(page: Page, site: str) -> None:
    page.goto(f"{site}/account/requests/")


def system(page: Page, site: str) -> None:
    page.goto(f"{site}/api/v1/docs/")


GUIDES: Final[dict[str, Callable[[Page, str], None]]] = {
    "trainee": trainee, "contributor": contributor, "reviewer": reviewer, "curator": curator, "steward": steward,
    "system": system,
}  # fmt: skip


def main() -> None:
    site = sys.argv[1].rstrip("/")
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        _ask_for_a_role(browser, site)
        for kind, go in GUIDES.items():
            for language in LANGUAGES[:1] if kind in ENGLISH else LANGUAGES:
                _photograph(browser, site, kind, language, go)
        browser.close()


def _photograph(browser: Browser, site: str, kind: str, language: str, go: Callable[[Page, str], None]) -> None:
    page = _signed_in(browser, site, kind, language)
    go(page, site)
    page.wait_for_timeout(1_500)  # until posters are there and films have begun
    file = FOLDER / language / f"{kind}.webp"
    file.parent.mkdir(parents=True, exist_ok=True)
    _keep(page.screenshot(), file)
    print(kind, language, file.stat().st_size, page.url)
    page.context.close()


def _signed_in(browser: Browser, site: str, kind: str, language: str = "en") -> Page:
    page = browser.new_context(viewport={"width": SIZE[0], "height": SIZE[1]}, locale=language).new_page()
    if kind != "system":
        page.goto(f"{site}/account/login/")
        page.fill("input[name=login]", f"{kind}@demo.example")
        page.fill("input[name=password]", PASSWORD)
        page.click("main form button")
        page.wait_for_load_state()
    return page


def _ask_for_a_role(browser: Browser, site: str) -> None:
    """So that the steward's page has something to show."""
    page = _signed_in(browser, site, "trainee")
    page.goto(f"{site}/account/roles/")
    page.select_option("select[name=institution]", "demo-hospital")
    page.fill("textarea[name=words]", "I run the ultrasound course of the emergency department.")
    page.click("main form[aria-labelledby=ask] button")
    page.context.close()


def _keep(picture: bytes, file: Path) -> None:
    Image.open(io.BytesIO(picture)).convert("RGB").resize(SHOWN, Image.Resampling.LANCZOS).save(
        file, "WEBP", quality=50, method=6
    )


if __name__ == "__main__":
    main()
