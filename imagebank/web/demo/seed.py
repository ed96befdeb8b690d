"""The demonstration's cases, sent through the real pipeline: deposited, cleaned by the workers, confirmed, tagged,
reviewed by another person and published. Stopped in the middle, it goes on where it was.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from django.utils import timezone

from anonymize.phantom import scenes
from anonymize.phantom.demo import DemoClip, demo_clips
from anonymize.phantom.write import write_clip
from imagebank.accounts.actors import actor_for
from imagebank.accounts.models import User
from imagebank.catalog.models import Case
from imagebank.catalog.services import create_case, submit
from imagebank.core.actor import Actor
from imagebank.core.models import Node
from imagebank.core.stores import SealedIntake
from imagebank.intake.acceptance import confirm
from imagebank.intake.services import open_deposit, open_intake, register
from imagebank.review.services import publish, review

from . import work
from .accounts import hospital_contributor
from .said import marks_of, quality_of

Tell = Callable[[str], None]
PIECE: Final = 1 << 20
LONGEST_WAIT: Final = 600.0
PATIENCE: Final = 60.0
"""Seconds for what is left under way: the demonstration is ready without it."""
WORKING: Final = ("received", "deidentifying", "verifying")
CLEAN: Final = ("awaiting_confirmation", "accepted")
SYNTHETIC: Final = {"legal_basis": "synthetic", "consent_kind": "synthetic", "licence": "CC-BY-4.0"}


PROBES: Final = {"convex": "curvilinear", "phased": "phased", "linear": "linear"}
"""The phantom's probes by their slugs of the vocabulary."""
FEWEST: Final = 30
"""Cases without which the demonstration shows no variety."""


class SeedFailed(Exception):
    """Too few of the demonstration's cases came out: our fault."""


@dataclass(slots=True)
class Pending:
    """A case on its way: its clips and their originals."""

    clips: list[DemoClip]
    actor: Actor
    originals: list[Any] = field(default_factory=list)


def seed(people: dict[str, User], tell: Tell) -> int:
    """Send every case of the table through the pipeline; returns how many are published."""
    node = Node.current()
    if node.demo_seeded_at is None:
        pending = _deposit_all(tell)
        work.give(people, SYNTHETIC, _sealed)
        _finish(pending, people, tell)
        work.leave(people, _data_of, PATIENCE)
        tell("work is left on every desk")
        Node.objects.filter(pk=node.pk).update(demo_seeded_at=timezone.now())
    return Case.objects.filter(state="published", synthetic=True).count()


def _deposit_all(tell: Tell) -> list[Pending]:
    cases = [list(clips) for _, clips in groupby(demo_clips(), key=lambda c: c.case)]
    pending = []
    for clips in cases:
        pending.append(_deposit(clips))
        tell(f"{len(pending)} of {len(cases)} cases made and deposited")
    return pending


def _deposit(clips: list[DemoClip]) -> Pending:
    institution, user = hospital_contributor(clips[0].hospital)
    actor = actor_for(user, via="command")
    intakes = [_sealed(clip, open_intake(institution, actor)) for clip in clips]
    deposit = open_deposit(
        actor=actor, institution=institution, rights=SYNTHETIC, setting=clips[0].setting, synthetic=True
    )
    rows = register(actor=actor, deposit=deposit, outcomes=intakes)
    return Pending(clips, actor, [row.duplicate_of or row for row in rows])


def _sealed(clip: DemoClip, intake: SealedIntake) -> SealedIntake:
    """Generated into anonymous memory, so that its made-up identity never has a name on a disk."""
    descriptor = os.memfd_create("clip", os.MFD_CLOEXEC)
    try:
        write_clip(clip, Path(f"/proc/self/fd/{descriptor}"))
        os.lseek(descriptor, 0, os.SEEK_SET)
        while piece := os.read(descriptor, PIECE):
            intake.write(piece)
    finally:
        os.close(descriptor)
    intake.finish()
    return intake


def _finish(pending: list[Pending], people: dict[str, User], tell: Tell) -> None:
    """Publish each case as soon as its clips are clean. One that is held stays in its hospital's list, for a look."""
    total, waiting, deadline = len(pending), list(pending), time.monotonic() + LONGEST_WAIT
    published = 0
    while waiting and time.monotonic() < deadline:
        settled = [case for case in waiting if _settled(case)]
        for case in settled:
            waiting.remove(case)
            published += _publish_clean(case, people, tell)
            tell(f"{published} of {total} cases published")
        if not settled:
            time.sleep(0.3)
    if published < FEWEST:
        raise SeedFailed(f"only {published} of {total} cases were published, {len(waiting)} still wait for the worker")


def _settled(case: Pending) -> bool:
    """The workers are done with every clip of it."""
    for original in case.originals:
        original.refresh_from_db()
    return all(original.state not in WORKING for original in case.originals)


def _publish_clean(case: Pending, people: dict[str, User], tell: Tell) -> bool:
    """True when it was published."""
    paired = zip(case.clips, case.originals, strict=True)
    unclean = [(clip, original) for clip, original in paired if original.state not in CLEAN]
    for clip, original in unclean:
        tell(f"clip {clip.id} is {original.state}: {original.code}")
    if not unclean:
        _publish(case, people)
    return not unclean


def _publish(case: Pending, people: dict[str, User]) -> None:
    for original in case.originals:
        if original.state == "awaiting_confirmation":
            confirm(actor=case.actor, original=original)
            original.refresh_from_db()
    row = case.originals[0].clip.case or create_case(actor=case.actor, data=_data(case))
    if row.state == "draft":
        row = submit(actor=case.actor, case=row)
    if row.state == "submitted":
        review(actor=_as(people["reviewer"]), case=row, verdict="accept")
        row.refresh_from_db()
    if row.state == "accepted":
        publish(actor=_as(people["curator"]), case=row)


def _as(user: User) -> Actor:
    return actor_for(user, via="command")


def _data_of(clip: DemoClip, original: Any, actor: Actor) -> dict[str, Any]:
    return _data(Pending([clip], actor, [original]))


def _data(case: Pending) -> dict[str, Any]:
    first = case.clips[0]
    paired = list(zip(case.clips, case.originals, strict=True))
    return {
        "indication": first.indication,
        "setting": first.setting,
        "age_band": first.age_band,
        "sex": first.sex,
        "bmi_class": first.bmi,
        "title": first.title,
        "credit": "",
        "confirmed": {"method": first.method, "certainty": first.certainty},
        "clips": [
            {
                "id": str(o.clip_id),
                "view": clip.view,
                "probe": PROBES[scenes[clip.scene].probe],
                "quality_items": quality_of(clip),
            }
            for clip, o in paired
        ],
        "marks": [mark for clip, o in paired for mark in marks_of(clip, str(o.clip_id))],
        "findings": _findings(paired),
    }


def _findings(paired: list[tuple[DemoClip, Any]]) -> list[dict[str, Any]]:
    """What is present stands with its clip; the rest once for the case, unless another clip shows it."""
    present = [
        {"term": term, "presence": presence, "clip": str(o.clip_id)}
        for clip, o in paired
        for term, presence in clip.findings
        if presence == "present"
    ]
    shown = {f["term"] for f in present}
    others = {term: presence for clip, _ in paired for term, presence in clip.findings if term not in shown}
    return [*present, *({"term": term, "presence": presence} for term, presence in others.items())]
