"""Experts' marks: drawn by dragging or by numbers, kept with the case, seen on their frames; two clips in step."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from imagebank.catalog.models import Case, Clip
from imagebank.catalog.services import create_case, revise
from imagebank.review.services import publish
from tests.browser.bank import complaints, shown_case
from tests.browser.player_tools import PHONE, drag, try_the_tools
from tests.factories import PASSWORD, World, acting, case_data, make_world, specimens, written

ARROW = [[0.2, 0.8], [0.5, 0.5]]
LABEL = {"en": "B-line"}


@pytest.fixture
def people(bank_db: None) -> World:
    return make_world()


@pytest.fixture
def pair(people: World) -> tuple[Clip, Case]:
    """Two published ones, the first with an arrow on two frames."""
    clip = people.clip(written(replace(specimens()[2], frames=12)))
    arrow = {"clip": str(clip.pk), "kind": "arrow", "points": ARROW, "frame_from": 5, "frame_to": 6, "label": LABEL}
    normal = [{"term": "lung-sliding-present", "presence": "present"}]
    second = shown_case(frames=9, world=people, place=1, findings=normal)
    first = create_case(actor=acting(people.contributor), data=case_data(clip, marks=[arrow]))
    publish(actor=acting(people.curator), case=people.accepted_draft(first))
    clip.refresh_from_db()
    return clip, second


@pytest.fixture
def draft(people: World, pair: tuple[Clip, Case]) -> Case:
    """The next revision of the second one."""
    return revise(actor=acting(people.contributor), case=pair[1])


def test_tools_marks_and_pairs(site: str, pair: tuple[Clip, Case], draft: Case, browser: Browser) -> None:
    first = f"{site}/cases/{pair[0].case_id}/"
    try_the_tools(first, pair[0], browser)
    draw(site, draft, browser)
    for_readers(first, browser)
    side_by_side(f"{site}/compare/?a={pair[0].case_id}&b={pair[1].pk}", browser)


def draw(site: str, draft: Case, browser: Browser) -> None:
    """On the page where the case is tagged."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(f"{site}/account/login/?next=/contribute/case/{draft.pk}/")
    page.fill("input[name=login]", "contributor@bank.example")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    player, fold = page.locator("clip-player"), page.locator(".marking")
    expect(player).to_have_attribute("data-engine", "video")
    wrong = complaints(page)
    drawn_by_hand(page, player, fold)
    drawn_by_numbers(page, fold)
    assert not [line for line in wrong if "422" not in line]


def saved(page: Page) -> None:
    expect(page.locator("#saved")).to_have_text(re.compile(r"^Saved \d"))


def drawn_by_hand(page: Page, player: Locator, fold: Locator) -> None:
    """On the loop range, with a label, moved, taken back."""
    player.focus()
    player.evaluate("p => p.show(3)")
    for key in ("[", "ArrowRight", "ArrowRight", "]"):
        page.keyboard.press(key)
    fold.locator("summary").click()
    drag(page, player, [(0.2, 0.8), (0.5, 0.5)])
    expect(player.locator(".player-drawn polyline")).to_have_count(1)
    page.keyboard.type("B-line")
    expect(player.locator(".player-drawn text")).to_have_text("B-line")
    saved(page)
    page.reload()
    fold.locator("summary").click()
    row = fold.locator(".mark-row")
    for name, value in {"Kind": "arrow", "Label": "B-line", "From frame": "4", "To frame": "6"}.items():
        expect(row.get_by_label(name)).to_have_value(value)
    assert numbers(row) == pytest.approx([20, 80, 50, 50], abs=1)
    player.evaluate("p => p.show(4)")
    fold.locator(".seg label", has_text="Outline").click()
    drag(page, player, [(0.6, 0.2), (0.8, 0.2), (0.8, 0.4), (0.6, 0.4)])
    expect(player.locator(".player-drawn polygon.line")).to_have_count(1)
    fold.get_by_role("button", name="Undo").click()
    expect(player.locator(".player-drawn polygon.line")).to_have_count(0)
    drag(page, player, [(0.35, 0.65), (0.45, 0.65)])  # along the arrow: it is moved
    assert numbers(row) == pytest.approx([30, 80, 60, 50], abs=1)
    saved(page)


def numbers(row: Locator) -> list[float]:
    return [float(text) for text in re.findall(r"[\d.]+", row.get_by_label("Points").input_value())]


def drawn_by_numbers(page: Page, fold: Locator) -> None:
    """The same fields, from the keyboard; what may identify somebody is refused in words."""
    row = fold.locator(".mark-row")
    row.get_by_label("Points").fill("20,80 50,50")
    row.get_by_label("From frame").fill("5")
    row.get_by_label("Label").fill("seen 3 May 2024")
    expect(page.locator("#wrong-marks")).to_contain_text("a date")
    row.get_by_label("Label").fill("B-line")
    expect(page.locator("#wrong-marks")).to_be_empty()
    saved(page)
    page.reload()
    expect(row.get_by_label("Points")).to_have_value("20,80 50,50")
    expect(row.get_by_label("From frame")).to_have_value("5")


