"""States and categories in the reader's words, with what to do next."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

Words = Promise | str


class State(NamedTuple):
    """How a state looks: colour of its chip, icon, name, and what happens next."""

    tone: str
    icon: str
    name: Words
    next: Words


FILE: Final[dict[str, State]] = {
    "received": State("", "wait", _("waiting its turn"), _("It is cleaned as soon as a worker is free.")),
    "deidentifying": State("", "wait", _("being cleaned"), _("Names, numbers and dates are taken out.")),
    "verifying": State("", "wait", _("being checked"), _("A second program looks for what was left.")),
    "awaiting_confirmation": State("warn", "eye", _("your look"), _("Look at it and confirm.")),
    "accepted": State("good", "good", _("confirmed"), _("It can be put into a case.")),
    "held": State("warn", "warn", _("held"), _("Draw a mask and let it be cleaned again, or discard it.")),
    "refused": State("bad", "bad", _("refused"), _("It goes no further; the rest of the deposit goes on.")),
    "failed": State("bad", "bad", _("failed"), _("This was our fault: try again, or discard it.")),
    "discarded": State("", "close", _("discarded"), _("Its bytes and its key are destroyed.")),
    "expired": State("", "close", _("expired"), _("It waited too long; its bytes and its key are destroyed.")),
}
ARRIVING: Final = State("", "upload", _("arriving"), _("If it stands still, choose the same file again: it goes on."))
NEXT: Final[dict[str, Words]] = {
    "refused.duplicate": _("Nothing is lost: go on with the file that was given before."),
    "refused.conflict": _("Export it again from the device, or discard the earlier one."),
    "refused.sop_class": _("Give ultrasound clips and pictures only."),
    "refused.not_an_image": _("Give DICOM, MP4, MOV, AVI, JPEG, PNG, or a ZIP of these."),
    "refused.limit_daily": _("Give the rest tomorrow."),
    "refused.limit_members": _("Pack fewer files into one archive, or drop the folder itself."),
    "refused.limit_unpacked": _("Pack fewer files into one archive, or drop the folder itself."),
    "refused.locked": _("Unlock it and give it again; it is encrypted on its way and here."),
    "refused.nested": _("Unpack the inner archive and give its files."),
    "unpacked": _("Nothing is to be done with it; the archive itself is destroyed."),
}
CASE: Final[dict[str, State]] = {
    "draft": State("", "pen", _("draft"), _("Answer what is missing and hand it in.")),
    "submitted": State("", "wait", _("handed in"), _("A second expert will read it.")),
    "in_review": State("", "eye", _("being read"), _("A second expert is reading it.")),
    "changes_requested": State("warn", "warn", _("changes asked for"), _("Read the comment, change it, hand it in.")),
    "accepted": State("good", "good", _("accepted"), _("A curator will publish it.")),
    "scheduled": State("good", "wait", _("scheduled"), _("It goes public after your institution's delay.")),
    "published": State("good", "good", _("published"), _("Everybody can see it.")),
    "suspended": State("warn", "eye-off", _("suspended"), _("It is hidden for now.")),
    "refused": State("bad", "bad", _("refused"), _("Read the comment.")),
    "dropped": State("", "close", _("thrown away"), ""),
    "withdrawn": State("", "close", _("withdrawn"), ""),
}
REMOVED: Final[dict[str, Words]] = {
    "name": _("Names"),
    "id": _("Numbers and identifiers"),
    "date": _("Dates and times"),
    "uid": _("Unique identifiers (replaced)"),
    "institution": _("Institution and address"),
    "device": _("Device and station"),
    "patient": _("Facts about the patient"),
    "text": _("Free text"),
    "private": _("Private elements of the maker"),
    "overlay": _("Overlays"),
    "icon": _("Small preview pictures"),
    "unknown": _("Unknown elements"),
    "preamble": _("Bytes around the data"),
    "meta": _("Bytes around the data"),
    "trailing": _("Bytes around the data"),
    "stray": _("Bytes around the data"),
    "other": _("Other elements"),
}
MISSING: Final[dict[str, Words]] = {
    "clips": _("A case needs at least one confirmed clip."),
    "views": _("Say for each clip which view it is."),
    "findings": _("Say what is present, absent or uncertain."),
    "setting": _("Say where the scan was done."),
    "age_band": _("Choose the age band."),
    "confirmed": _("Say how the finding was confirmed and how sure it is."),
    "rights": _("A person must attest the rights of the deposit."),
    "rights_in_force": _("The rights have ended, leave out teaching, or do not hold in the country of this node."),
    "purpose": _("Own scans for learning cannot be published without a new attestation."),
}


def next_step(state: str, code: str) -> Words:
    """What to do about a file."""
    return NEXT.get(code) or FILE[state].next


def removed(counts: dict[str, int]) -> list[tuple[Words, int]]:
    """Categories in words, the most frequent first."""
    told: Counter[Words] = Counter()
    for name, count in counts.items():
        told[gettext(str(REMOVED.get(name, REMOVED["other"])))] += count
    return told.most_common()


def picture_words(kept_share: float | None, blanked: int) -> list[Words]:
    """What was blacked out of the picture, in sentences."""
    if kept_share is None:
        return []
    share = round(100 * kept_share)
    whole = gettext("Of the frame all is kept: nothing stands beside the ultrasound picture.")
    part = gettext("Of the frame %(share)s %% are kept: the ultrasound picture. All around it is blacked out.")
    inside = ngettext(
        "Inside it %(n)s place with text or a code is blacked out.",
        "Inside it %(n)s places with text or codes are blacked out.",
        blanked,
    )
    return [part % {"share": share} if share < 100 else whole, *([inside % {"n": blanked}] if blanked else [])]


def in_words(error: Any) -> list[str]:
    """A BankError's sentences: of its fields, else its title."""
    return [gettext(str(text)) for text in error.errors.values()] or [gettext(error.title)]
