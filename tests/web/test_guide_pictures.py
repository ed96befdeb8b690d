"""Each guide has its picture in each language, and a phone loads it quickly."""

from __future__ import annotations

from django.contrib.staticfiles import finders
from django.test import Client

from imagebank.catalog.text import LANGUAGES
from imagebank.web.guides import GUIDES, picture_of

MOST = 40_000
"""Bytes of a picture."""


def test_every_guide_has_a_light_picture_in_every_language() -> None:
    for kind in GUIDES:
        for language in LANGUAGES:
            found = finders.find(picture_of(kind, language))
            assert found, (kind, language)
            with open(found, "rb") as file:
                assert 2_000 < len(file.read()) <= MOST, (kind, language)


def test_the_page_shows_the_picture_of_the_readers_language(reading: None) -> None:
    shown = [Client(headers={"Accept-Language": lang}).get("/help/start/reviewer/").content for lang in ("da", "de")]
    assert [b"guides/da/reviewer" in shown[0], b"guides/de/reviewer" in shown[1]] == [True, True]
    system = Client(headers={"Accept-Language": "fr"}).get("/help/start/system/").content
    assert b"guides/en/system" in system
