"""The page of a case that went through the real pipeline."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.conf import settings
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


def test_what_is_shared_shows_the_picture_and_not_the_answer(published: Case, client: Client) -> None:
    text = client.get(f"/cases/{published.pk}/?hide=1").content.decode()
    told = {
        name: unescape(said) for name, said in re.findall(r'<meta property="og:([a-z:]+)" content="([^"]*)">', text)
    }
    assert told["image"].startswith(f"{settings.BASE_URL}/api/v1/clips/{published.clips.get().pk}/poster.webp?v=")
    assert client.head(told["image"].removeprefix(settings.BASE_URL)).status_code == 200
    assert told["url"] == f"{settings.BASE_URL}/cases/{published.pk}/"
    assert not re.search("effusion,|simple|present", " ".join(told.values()).lower())


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


def test_marks_are_told_in_words_and_kept_back_from_who_is_asked(world: World, client: Client) -> None:
    clip = world.stored()
    case, label = world.draft(clip), {"en": "B-line", "fr": "Ligne B"}
    mark = {"clip": str(clip.pk), "kind": "arrow", "points": [[0.1, 0.2], [0.5, 0.5]], "frame_from": 2, "label": label}
    change_case(actor=acting(world.contributor), case=case, data={"marks": [mark]})
    publish(actor=acting(world.curator), case=world.accepted_draft(case))

    def shown(query: str) -> str:
        text = client.get(f"/cases/{case.pk}/{query}", headers={"accept-language": "fr"}).content.decode()
        return unescape(text)

    text = shown("")
    assert "Flèche: Ligne B" in text
    assert 'href="?clip=1&frame=2"' in text
    tag = re.search(r"<clip-player [^>]+>", text)
    assert tag is not None
    assert '"points":[[0.1,0.2],[0.5,0.5]],"frames":[2,2],"text":"Ligne B"' in tag[0]
    asked = shown("?hide=1")
    tag = re.search(r"<clip-player [^>]+>", asked)
    assert tag is not None
    assert "data-marks" not in tag[0]
    assert '<details class="reveal" data-marks=' in asked
