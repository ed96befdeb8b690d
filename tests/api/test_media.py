"""Bytes of clips: ranges, strong ETags, cache rules, who may have what."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from imagebank.accounts.models import User
from imagebank.catalog.models import Case, Clip
from imagebank.core import stores
from imagebank.review.services import suspend
from imagebank.review.withdrawal import withdraw
from tests.factories import World, acting, bearer, make_token, session, stored_bytes

FILM = stored_bytes()["playback"]
OPEN = "public, max-age=60, must-revalidate"
PRIVATE = "private, no-cache"


@pytest.fixture
def case(world: World) -> Case:
    return world.published(world.stored())


@pytest.fixture
def clip(case: Case) -> Clip:
    return case.clips.get()


def film(clip: Clip, client: Client | None = None, **headers: str) -> Any:
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return get(client or Client(), f"/api/v1/clips/{clip.pk}/playback.mp4", **headers)


def get(client: Client, address: str, **headers: str) -> Any:
    """The answer, with all its bytes in `body`."""
    answer: Any = client.get(address, headers=headers)
    answer.body = b"".join(answer) if answer.streaming else answer.content
    answer.close()
    return answer


def test_the_whole_film(clip: Clip) -> None:
    answer = film(clip)
    assert (answer.status_code, answer.body) == (200, FILM)
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["Content-Length"] == str(len(FILM))
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["ETag"] == f'"{hashlib.sha256(FILM).hexdigest()}"'
    assert answer.headers["Cache-Control"] == OPEN
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Last-Modified" not in answer.headers
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [("bytes=0-9", 0, 10), ("bytes=70000-140000", 70_000, 140_001), ("bytes=-5", 199_995, 200_000)],
)
def test_a_part(clip: Clip, asked: str, start: int, stop: int) -> None:
    answer = film(clip, Range=asked)
    assert (answer.status_code, answer.body) == (206, FILM[start:stop])
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(FILM)}"
    assert answer.headers["Content-Length"] == str(stop - start)


def test_beyond_the_end(clip: Clip) -> None:
    answer = film(clip, Range="bytes=200000-")
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{len(FILM)}")
    assert (answer.headers["Content-Type"], answer.json()["code"]) == ("application/problem+json", "range")


def test_a_range_holds_only_while_the_film_is_the_same(clip: Clip) -> None:
    etag = film(clip).headers["ETag"]
    assert film(clip, Range="bytes=0-9", If_Range=etag).status_code == 206
    assert film(clip, Range="bytes=0-9", If_Range='"other"').status_code == 200
    assert film(clip, Range="bytes=0-9", If_Range=f"W/{etag}").status_code == 200
    assert film(clip, Range="bytes=0-9", If_Range="Wed, 21 Oct 2026 07:28:00 GMT").status_code == 200


def test_who_has_it_already_gets_304(clip: Clip) -> None:
    etag = film(clip).headers["ETag"]
    for known in (etag, f"W/{etag}", f'"x", {etag}', "*"):
        answer = film(clip, If_None_Match=known, Range="bytes=0-9")
        assert (answer.status_code, answer.content) == (304, b"")
        assert (answer.headers["ETag"], answer.headers["Cache-Control"]) == (etag, OPEN)
    assert film(clip, If_None_Match='"x"').status_code == 200
    assert film(clip, If_Match='"x"').status_code == 412


def test_head_tells_the_length_and_sends_nothing(clip: Clip) -> None:
    answer = Client().head(f"/api/v1/clips/{clip.pk}/playback.mp4", headers={"Range": "bytes=0-9"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(FILM))


def test_frames_are_numbered_from_1(clip: Clip) -> None:
    address = f"/api/v1/clips/{clip.pk}/frames"
    for number in (1, 2):
        answer = get(Client(), f"{address}/{number}.webp")
        assert (answer.content, answer.headers["Content-Type"]) == (b"RIFF" + bytes([number]), "image/webp")
        held = {"If-None-Match": answer.headers["ETag"]}
        assert Client().get(f"{address}/{number}.webp", headers=held).status_code == 304
        assert Client().get(f"{address}/{3 - number}.webp", headers=held).status_code == 200
    assert [get(Client(), f"{address}/{n}.webp").status_code for n in ("0", "3", "x")] == [404, 404, 404]


def test_poster_and_small(clip: Clip) -> None:
    assert get(Client(), f"/api/v1/clips/{clip.pk}/poster.webp").body == b"RIFFposter"
    assert get(Client(), f"/api/v1/clips/{clip.pk}/small.mp4").body == FILM[:999]


def test_dicom_needs_an_account_and_the_terms(world: World, clip: Clip) -> None:
    address = f"/api/v1/clips/{clip.pk}/dicom"
    assert get(Client(), address).status_code == 401
    answer = get(session(world.trainee), address)
    assert (answer.status_code, answer.body[128:]) == (200, b"DICM")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="clip-{str(clip.pk)[:8]}.dcm"'
    assert answer.headers["Cache-Control"] == PRIVATE
    User.objects.update(accepted_terms="")
    refused = get(session(world.trainee), address)
    assert (refused.status_code, refused.json()["code"]) == (403, "terms")
    assert get(bearer(make_token(world.service, "read")), address).status_code == 200
    assert get(bearer(make_token(world.service, "deposit")), address).status_code == 403


def test_registered_media_need_an_account(world: World) -> None:
    clip = world.published(world.stored(rights={"audience": "registered"})).clips.get()
    assert film(clip).status_code == 404
    answer = film(clip, session(world.trainee))
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, PRIVATE)
    assert film(clip, bearer(make_token(world.service, "deposit"))).status_code == 403


def test_before_publication_only_for_those_who_work_on_it(world: World) -> None:
    clip = world.stored()
    for user in (world.contributor, world.steward):
        answer = film(clip, session(user))
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, PRIVATE)
    for user in (world.stranger, world.trainee, world.reviewer, world.curator, world.admin):
        assert film(clip, session(user)).status_code == 404
    assert film(clip).status_code == 404
    world.submitted(clip)
    assert film(clip, session(world.reviewer)).status_code == 200
    assert film(clip, session(world.admin)).status_code == 404


def test_suspended_is_as_if_absent(world: World, case: Case, clip: Clip) -> None:
    suspend(actor=acting(world.curator), case=case)
    absent = Client().get("/api/v1/clips/00000000-0000-4000-8000-000000000000/playback.mp4")
    hidden = film(clip)
    assert (hidden.status_code, hidden.content) == (404, absent.content)
    assert film(clip, session(world.trainee)).status_code == 404
    assert film(clip, session(world.contributor)).status_code == 200


def test_withdrawn_is_gone_everywhere(world: World, case: Case, clip: Clip) -> None:
    sha256 = clip.renditions.get(role="playback").sha256
    withdraw(actor=acting(world.contributor), case=case)
    for client in (Client(), session(world.contributor), session(world.curator)):
        for address in ("", "playback.mp4", "small.mp4", "poster.webp", "frames/1.webp", "dicom"):
            answer = get(client, f"/api/v1/clips/{clip.pk}/{address}")
            assert (answer.status_code, answer.json()["code"]) == (410, "withdrawn"), address
    assert not stores.bank.path(clip.pk, "playback", sha256).exists()


def test_a_proxy_in_front_sends_the_bytes(clip: Clip, settings: Any) -> None:
    settings.ACCEL_PREFIX = "/stored/"
    answer = film(clip)
    sent = django_settings.STORAGE_DIR / answer.headers["X-Accel-Redirect"].removeprefix("/stored/")
    assert (answer.status_code, answer.content, sent.read_bytes()) == (200, b"", FILM)
