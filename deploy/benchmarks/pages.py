"""What a phone on a poor line meets: `python -m deploy.benchmarks.pages URL` against a demo that runs.

Chromium on a line of 1.6 Mbit/s and 150 ms (its own emulation): bytes of pages, posters and clips, the time from a tap
to the first moving clip, how far the layout jumps, and how long the page takes to answer a tap. Targets: product.md's
journey 1 (first clip moving in two clicks and 2.5 s, page 150 kB without media, 24 posters 150 kB, five seconds of clip
350 kB), interaction 100 ms, layout shift 0.05.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

SLOW: Final = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 94_000}
"""Bytes a second: 1.6 and 0.75 Mbit/s."""
PHONE: Final[dict[str, Any]] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "device_scale_factor": 2}
PAGES: Final = ("/", "/cases/", "/collections/", "/sheets/", "/vocabulary/", "/help/")
WATCH: Final = """
window.shift = 0; window.slowest = 0;
new PerformanceObserver((list) => list.getEntries().forEach((one) => {
  if (!one.hadRecentInput) window.shift += one.value;
})).observe({ type: "layout-shift", buffered: true });
new PerformanceObserver((list) => list.getEntries().forEach((one) => {
  window.slowest = Math.max(window.slowest, one.duration);
})).observe({ type: "event", buffered: true, durationThreshold: 16 });
"""
MOVING: Final = "() => Number(document.querySelector('.player-frame b')?.textContent ?? 1) > 1"


@dataclass
class Line:
    """What came over it, in bytes as sent."""

    media: dict[str, int] = field(default_factory=dict)
    rest: int = 0
    kinds: dict[str, tuple[str, str]] = field(default_factory=dict)

    def watch(self, session: CDPSession) -> None:
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", SLOW)
        session.on("Network.responseReceived", self._began)
        session.on("Network.loadingFinished", self._ended)

    def _began(self, event: dict[str, Any]) -> None:
        self.kinds[event["requestId"]] = (event["type"], event["response"]["url"])

    def _ended(self, event: dict[str, Any]) -> None:
        kind, address = self.kinds.get(event["requestId"], ("", ""))
        if kind in ("Image", "Media") and "/api/" in address:
            self.media[address] = self.media.get(address, 0) + int(event["encodedDataLength"])
        else:
            self.rest += int(event["encodedDataLength"])


def tell(line: str) -> None:
    """One line of the table."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def opened(browser: Browser) -> tuple[Page, Line]:
    """A phone that has never been here."""
    page, line = browser.new_context(**PHONE).new_page(), Line()
    page.add_init_script(WATCH)
    line.watch(page.context.new_cdp_session(page))
    return page, line


def weigh(browser: Browser, site: str, path: str) -> None:
    """A page met for the first time, scrolled to its end."""
    page, line = opened(browser)
    page.goto(site + path, wait_until="networkidle")
    for _ in range(page.evaluate("Math.ceil(document.body.scrollHeight / innerHeight)")):
        page.evaluate("scrollBy(0, innerHeight)")
        page.wait_for_timeout(300)
    page.wait_for_load_state("networkidle")
    posters = sorted(line.media.values())
    shift = page.evaluate("window.shift")
    tell(f"{path:14} {line.rest / 1000:7.0f} kB and {len(posters):3} pictures {sum(posters) / 1000:6.0f} kB, "
         f"the largest 24 of them {sum(posters[-24:]) / 1000:4.0f}; layout shift {shift:.3f}")  # fmt: skip
    page.context.close()


def journey(browser: Browser, site: str) -> tuple[float, float, float]:
    """(seconds from the tap on a case to its first moving frame, from the first tap on, shift)"""
    page, _ = opened(browser)
    page.goto(site, wait_until="networkidle")
    begun = page.evaluate("Date.now()")
    page.get_by_role("link", name="Breathless patient").first.tap()
    page.locator(".card h3 a").first.wait_for()
    tapped = page.evaluate("Date.now()")
    page.locator(".card h3 a").first.tap()
    page.wait_for_function(MOVING, polling=20)
    ended, shift = page.evaluate("[Date.now(), window.shift]")
    page.context.close()
    return (ended - tapped) / 1000, (ended - begun) / 1000, shift


def answering(browser: Browser, site: str) -> dict[str, float]:
    """{what is done: milliseconds until the page has painted its answer, the slowest event}"""
    page, _ = opened(browser)
    page.goto(f"{site}/cases/", wait_until="networkidle")
    page.locator(".card h3 a").first.tap()
    page.wait_for_function(MOVING, polling=20)
    found = {}
    for name, key in (("step", "."), ("pause", " "), ("speed", "+"), ("measure", "m"), ("marks", "o")):
        page.evaluate("window.slowest = 0")
        page.keyboard.press(key)
        page.wait_for_timeout(300)
        found[name] = page.evaluate("window.slowest")
    page.context.close()
    return found


def browsing(browser: Browser, site: str) -> dict[str, float]:
    """{what is pressed in the list: milliseconds until the page has painted its answer, the slowest event}"""
    page, _ = opened(browser)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{site}/cases/", wait_until="networkidle")
    found = {}
    for name, what in (("facet", ".filters .tick"), ("chip", "#chosen a.chosen"), ("page", ".pager a[rel=next]")):
        page.evaluate("window.slowest = 0")
        before = page.url
        page.locator(what).first.tap()
        page.wait_for_function("(before) => location.href !== before", arg=before, polling=20)
        page.wait_for_timeout(300)
        found[name] = page.evaluate("window.slowest")
    page.context.close()
    return found


def clips(browser: Browser, site: str, most: int = 24) -> list[float]:
    """kB of each clip on the first page as the phone plays it, as many times as five seconds are longer than it is."""
    page = browser.new_context().new_page()
    found = page.request.get(f"{site}/api/v1/cases/?limit={most}").json()["results"]
    rates = []
    for clip in (clip for case in found for clip in case["clips"] if clip.get("fps") and clip["frames"] > 1):
        size = int(page.request.head(site + clip["small"]).headers["content-length"])
        rates.append(size / 1000 * 5 / (clip["frames"] / clip["fps"]))
    return rates


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", help="address of a demo that runs")
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    site = given.site.rstrip("/")
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for path in PAGES:
            weigh(browser, site, path)
        runs = [journey(browser, site) for _ in range(given.runs)]
        for name, place in (("tap on a case to first moving frame", 0), ("first tap to it", 1)):
            times = [run[place] for run in runs]
            tell(f"{name}: median {median(times):.2f} s, worst {max(times):.2f} s of {len(times)}")
        tell(f"layout shift on the way: {max(run[2] for run in runs):.3f}")
        tell("answers to keys, ms: " + ", ".join(f"{name} {ms:.0f}" for name, ms in answering(browser, site).items()))
        tell(
            "answers in the list, ms: " + ", ".join(f"{name} {ms:.0f}" for name, ms in browsing(browser, site).items())
        )
        sizes = clips(browser, site)
        tell(f"five seconds of a clip: median {median(sizes):.0f} kB, worst {max(sizes):.0f} kB of {len(sizes)}")


if __name__ == "__main__":
    main()
