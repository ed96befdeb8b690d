"""Makes the pictures of the help's guides from a running, freshly made demonstration.

    python3 run.py demo --port 8123 --data /tmp/pictures   # in another terminal, until it says "ready"
    .venv/bin/python -m deploy.pictures http://127.0.0.1:8123

Signs in as each demo account, goes to the page that its guide shows, and writes WebP files of 960 x 600. It asks for a
role as trainee, hands in a case as contributor and takes it from the queue as reviewer: use a throw-away demonstration.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from anonymize.phantom.demo import demo_clips
from anonymize.phantom.write import write_clip

FOLDER: Final = Path(__file__).resolve().parent.parent / "imagebank/web/static/web/pictures/guides"
SIZE: Final = (1280, 800)
SHOWN: Final = (960, 600)
PASSWORD: Final = "demo-pocus"  # noqa: S105 - the published password of a demonstration on loopback

CASE: Final = {
    "indication": "pleural-effusion-suspected", "setting": "ed", "age_band": "adult-65-79", "sex": "female",
    "findings": [{"term": "pleural-effusion-simple", "presence": "present"}],
    "confirmed": {"method": "ct", "certainty": "certain"},
}  # fmt: skip


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
    FOLDER.mkdir(parents=True, exist_ok=True)
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        _ask_for_a_role(browser, site)
        _hand_in(browser, site)
        for kind, go in GUIDES.items():
            page = _signed_in(browser, site, kind)
            go(page, site)
            page.wait_for_timeout(1_500)  # until posters are there and films have begun
            _keep(page.screenshot(), FOLDER / f"{kind}.webp")
            print(kind, page.url)
            page.context.close()
        browser.close()


def _signed_in(browser: Browser, site: str, kind: str) -> Page:
    page = browser.new_context(viewport={"width": SIZE[0], "height": SIZE[1]}, locale="en-GB").new_page()
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


def _hand_in(browser: Browser, site: str) -> None:
    """A clip of the phantom goes all the way to the queue, so that the reviewer's page has something to show."""
    page = _signed_in(browser, site, "contributor")
    token = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "csrftoken")

    def post(path: str, **body: Any) -> Any:
        answer = page.request.post(f"{site}/api/v1/{path}", headers={"X-CSRFToken": token}, **body)
        assert answer.ok, (path, answer.text())
        return answer.json()

    clip = next(one for one in demo_clips() if one.encoding == "rgb" and one.frames > 1)
    with tempfile.TemporaryDirectory() as folder:
        write_clip(clip, Path(folder) / "clip.dcm")
        file = {"name": "clip.dcm", "mimeType": "application/dicom", "buffer": (Path(folder) / "clip.dcm").read_bytes()}
        deposit = post("deposits/", multipart={"file": file})
    original = deposit["originals"][0]["id"]
    while (
        state := page.request.get(f"{site}/api/v1/originals/{original}/").json()["state"]
    ) != "awaiting_confirmation":
        assert state in ("received", "deidentifying", "verifying"), f"{state}: is this a fresh demonstration?"
        page.wait_for_timeout(500)
    confirmed = post(f"originals/{original}/confirm/", data={})
    case = post("cases/", data={**CASE, "clips": [{"id": confirmed["clip"], "view": "lung-plaps-right"}]})
    post(f"cases/{case['id']}/submit/", data={})
    page.context.close()


def _keep(picture: bytes, file: Path) -> None:
    Image.open(io.BytesIO(picture)).convert("RGB").resize(SHOWN, Image.Resampling.LANCZOS).save(
        file, "WEBP", quality=62, method=6
    )


if __name__ == "__main__":
    main()
