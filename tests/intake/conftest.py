"""People, an institution with a current agreement, and files that were never of a patient."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from django.utils import timezone

from anonymize.phantom.demo import DemoClip, demo_clips
from anonymize.phantom.write import write_clip
from imagebank.accounts.actors import actor_for
from imagebank.accounts.models import Agreement, Institution, Membership, NodeRole, User
from imagebank.core.actor import Actor
from imagebank.core.errors import BankError
from imagebank.core.models import Node
from imagebank.core.stores import SealedIntake
from imagebank.intake import services, sweepers
from imagebank.intake.models import Original


@dataclass(frozen=True)
class World:
    institution: Institution
    contributor: Actor
    reviewer: Actor
    curator: Actor

    def give(self, *files: bytes, actor: Actor | None = None) -> list[Original]:
        """Deposit files as a contributor would."""
        actor = actor or self.contributor
        deposit = services.open_deposit(actor=actor, institution=self.institution)
        return services.register(actor=actor, deposit=deposit, outcomes=[self.seal(data, actor) for data in files])

    def seal(self, data: bytes, actor: Actor) -> SealedIntake | BankError:
        intake = services.open_intake(self.institution, actor)
        intake.write(data)
        intake.finish()
        return intake


def make_institution(slug: str = "north", **fields: object) -> Institution:
    at_once = {"delay_days_least": 0, "delay_days_most": 0}
    defaults = {"name": slug.title(), "country": "DK", "default_setting": "ed", **at_once}
    row = Institution.objects.create(slug=slug, **{**defaults, **fields})
    Agreement.objects.create(institution=row, version="1", signed_on=timezone.now().date())
    return row


def make_actor(email: str, *, institution: Institution | None = None, member: str = "", role: str = "") -> Actor:
    user = User.objects.create_user(email, "correct horse battery", name=email.split("@")[0])
    if institution:
        Membership.objects.create(user=user, institution=institution, role=member)
    if role:
        NodeRole.objects.create(user=user, role=role)
    return actor_for(user, second_factor=True)


@pytest.fixture
def world(bank_db: None) -> World:
    Node.current()
    sweepers.renew_keys()
    institution = make_institution()
    return World(
        institution,
        make_actor("contributor@north.example", institution=institution, member="contributor"),
        make_actor("reviewer@bank.example", role="reviewer"),
        make_actor("curator@bank.example", role="curator"),
    )


@pytest.fixture(scope="session")
def spec() -> DemoClip:
    """A short native clip of the phantom: eight frames are enough for every step."""
    return replace(next(clip for clip in demo_clips() if clip.encoding == "rgb" and clip.frames > 1), frames=8)


@pytest.fixture(scope="session")
def dicom(spec: DemoClip) -> bytes:
    return written(spec)


@pytest.fixture(scope="session")
def written_clip() -> Callable[[DemoClip], bytes]:
    return written


def written(spec: DemoClip) -> bytes:
    """The file as its device would write it, from memory."""
    descriptor = os.memfd_create("clip")
    with os.fdopen(descriptor, "rb") as handle:
        write_clip(spec, Path(f"/proc/self/fd/{descriptor}"))
        handle.seek(0)
        return handle.read()
