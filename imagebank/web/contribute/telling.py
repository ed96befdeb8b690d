"""What readers will not be told of a case, and why, in words for the person who tags it (privacy.md 10)."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from imagebank.catalog.coarsening import CHILD, K_CHILD, K, Told, everything, withheld, without
from imagebank.catalog.models import Case
from imagebank.vocabulary.selectors import labels

from .words import Words

NOT_SHOWN: Final[dict[str, Words]] = {
    "sex": _("The sex is not shown"), "country": _("The country is not shown"),
    "bmi_class": _("The body mass index is not shown"), "setting": _("The place of care is not shown"),
    "institution": _("The institution is not named"), "credit": _("The credit is not shown"),
}  # fmt: skip
BECAUSE: Final[dict[str, Words]] = {
    "terms": _("because the question or a finding is rare or sensitive"),
    "device": _("because this device is rare in the country"),
    "place": _("because the country is withheld"),
    "unnamed": _("because the institution did not choose to be named"),
    "before": _("because it was withheld before: it is never told later"),
    "few": _("because fewer than %(n)s patients in the bank are alike in it"),
}


def notes(case: Case, lang: str) -> list[str]:
    """One sentence for each field that readers would not be told as it is, if the case were published now."""
    found = withheld(case)
    full, told = everything(case), without(case, found)
    missed = {name: why for name, why in found.items() if getattr(full, name) != getattr(told, name)}
    return [f"{_what(name, told.age_band, lang)}, {_why(told, why)}." for name, why in missed.items()]


def _what(name: str, age_band: str, lang: str) -> str:
    if name == "age_band":
        return gettext("The age is shown as “%(age)s”") % {"age": labels("age_band", lang).get(age_band, age_band)}
    return str(NOT_SHOWN[name])


def _why(told: Told, why: str) -> str:
    return str(BECAUSE[why]) % {"n": K_CHILD if told.age_band == CHILD else K} if why == "few" else str(BECAUSE[why])
