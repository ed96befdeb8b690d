"""A study of two instances, one native and one JPEG, that came in by STOW-RS: published, for every test of a module."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoDbBlocker

from imagebank.catalog.models import Clip
from imagebank.core.models import Node
from imagebank.intake import pipeline, services, sweepers
from imagebank.intake.acceptance import confirm
from imagebank.intake.models import Original
from tests.bank import empty_tables
from tests.factories import World, acting, bearer, make_token, make_world, specimens, written

BOUNDARY = "a-boundary-in-no-picture"
RELATED = f'multipart/related; type="application/dicom"; boundary={BOUNDARY}'
SHORT = 4
"""Frames."""


@pytest.fixture
def world(bank_db: None) -> World:
    return fresh_world()


def fresh_world() -> World:
    """One of everybody in an empty bank."""
    cache.clear()
    Node.current()
    sweepers.renew_keys()
    return make_world()


@pytest.fixture(scope="session")
def files() -> list[bytes]:
    """Of one study: native RGB, JPEG."""
    pair = [spec for spec in specimens() if spec.case == "pericardial-ed"]
    assert [spec.encoding for spec in pair] == ["rgb", "jpeg"]
    return [written(dataclasses.replace(spec, frames=SHORT)) for spec in pair]


def related(*objects: bytes) -> bytes:
    """A body of STOW-RS."""
    parts = [b"--%s\r\nContent-Type: application/dicom\r\n\r\n%s\r\n" % (BOUNDARY.encode(), each) for each in objects]
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def stow(client: Client, *objects: bytes, to: str = "/dicomweb/studies"):
    return client.post(to, related(*objects), content_type=RELATED)


@dataclass(frozen=True)
class Shelf:
    """The published study and who asks."""

    world: World
    reader: Client
    """A token that may read."""
    clips: list[Clip]

    @property
    def study(self) -> str:
        return f"/dicomweb/studies/{self.clips[0].study_uid}"

    def instance(self, number: int) -> str:
        clip = self.clips[number]
        return f"/dicomweb/studies/{clip.study_uid}/series/{clip.series_uid}/instances/{clip.sop_instance_uid}"


@pytest.fixture(scope="module")
def shelf(vocabulary: None, django_db_blocker: DjangoDbBlocker, files: list[bytes]) -> Iterator[Shelf]:
    with django_db_blocker.unblock():
        world = fresh_world()
        answer = stow(bearer(make_token(world.service, "deposit")), *files)
        assert answer.status_code == 200, answer.content
        clips = [accept(world, original) for original in Original.objects.order_by("position")]
        for clip in clips:
            world.published(clip)
        named = [item["00081155"]["Value"][0] for item in json.loads(answer.content)["00081199"]["Value"]]
        assert [clip.sop_instance_uid for clip in clips] == named
        yield Shelf(world, bearer(make_token(world.trainee, "read")), clips)
        empty_tables()


def accept(world: World, original: Original) -> Clip:
    """Cleaned by the real pipeline, attested and confirmed by the contributor."""
    pipeline.process(original.pk)
    original.refresh_from_db()
    assert original.state == "awaiting_confirmation", original.code
    if not original.deposit.rights.attester_id:
        services.attest(actor=acting(world.contributor), deposit=original.deposit, rights={})
    clip = confirm(actor=acting(world.contributor), original=original).clip
    assert clip is not None
    clip.refresh_from_db()
    return clip
