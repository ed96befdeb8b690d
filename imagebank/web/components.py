"""Made-up content for the living page of components."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.templatetags.static import static
from django.utils.translation import gettext as _

from .facets import Value
from .pages.marks import KINDS, Described
from .presenting import Card

MARK: Final[dict[str, Any]] = {
    "clip": "example", "number": 1, "kind": "arrow", "points": [[0.45, 0.85], [0.6, 0.6]], "frames": [1, 12],
    "text": "An arrow with its word",
}  # fmt: skip


class ExampleForm(forms.Form):
    """One field of each kind, as any form of the product is rendered."""

    title = forms.CharField(label=_("Title"), required=False, help_text=_("Without a name, a date or a number."))
    view = forms.ChoiceField(label=_("View"), choices=[("a4c", "A4C"), ("plax", "PLAX")])
    agree = forms.BooleanField(label=_("I accept the terms of use."))


def examples() -> dict[str, Any]:
    """What the page shows: a filled form with an error, cards with and without the finding, ticks, a player."""
    return {
        "clip": _clip(),
        "shown_marks": [MARK],
        "marks": [Described(KINDS["arrow"], MARK["text"], first=1, last=12, place=0, address="#player")],
        "form": ExampleForm({"view": "a4c"}),
        "cards": [_card(hidden=False), _card(hidden=True)],
        "findings": _findings(),
        "values": [Value("a", _("Present"), 12, True), Value("b", _("Absent"), 3, False)],
        "variety": {"clips": 24, "patients": 24, "institutions": 11, "devices": 12, "countries": 6},
    }


def _clip() -> dict[str, Any]:
    """One that plays without a film: each of its frames is the mark of the bank."""
    picture = static("web/img/mark.svg")
    shape = {"frames": 12, "fps": 20, "width": 480, "height": 360, "kind": "cine", "frame": None, "regions": None}
    return {**shape, "id": "example", "poster": picture, "playback": None, "small": None}


def _findings() -> list[dict[str, Any]]:
    presences = (("present", "abnormal"), ("present", "normal"), ("uncertain", "abnormal"), ("absent", "abnormal"))
    return [
        {"presence": presence, "polarity": polarity, "label": f"{presence}, {polarity}", "frames": None}
        for presence, polarity in presences
    ]


def _card(*, hidden: bool) -> Card:
    clip = {"poster": None, "small": None, "kind": "cine", "view_label": "Parasternal long axis"}
    case = {"id": "00000000-0000-0000-0000-000000000000", "synthetic": True, "clips": [clip, clip]}
    return Card(case, "A title that may run over two lines", clip, [] if hidden else _findings()[:2], hidden)
