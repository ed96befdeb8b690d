"""A comment points at a frame: the author sees it, with the place in it."""

from __future__ import annotations

import pytest

from imagebank.catalog.models import Case
from imagebank.core.errors import Invalid
from imagebank.review.services import review
from tests.factories import World, acting, session


def test_the_author_sees_the_frame_and_the_place(world: World) -> None:
    case, client = world.submitted(world.stored()), session(world.reviewer)
    clip = case.clips.get()
    client.post(f"/review/{case.pk}/claim/")
    said = {"act": "changes", "comment": "Is this the liver?", "clip": str(clip.pk)}
    assert client.post(f"/review/{case.pk}/", {**said, "frame": "3"}).status_code == 422
    assert client.post(f"/review/{case.pk}/", {**said, "frame": "x"}).status_code == 422
    client.post(f"/review/{case.pk}/", {**said, "frame": "2", "point": "0.500,0.250"})
    page = session(world.contributor).get(f"/contribute/case/{case.pk}/").content.decode()
    assert "frame 2" in page
    assert f'href="/api/v1/clips/{clip.pk}/frames/2.webp' in page
    assert '<circle cx="320" cy="120"' in page
    assert 'data-start="2"' in page


@pytest.mark.parametrize(
    "wrong",
    [{"frame": 0}, {"frame": 3}, {"point": [0.5]}, {"point": [0.5, 1.5]}, {"point": "here"}, {"clip": "other"}],
    ids=["before", "behind", "half", "outside", "words", "foreign"],
)  # fmt: skip
def test_what_is_no_frame_of_the_case_is_refused(world: World, wrong: dict[str, object]) -> None:
    case = world.submitted(world.stored())
    at = {"clip": str(case.clips.get().pk), "frame": 1, "point": None, **wrong}
    with pytest.raises(Invalid):
        review(actor=acting(world.reviewer), case=case, verdict="changes", comment="Here.", at=at)
    assert Case.objects.get(pk=case.pk).state == "submitted"


def test_over_rest(world: World) -> None:
    case, client = world.submitted(world.stored()), session(world.reviewer)
    clip = str(case.clips.get().pk)
    said = {"verdict": "changes", "comment": "Here.", "at": {"clip": clip, "frame": 1, "point": [0, 1]}}
    answer = client.post(f"/api/v1/cases/{case.pk}/review/", said, content_type="application/json")
    assert answer.status_code == 200
    assert case.reviews.get().point == [0, 1]
