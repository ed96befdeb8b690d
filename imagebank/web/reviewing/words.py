"""Verdicts in the reader's words."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from ..contribute.words import Words

VERDICT_WORDS: Final[dict[str, Words]] = {
    "accept": _("Accepted"),
    "changes": _("Changes asked for"),
    "refuse": _("Refused"),
}
