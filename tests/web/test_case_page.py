"""The page of a case that went through the real pipeline."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.test import Client

from imagebank.catalog.models import Case
from imagebank.catalog.services import change_case
from imagebank.review.services import publish
from tests.catalog.test_history import two_clips
from tests.factories import World, acting


def test_a_clip_that_plays(published: Case, client: Client) -> None:
    answer = client.get(f"/cases/{published.pk}/", headers={"accept-language": "fr"})
    text = unescape(answer.content.decode())
    tag = re.search(r"<clip-player [^>]+>", text)
    assert tag is not None
    told: dict[str, Any] = dict(re.findall(r'data-([a-z-]+)="([^"]*)"', tag[0]))
    clip = published.clips.get()
    assert (int(told["frames"]), float(told["fps"])) == (clip.frames, clip.fps)
    assert told["frame-base"].startswith(f"/api/v1/clips/{clip.pk}/frames/{{n}}.webp?v=")
    video = re.search(r"<video controls [^>]*>", text)
    assert video is not None
    assert f'src="{told["playback"]}"' in video[0]
    for address in (told["playback"], told["small"], told["frame-base"].replace("{n}", str(clip.frames))):
        assert client.head(address).status_code == 200, address
    assert "Essoufflé depuis une semaine" in text
    assert "Épanchement pleural" in text
    assert "north" not in text.lower(), "the institution did not agree to be named"


def test_home_shows_it(published: Case, client: Client) -> None:
    text = client.get("/").content.decode()
    assert f'<a href="/cases/{published.pk}/"' in text
    assert "data-starts" in text


def test_a_finding_leads_to_the_clip_that_shows_it(world: World, client: Client) -> None:
    """Where there are several; what was said of the whole case leads nowhere."""

    def led(case: Case) -> list[str]:
        text = client.get(f"/cases/{case.pk}/").content.decode()
        rows = re.findall(r'<li class="finding [^>]*>.*?</li>', text)
        return [unescape(re.sub("<[^>]+>", " ", row)) for row in rows if "?clip=" in row] + re.findall(
            r'href="\?clip=(\d)">clip', "".join(rows)
        )

    (row, place) = led(two_clips(world))
    assert ("Spine sign" in row, place) == (True, "2")
    case, clip = world.draft(only := world.stored()), str(only.pk)
    found = [{"term": "spine-sign", "presence": "present", "clip": clip}]
    change_case(actor=acting(world.contributor), case=case, data={"findings": found})
    assert led(publish(actor=acting(world.curator), case=world.accepted_draft(case))) == []
