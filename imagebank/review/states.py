"""The literal state tables of readers' doubts and of privacy incidents."""

from __future__ import annotations

from typing import Final

from imagebank.core.states import StateTable

DOUBT = StateTable(
    name="doubt",
    initial="open",
    steps={
        ("open", "uphold"): "upheld",  # the reader is right: something has to be put right
        ("open", "reject"): "rejected",
        ("open", "recall"): "recalled",  # taken back by whoever raised it
    },
    emits={},
)
INCIDENT = StateTable(
    name="incident",
    initial="open",
    steps={
        ("open", "unfounded"): "unfounded",  # nobody can be recognised: the case is shown again
        ("open", "revise"): "revised",  # it stays hidden until a later revision is published
        ("open", "withdraw"): "withdrawn",
    },
    emits={},
)
DECISIONS: Final = tuple(INCIDENT.events("open"))
"""How an incident is closed."""
ANSWERS: Final = ("uphold", "reject")
"""How a doubt about the content is answered."""
