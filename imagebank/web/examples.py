"""Queries that the help shows as links, in the reader's words, with what they find."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

WORDS: Final = (
    (
        _("pleural effusion"),
        _("A finding, view, clinical question, probe or maker by any of its names, in any of the five languages."),
    ),
    (
        _("no pleural effusion"),
        _("An expert recorded that there is none. Other words of denial do the same."),
    ),
    (
        _("gallstones -cholecystitis"),
        _("A minus leaves out."),
    ),
    (
        _('"free fluid" child'),
        _("Words in quotation marks belong together and are not put right."),
    ),
    (
        _("plural efusion"),
        _("A misspelt word is put right; the page says so and offers what you typed."),
    ),
)
LANGUAGE: Final = (
    (
        _("finding:gallstones quality>=3"),
        _("A field asks for one thing exactly. Quality, age and body mass index can be compared."),
    ),
    (
        _("finding:gallstones,gallbladder-polyp"),
        _("A comma means any of these; names of several words stand in quotation marks."),
    ),
    (
        _("ascites OR pleural effusion"),
        _("Operators are written in capitals: AND, OR, NOT. In small letters they are ordinary words."),
    ),
    (
        _("(ascites OR pleural effusion) age>=65 -vendor:philips"),
        _("Brackets hold together what belongs together. AND may be left out; NOT binds first, then AND, then OR."),
    ),
    (
        _("NOT finding:gallstones"),
        _("Everything that does not carry the finding. A “no” in small letters asks for its recorded absence instead."),
    ),
)
"""(query, what it does)."""
FIELDS: Final = (
    "finding", "absent", "uncertain", "indication", "view", "polarity", "threat", "quality", "age", "sex", "bmi",
    "probe", "vendor", "institution", "country", "setting", "confirmed", "licence",
)  # fmt: skip
