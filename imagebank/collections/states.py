"""The literal state table of collections.

What readers see is the version that was published last; while the next one is a draft or proposed they see the one
before. Retired: off the list, still read at its addresses. Withdrawn: gone for good, like a case.
"""

from __future__ import annotations

from imagebank.core.states import StateTable

COLLECTION = StateTable(
    name="collection",
    initial="draft",
    steps={
        ("draft", "propose"): "proposed",
        ("draft", "publish"): "published",
        ("draft", "drop"): "dropped",
        ("draft", "abandon"): "published",  # the version in work is thrown away, the one before stays
        ("proposed", "recall"): "draft",
        ("proposed", "return"): "draft",
        ("proposed", "publish"): "published",
        ("published", "revise"): "draft",
        ("published", "retire"): "retired",
        ("retired", "restore"): "published",
        ("draft", "withdraw"): "withdrawn",  # one that was never published is dropped
        ("proposed", "withdraw"): "withdrawn",
        ("published", "withdraw"): "withdrawn",
        ("retired", "withdraw"): "withdrawn",
    },
    emits={"publish": "put", "retire": "restrict", "restore": "revise", "withdraw": "withdraw"},
)
EDITABLE = ("draft", "proposed")
"""A proposed one is changed by curators alone."""
READ = ("draft", "proposed", "published", "retired")
"""States in which a version that was published once is read."""
