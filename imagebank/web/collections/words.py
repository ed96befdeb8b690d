"""What stands in collections in the reader's words: gaps, states, needs, changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ..contribute.words import State, Words

GAPS: Final[dict[str, Words]] = {
    "consent": _("Withdrawn: the consent has ended."),
    "privacy": _("Withdrawn to protect somebody's privacy."),
    "content": _("Withdrawn: it was wrong, or here twice."),
    "institution": _("Withdrawn by its institution."),
    "other": _("Withdrawn."),
    "registered": _("Only for readers with an account."),
    "hidden": _("Not shown at present."),
}
STATES: Final[dict[str, State]] = {
    "draft": State("", "pen", _("draft"), _("Only its author and curators see it.")),
    "proposed": State("warn", "wait", _("proposed"), _("A curator will look at it.")),
    "published": State("good", "good", _("published"), _("Everybody can see it.")),
    "retired": State("", "eye-off", _("retired"), _("Off the list; still read at its addresses.")),
}
STEPS: Final[dict[str, Words]] = {
    "propose": _("Propose to the curators"),
    "recall": _("Take back to work on it"),
    "return": _("Give back for changes"),
    "publish": _("Publish"),
    "revise": _("Begin the next version"),
    "drop": _("Throw away"),
    "retire": _("Take off the list"),
    "restore": _("Put on the list again"),
    "withdraw": _("Withdraw for good"),
}
DONE: Final[dict[str, Words]] = {
    "propose": _("Proposed: a curator will look at it."),
    "recall": _("Taken back: you can work on it."),
    "return": _("Given back to its author."),
    "publish": _("Published: everybody can see it now."),
    "revise": _("The next version is a copy of the last; readers go on seeing that one."),
    "drop": _("Thrown away."),
    "retire": _("Taken off the list."),
    "restore": _("On the list again."),
    "withdraw": _("Withdrawn for good."),
}
FACETS: Final[dict[str, Words]] = {
    "finding": _("Findings"),
    "severity": _("Severity"),
    "device": _("Devices"),
    "habitus": _("Body mass index"),
}
CHANGES: Final[dict[str, Words]] = {
    "title": _("Title"),
    "description": _("Description"),
    "credit": _("Credit"),
    "draft": _("Draft for expert review"),
    "note": _("Note"),
    "start_frame": _("First frame"),
    "hide": _("Hide the answer"),
    "added": _("Case added"),
    "removed": _("Case taken out"),
    "moved": _("Case moved"),
}


def need(row: Mapping[str, Any]) -> str:
    """A need in a sentence: what there is, and what a fair collection has."""
    have, least = row["have"], row["need"]
    if row["what"] == "patients":
        if have is None:
            return gettext("Fewer than 5 patients; a fair collection has %(need)s.") % {"need": least}
        text = ngettext("%(n)s patient of at least %(need)s", "%(n)s patients of at least %(need)s", have)
    elif row["what"] == "institutions":
        if have is None:
            words = gettext(
                "Sites are counted from 20 patients on, in drafts for curators; a fair collection has %(need)s."
            )
            return words % {"need": least}
        text = ngettext("%(n)s site of at least %(need)s", "%(n)s sites of at least %(need)s", have)
    else:
        text = ngettext("%(n)s device model of at least %(need)s", "%(n)s device models of at least %(need)s", have)
    return text % {"n": have, "need": least}
