"""Hands that have a keyboard and no mouse: Tab from stop to stop, and each stop must be seen where it is."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Locator, Page

MOST: Final = 120
"""Stops after which something is taken for unreachable."""
HERE = """(wanted) => {
  const at = document.activeElement;
  const around = [];
  for (let one = at; one && one !== document.body; one = one.parentElement) around.push(one);
  const drawn = (one) => {
    const { outlineStyle, outlineWidth, opacity, clipPath } = getComputedStyle(one);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && opacity !== "0" && clipPath === "none";
  };
  const uncovered = (one) => {
    const box = one.getBoundingClientRect();
    const points = [0.1, 0.5, 0.9].flatMap((x) => [0.1, 0.5, 0.9].map((y) => [x, y]));
    const tops = points.map(([x, y]) => document.elementFromPoint(box.left + box.width * x, box.top + box.height * y));
    return tops.some((top) => top && (one.contains(top) || top.contains(one)));
  };
  const seen = around.filter(drawn);
  const wrong = !seen.length ? "no outline" : !seen.some(uncovered) ? "covered" : "";
  return [at === wanted, at === document.body || !wrong ? "" : `${wrong}: ${at.outerHTML.slice(0, 120)}`];
}"""
"""Whether the focus is there now, and what is wrong with how it shows (WCAG 2.2: 2.4.7, 2.4.11)."""


def go_to(wanted: Locator, *, by: str = "Tab") -> None:
    """Press that key until the focus is there; every stop on the way shows its outline and is not covered."""
    page, wrong = wanted.page, []
    target = wanted.element_handle()
    for _ in range(MOST):
        page.keyboard.press(by)
        there, fault = page.evaluate(HERE, target)
        wrong += [fault] if fault else []
        if there:
            assert not wrong, wrong
            return
    raise AssertionError(f"not reached by {by}: {target.evaluate('e => e.outerHTML')[:200]}")


def act(wanted: Locator, key: str = "Enter", *, by: str = "Tab") -> None:
    """Go there and press a key."""
    go_to(wanted, by=by)
    wanted.page.keyboard.press(key)


def sign_in(page: Page, site: str, name: str) -> None:
    """From home through the form."""
    page.goto(f"{site}/")
    act(page.get_by_role("link", name="Sign in").first)
    page.wait_for_url("**/account/login/**")
    login = page.locator("input[name=login]")
    if not login.evaluate("e => e === document.activeElement"):
        go_to(login)
    page.keyboard.type(f"{name}@demo.example")
    go_to(page.locator("input[name=password]"))
    page.keyboard.type("demo-pocus")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "login" not in address)
