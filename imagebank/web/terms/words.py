"""What stands on the pages of the vocabulary, in the reader's words."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from ..contribute.words import Words
from ..sheets.words import REGIONS

SCHEMES: Final[dict[str, Words]] = {
    "findings": _("Findings"),
    "indications": _("Indications"),
    "views": _("Views"),
    "settings": _("Settings"),
    "lateralities": _("Sides of the body"),
    "certainties": _("Certainty"),
    "reference-standards": _("Ways of confirmation"),
    "quality-levels": _("Image quality"),
    "artefacts": _("Artefacts"),
    "modes": _("Imaging modes"),
    "probes": _("Probes"),
    "licences": _("Licences"),
    "legal-bases": _("Legal bases"),
    "consent-kinds": _("Kinds of consent"),
    "withdrawal-reasons": _("Reasons for withdrawal"),
}
PLACES: Final[dict[str, Words]] = {
    **REGIONS,
    "cardiopulmonary": _("Heart and lung"),
    "multi-system": _("Several systems"),
    "procedure": _("Procedures"),
}
"""Region of the body, or system of an indication."""
DEFINITION: Final[dict[str, Words]] = {
    "findings": _("A trap to know"),
    "indications": _("Clinical question"),
    "views": _("Where the probe goes"),
    "probes": _("Frequency"),
}
"""What the English text of a term is, where it is no definition."""
RELATION: Final[dict[str, Words]] = {
    "exact": _("means the same"),
    "close": _("means nearly the same"),
    "broader": _("the code is wider"),
    "related": _("related, not the same"),
}
DISCLOSURE: Final[dict[str, Words]] = {
    "ordinary": _("Ordinary"),
    "sensitive": _("Sensitive: institution, credit and country of its cases are not told"),
    "rare": _("Rare: institution, credit and country of its cases are not told"),
}
