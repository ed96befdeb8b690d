"""Published cases for the browser: through the real pipeline, within the test."""

from __future__ import annotations

from dataclasses import replace

from playwright.sync_api import ConsoleMessage, Error, Page

from imagebank.catalog.models import Case
from imagebank.catalog.services import create_case, submit
from imagebank.review.services import publish, review
from tests.factories import World, acting, case_data, make_world, specimens, written


def shown_case(*, frames: int, world: World | None = None, place: int = 0, **changes: object) -> Case:
    """A case with one clip of this many frames."""
    world = world or make_world()
    clip = world.clip(written(replace(specimens()[place], frames=frames)))
    case = create_case(actor=acting(world.contributor), data=case_data(clip, **changes))
    submit(actor=acting(world.contributor), case=case)
    review(actor=acting(world.reviewer), case=case, verdict="accept")
    return publish(actor=acting(world.curator), case=case)


def complaints(page: Page) -> list[str]:
    """What the page complains of from now on: errors of scripts and on the console."""
    found: list[str] = []

    def broken(error: Error) -> None:
        found.append(str(error))

    def said(line: ConsoleMessage) -> None:
        if line.type == "error":
            found.append(line.text)

    page.on("pageerror", broken)
    page.on("console", said)
    return found
