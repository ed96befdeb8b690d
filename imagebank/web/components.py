"""Made-up content for the living page of components."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from .facets import Value
from .presenting import Card


class ExampleForm(forms.Form):
    """One field of each kind, as any form of the product is rendered."""

    title = forms.CharField(label=_("Title"), required=False, help_text=_("Without a name, a date or a number."))
    view = forms.ChoiceField(label=_("View"), choices=[("a4c", "A4C"), ("plax", "PLAX")])
    agree = forms.BooleanField(label=_("I accept the terms of use."))


def examples() -> dict[str, Any]:
    """What the page shows: a filled form with an error, cards with and without the finding, ticks."""
    return {
        "form": ExampleForm({"view": "a4c"}),
        "cards": [_card(hidden=False), _card(hidden=True)],
        "findings": _findings(),
        "values": [Value("a", _("Present"), 12, True), Value("b", _("Absent"), 3, False)],
        "variety": {"clips": 24, "patients": 24, "institutions": 11, "devices": 12, "countries": 6},
    }


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
