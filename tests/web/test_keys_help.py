"""The page of keys names every key that a page listens for."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings
from django.test import Client

COUNTED = {"{{ forloop.counter }}": "1"}
"""Keys that a template counts, and the first of them."""


def test_every_key_of_a_template_stands_on_the_page(reading: None) -> None:
    told = set(re.findall(r"<kbd>([^<]+)</kbd>", Client().get("/help/keys/").content.decode()))
    templates = Path(settings.BASE_DIR, "templates").rglob("*.html")
    keys = {key for file in templates for key in re.findall(r'data-key="([^"]*)"', file.read_text())}
    assert len(keys) > 10
    assert {COUNTED.get(key, key) for key in keys} <= told
