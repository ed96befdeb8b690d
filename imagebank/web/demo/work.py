"""Work that is under way in the demonstration: at each desk something waits, in every state that a person meets.

The contributor of the demo hospital has given a folder: one clip waits for a look, one is held, one for its case; one
case is a draft shared with a colleague, one waits for a reader, one came back with a comment on a frame, one is
accepted and waits for the curator; one file was refused. A reader doubts a published case: it is under discussion.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from anonymize.phantom.demo import DemoClip, demo_clips
from imagebank.accounts.actors import actor_for
from imagebank.accounts.models import Institution, User
from imagebank.catalog.authors import invite
from imagebank.catalog.models import Case
from imagebank.catalog.services import create_case, submit
from imagebank.core.actor import Actor
from imagebank.core.stores import SealedIntake
from imagebank.intake import desk
from imagebank.intake.acceptance import confirm
from imagebank.intake.desk import FileShown
from imagebank.intake.services import open_deposit, open_intake, register
from imagebank.review import inbox
from imagebank.review.doubting import doubt
from imagebank.review.services import review

from .accounts import HOME, make_colleague

PLAN: Final = (
    ("retention-bladder", "look"),
    ("ivc-normal", "held"),
    ("apical-normal", "free"),
    ("morison-normal", "draft"),
    ("gallstone-two", "submitted"),
    ("parasternal-normal", "changes"),
    ("b-lines-convex", "accepted"),
)
"""(clip of the demonstration's table that is drawn anew, how far it is)."""
FRAMES: Final = 12
NO_PICTURE: Final = b"Notes of the round, no picture.\n"
COMMENT: Final = "The descending aorta behind the heart is not seen here: say so in the quality of the view."
DOUBTED: Final = "lung-point-two"
DOUBT: Final = "I cannot make out the lung point in this clip. Is it the edge of the heart?"
Data = Callable[[DemoClip, Any, Actor], dict[str, Any]]
"""(clip, its original, the contributor) -> the case, as `create_case` takes it."""


def give(people: dict[str, User], rights: dict[str, str], sealed: Callable[[DemoClip, SealedIntake], Any]) -> None:
    """The contributor's folder, once."""
    actor, home = _as(people["contributor"]), Institution.objects.get(slug=HOME)
    if desk.deposits(actor):
        return
    intakes = [sealed(spec, open_intake(home, actor)) for spec in _specs()]
    other = open_intake(home, actor)
    other.write(NO_PICTURE)
    other.finish()
    deposit = open_deposit(actor=actor, institution=home, rights=rights, setting="ed", synthetic=True)
    register(actor=actor, deposit=deposit, outcomes=[*intakes, other])


def leave(people: dict[str, User], data: Data, patience: float) -> None:
    """Bring each clip as far as the plan says, once the workers are done with it; raise the doubt."""
    actor, until = _as(people["contributor"]), time.monotonic() + patience
    folder = desk.deposits(actor)[-1].id
    while desk.deposit(actor, folder).working and time.monotonic() < until:
        time.sleep(0.3)
    for spec, (_clip, far), file in zip(_specs(), PLAN, desk.deposit(actor, folder).files, strict=False):
        if file.state in ("awaiting_confirmation", "accepted"):
            _bring(people, spec, far, file, data)
    _doubt(people["trainee"])


def _specs() -> list[DemoClip]:
    clips = {clip.id: clip for clip in demo_clips()}
    return [
        replace(clips[name], id=f"desk-{name}", case=f"desk-{name}", seed=clips[name].seed + 5_000, frames=FRAMES)
        for name, _far in PLAN
    ]


def _bring(people: dict[str, User], spec: DemoClip, far: str, file: FileShown, data: Data) -> None:
    actor = _as(people["contributor"])
    row = desk.original_row(actor, file.id)
    if far == "look":
        return
    if row.state == "awaiting_confirmation":
        confirm(actor=actor, original=row, visible_features=far == "held")
        row.refresh_from_db()
    if far not in ("held", "free") and row.clip:
        _work_on(people, far, row.clip.case or create_case(actor=actor, data=data(spec, row, actor)))


def _work_on(people: dict[str, User], far: str, case: Case) -> None:
    actor = _as(people["contributor"])
    if far == "draft":
        invite(actor=actor, case=case, email=make_colleague(case.institution).email)
        return
    if case.state == "draft":
        case = submit(actor=actor, case=case)
    if case.state == "submitted" and far != "submitted":
        clip = case.clips.get()
        said: dict[str, Any] = {"verdict": "accept"}
        if far == "changes":
            said = {"verdict": far, "comment": COMMENT, "at": {"clip": clip.pk, "frame": 8, "point": [0.66, 0.66]}}
        review(actor=_as(people["reviewer"]), case=case, **said)


def _doubt(reader: User) -> None:
    actor = _as(reader)
    title = next(clip.title["en"] for clip in demo_clips() if clip.id == DOUBTED)
    case = Case.objects.filter(state="published", title__en=title).first()
    if case and not inbox.raised(actor):
        doubt(actor=actor, case=case, kind="content", text=DOUBT)


def _as(user: User) -> Actor:
    return actor_for(user, via="command")
