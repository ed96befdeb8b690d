"""What a reader sees of each finding of a case: as its author says, unless the reader says otherwise.

Kept with the reading as two items: `findings`, the presence of every finding as this reader sees it, and `otherwise`,
those of them that differ from what the author said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_noop as _

from imagebank.catalog.models import PRESENCE, Case
from imagebank.catalog.selectors import standing_findings
from imagebank.core.errors import Invalid

ITEMS: Final = ("findings", "otherwise")
STRANGE: Final = _("Only the findings of this case, each present, absent or uncertain.")
CONTRARY: Final = _("Where you see a finding otherwise, ask for a change.")


def seen(case: Case, otherwise: Mapping[str, str], *, agreed: bool, verdict: str) -> dict[str, Any]:
    """Items of a reading; none where the reader neither ticked that the content fits (`agreed`) nor differs."""
    stated = {finding.term_id: finding.presence for finding in reversed(standing_findings(case))}
    if any(term not in stated or presence not in PRESENCE for term, presence in otherwise.items()):
        raise Invalid(errors={"findings": STRANGE})
    differs = {term: presence for term, presence in otherwise.items() if presence != stated[term]}
    if differs and verdict == "accept":
        raise Invalid(errors={"findings": CONTRARY})
    if not (differs or agreed):
        return {}
    return {"findings": {**stated, **differs}, "otherwise": differs}