def for_readers(address: str, browser: Browser) -> None:
    """On their frames, by key and button; not before the learner has answered."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.goto(f"{address}?frame=5")
    player, arrow = page.locator("clip-player"), page.locator(".player-drawn polyline")
    expect(arrow).to_have_count(1)
    expect(page.locator(".mark-list")).to_contain_text("Arrow: B-line frames 5 to 6")
    player.evaluate("p => p.show(6)")
    expect(arrow).to_have_count(0)
    page.keyboard.press("ArrowLeft")
    expect(arrow).to_have_count(1)
    page.keyboard.press("o")
    expect(arrow).to_have_count(0)
    player.get_by_role("button", name="Expert’s marks").click()
    expect(arrow).to_have_count(1)

    page.goto(f"{address}?frame=5&hide=1")
    expect(player).to_have_attribute("data-engine", "video")
    expect(arrow).to_have_count(0)
    expect(player.get_by_role("button", name="Expert’s marks")).to_be_hidden()
    page.get_by_text("Show the findings").click()
    expect(arrow).to_have_count(1)


def side_by_side(address: str, browser: Browser) -> None:
    """Both play, rest and step together, each by its own times; stacked on a phone."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    wrong = complaints(page)
    page.goto(address)
    one, other = page.locator("clip-player").nth(0), page.locator("clip-player").nth(1)
    for player in (one, other):
        expect(player).to_have_attribute("data-state", "playing")
    page.keyboard.press("Space")
    for player in (one, other):
        expect(player).to_have_attribute("data-state", "paused")
    page.keyboard.press("ArrowRight")
    one.evaluate("p => p.show(0)")
    assert frames(page) == [1, 1]
    page.keyboard.press("ArrowRight")
    other.focus()
    page.keyboard.press("ArrowRight")
    assert frames(page) == [3, 3]
    page.keyboard.press("End")
    assert frames(page) == [12, 9]
    one.evaluate("p => p.show(4)")
    times = [player.evaluate("p => p.clock.starts[p.frame - 1]") for player in (one, other)]
    lengths = [player.evaluate("p => p.clock.length(p.frame - 1)") for player in (one, other)]
    assert abs(times[0] - times[1]) <= max(lengths), "the same moment, each by its own times"
    page.get_by_label("Each by itself").check()
    other.focus()
    page.keyboard.press("Home")
    assert frames(page) == [5, 1]
    by_phase(page, one, other)
    assert not wrong
    page.set_viewport_size(PHONE)
    boxes = [player.bounding_box() for player in (one, other)]
    assert boxes[0] and boxes[1]
    assert boxes[1]["y"] >= boxes[0]["y"] + boxes[0]["height"]
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


DRIFT = """(p) => new Promise((done) => {
  const pair = p.closest("clip-pair");
  const other = [...pair.querySelectorAll("clip-player")].find((one) => one !== p);
  let last = 0;
  p.addEventListener("frame", ({ detail: { frame } }) => {
    if (frame < last) done(Math.abs(other.engine.frame - pair.partner(p, other)));
    last = frame;
  });
})"""
"""Frames that the other one is off when this loop begins again."""


def by_phase(page: Page, one: Locator, other: Locator) -> None:
    """Loops of different length begin and end together, at a pace that is told; by time they do not drift either."""
    page.get_by_label("In step by phase").check()
    one.evaluate("p => p.show(6)")
    parts = [player.evaluate("p => p.clock.starts[p.frame - 1] / p.clock.duration") for player in (one, other)]
    assert abs(parts[0] - parts[1]) <= 1 / 9
    lengths = [player.evaluate("p => p.clock.duration") for player in (one, other)]
    assert lengths[0] != lengths[1]
    pace = other.evaluate("p => p.engine.video?.playbackRate ?? p.engine.rate")
    assert pace == pytest.approx(lengths[1] / lengths[0])
    expect(page.locator("[data-pace]")).to_contain_text(f"{pace:.2f}".rstrip("0"))
    page.get_by_label("In step by time").check()
    expect(page.locator("[data-pace]")).to_be_empty()
    assert other.evaluate("p => p.engine.video?.playbackRate ?? p.engine.rate") == 1
    one.focus()
    page.keyboard.press("Space")
    long = one if lengths[0] > lengths[1] else other
    assert long.evaluate(DRIFT) <= 1
    page.keyboard.press("Space")


def frames(page: Page) -> list[int]:
    return [int(text) for text in page.locator(".player-frame b").all_inner_texts()]
