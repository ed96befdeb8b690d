"""The reason of an original's state in words: the library's codes and those that only the bank gives."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anonymize import codes
from imagebank.core.errors import sentences

OWN: Final[dict[str, Promise]] = {
    "refused.duplicate": _("This file was given before."),
    "refused.conflict": _("Another file with the same DICOM number but different content was given before."),
    "refused.patient_declined": _("This patient does not want anything to be given; nothing is taken."),
    "refused.not_instance": _("This is not a DICOM object with its own numbers: give it as a deposit instead."),
    "refused.busy": _("There was no time to look at the header: please send the object again."),
    "refused.other_study": _("The object belongs to another study than the address says."),
    "refused.limit_files": _("The deposit has more files than the limit; give the rest in another one."),
    "refused.limit_quarantine": _("Your institution's quarantine is full: confirm or discard what waits there."),
    "refused.limit_daily": _("You have reached today's limit; go on tomorrow."),
    "unpacked": _("The archive was opened: each of its files has a row of its own."),
    "held.visible_features": _("A face, a skin mark, a person or a document is seen: mask it or discard the file."),
    "failed.lost": _("The machines that were at work on this file stopped again and again."),
}


def sentence(code: str) -> str:
    """The sentence of a code in the language in force; empty while there is nothing to say. KeyError when unknown."""
    if not code:
        return ""
    return str(OWN[code]) if code in OWN else gettext(codes.sentence(code))


def all_sentences() -> dict[str, str]:
    """{code: sentence} of errors and of what becomes of a file, to be translated where it is shown."""
    return {**sentences(), **codes.CODES, **{code: str(text) for code, text in OWN.items()}}
