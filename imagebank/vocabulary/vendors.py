"""The maker that a DICOM Manufacturer string means: devices write their maker's name in many ways."""

from __future__ import annotations

from functools import lru_cache

from imagebank.vocabulary.folding import WORD, bare
from imagebank.vocabulary.tables import in_force

OTHER = "other"
_COMMON = frozenset(
    ["medical", "systems", "network", "healthcare", "healthineers", "formerly", "unknown", "or", "other"]
)


def vendor_of(manufacturer: str) -> str:
    """Slug of the maker with most of its words in `manufacturer`; "other" when none has any."""
    written = set(WORD.findall(bare(manufacturer)))
    shared = {slug: len(names & written) for slug, names in _vendors(in_force().digest).items()}
    best = max(shared, key=lambda slug: shared[slug])
    return best if shared[best] else OTHER


@lru_cache(maxsize=1)
def _vendors(digest: str) -> dict[str, frozenset[str]]:
    """{slug: words of its present and former names that are its own}."""
    rows = in_force()["device_vendors"]
    return {row["id"]: frozenset(WORD.findall(bare(row["name"]))) - _COMMON for row in rows}
