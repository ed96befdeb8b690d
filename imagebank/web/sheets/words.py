"""What stands in practice sheets in the reader's words: fields, states, steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from imagebank.vocabulary.selectors import labels

from ..contribute.words import State, Words

STATES: Final[dict[str, State]] = {
    "draft": State("warn", "pen", _("draft"), _("Curators write it; whoever has an account can propose a change.")),
    "consensus": State("warn", "people", _("before the experts"), _("Experts agree or disagree with it.")),
    "published": State("good", "good", _("agreed on"), _("Experts agreed on it.")),
    "superseded": State("", "wait", _("superseded"), _("A newer version took its place.")),
}
STEPS: Final[dict[str, Words]] = {
    "ask": _("Put before the experts"),
    "return": _("Back to draft"),
    "publish": _("Publish"),
    "drop": _("Throw away"),
    "withdraw": _("Withdraw for good"),
}
DONE: Final[dict[str, Words]] = {
    "ask": _("Experts can now agree or disagree."),
    "return": _("It is a draft again; experts are asked anew afterwards."),
    "publish": _("Published: everybody can see it now."),
    "drop": _("Thrown away."),
    "withdraw": _("Withdrawn for good."),
}
PROPOSALS: Final[dict[str, Words]] = {
    "accept": _("Taken over."),
    "decline": _("Declined."),
    "recall": _("Taken back."),
}
FIELDS: Final[dict[str, Words]] = {
    "title": _("Title"),
    "question": _("Question"),
    "when_to_scan": _("When to scan"),
    "when_not_to_scan": _("When not to scan, and what to do instead"),
    "views": _("Views in order"),
    "findings": _("What to look for"),
    "pitfalls": _("Pitfalls"),
    "changes_management": _("What it changes"),
    "sources": _("Sources"),
}
PARTS: Final[dict[str, Words]] = {
    "finding": _("Finding"),
    "example": _("With it"),
    "counter": _("Without it"),
}
REGIONS: Final[dict[str, Words]] = {
    "heart": _("Heart"),
    "lung": _("Lung"),
    "abdomen": _("Abdomen"),
    "aorta": _("Aorta"),
    "ivc": _("Inferior vena cava"),
    "renal": _("Kidneys and bladder"),
    "pelvis-ob": _("Pelvis and pregnancy"),
    "scrotum": _("Scrotum"),
    "vascular": _("Vessels"),
    "venous-congestion": _("Venous congestion"),
    "msk": _("Bones, joints and muscles"),
    "soft-tissue": _("Skin and soft tissue"),
    "neck": _("Neck"),
    "nerve": _("Nerves"),
    "ocular": _("Eye"),
}
"""Regions of the body, in the order of the page of views."""
VERDICTS: Final[dict[str, Words]] = {"agree": _("agrees"), "disagree": _("disagrees")}


def change_in_words(change: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """A change of core.revisions with the names of fields and terms: {name, place, language, before, after}."""
    part = change.get("part")
    name = f"{FIELDS[change['what']]}{f': {PARTS[part]}' if part else ''}"
    told = {side: _said(change, change[side], lang) for side in ("before", "after")}
    return {"name": name, "place": change.get("place"), "language": change.get("language"), **told}


def _said(change: Mapping[str, Any], value: Any, lang: str) -> str:
    """A value as text: a view or finding by its label, a point by its text."""
    if isinstance(value, Mapping):
        finding = labels("finding", lang).get(value.get("finding") or "", "")
        texts = value["text"]
        return ": ".join(part for part in (finding, texts.get(lang) or texts.get("en", "")) if part)
    kind = "view" if change["what"] == "views" else "finding"
    return labels(kind, lang).get(str(value), str(value)) if value else ""
