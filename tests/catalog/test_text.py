"""Typed text that may point at somebody is refused; what clinicians write about a scan is not (privacy.md 12)."""

from __future__ import annotations

import pytest

from imagebank.catalog.text import clean_text
from imagebank.core.errors import Invalid

POINTING = (
    "Seen 12.05.2024", "on 2024-05-12", "12 May 2024", "the 12th of March", "le 3 février", "am 3. März", "3 de mayo",
    "den 4. oktober", "in March 1952", "October 3rd, 2019", "septembre 2021", "born in 1952", "née en 1952",
    "geboren 3/52", "nacido en 1952", "født 1952", "a 92-year-old", "94 ans", "101 jährige", "aged 102", "âgé de 95",
    "MRN 4711 0815", "call 20 30 40 50", "a@b.example", "https://hospital.example/x", "www.hospital.example",
)  # fmt: skip
HARMLESS = (
    "Breathless for a week: both bases", "A 67-year-old with fever", "Lobe 3 may be consolidated", "IVC 21 mm, 50 %",
    "Septum 12 mm", "Seen at 8 and 12 cm", "3 litres of fluid were drained", "marche difficile depuis 2 jours",
    "BLUE protocol, point 2", "Aortenwurzel 38 mm", "Tercer mes, 12 semanas", "Efter 5 dage", "6 marked B-lines",
)  # fmt: skip


@pytest.mark.parametrize("text", POINTING)
def test_what_points_at_somebody_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        clean_text("vignette", text)
    assert "vignette" in refusal.value.errors


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_said_of_a_scan_passes(text: str) -> None:
    assert clean_text("vignette", f"  {text} ") == text
