"""The literal state tables of clips and cases (architecture.md, States)."""

from __future__ import annotations

from imagebank.core.states import StateTable

CLIP = StateTable(
    name="clip",
    initial="candidate",
    steps={
        ("candidate", "accept"): "private",
        ("private", "publish"): "public",
        ("public", "hide"): "private",
        ("private", "withdraw"): "withdrawn",
        ("public", "withdraw"): "withdrawn",
        ("private", "expire"): "expired",
    },
    emits={"withdraw": "withdraw"},
)

CASE = StateTable(
    name="case",
    initial="draft",
    steps={
        ("draft", "submit"): "submitted",
        ("draft", "drop"): "dropped",
        ("submitted", "claim"): "in_review",
        ("submitted", "recall"): "draft",
        ("in_review", "release"): "submitted",
        ("in_review", "accept"): "accepted",
        ("in_review", "changes"): "changes_requested",
        ("in_review", "refuse"): "refused",
        ("changes_requested", "submit"): "submitted",
        ("accepted", "schedule"): "scheduled",
        ("scheduled", "publish"): "published",
        ("scheduled", "republish"): "published",  # a later revision takes the place of the one that readers see
        ("published", "revise"): "draft",
        ("refused", "revise"): "draft",  # a later revision was refused: another try
        ("suspended", "revise"): "draft",  # stays hidden until it is published
        ("published", "suspend"): "suspended",
        # while a later revision is in work, what readers see is hidden all the same
        ("draft", "suspend"): "suspended",
        ("submitted", "suspend"): "suspended",
        ("in_review", "suspend"): "suspended",
        ("changes_requested", "suspend"): "suspended",
        ("accepted", "suspend"): "suspended",
        ("scheduled", "suspend"): "suspended",
        ("refused", "suspend"): "suspended",
        ("suspended", "restore"): "published",
        ("suspended", "resume"): "draft",  # shown again, with a later revision in work
        ("draft", "withdraw"): "withdrawn",  # a later revision in work; one that was never published is dropped
        ("submitted", "withdraw"): "withdrawn",
        ("in_review", "withdraw"): "withdrawn",
        ("changes_requested", "withdraw"): "withdrawn",
        ("accepted", "withdraw"): "withdrawn",
        ("scheduled", "withdraw"): "withdrawn",
        ("published", "withdraw"): "withdrawn",
        ("suspended", "withdraw"): "withdrawn",
        ("refused", "withdraw"): "withdrawn",
    },
    emits={
        "publish": "put",
        "republish": "revise",
        "suspend": "restrict",
        "restore": "revise",
        "resume": "revise",
        "withdraw": "withdraw",
    },
)
EDITABLE = ("draft", "changes_requested")
