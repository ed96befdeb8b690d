"""The literal state tables of a sheet's version and of a proposed change.

Readers see the version that is published; before the first one they see the draft, with its mark. While experts judge a
version its words stand still: to change them it goes back to draft, and the next round begins without votes.
"""

from __future__ import annotations

from imagebank.core.states import StateTable

SHEET = StateTable(
    name="practice sheet",
    initial="draft",
    steps={
        ("draft", "ask"): "consensus",
        ("draft", "drop"): "dropped",
        ("consensus", "return"): "draft",
        ("consensus", "publish"): "published",
        ("published", "supersede"): "superseded",  # by the next one, in the same act
        ("published", "withdraw"): "withdrawn",
        ("superseded", "withdraw"): "withdrawn",
    },
    emits={"publish": "put", "supersede": "revise", "withdraw": "withdraw"},
)
PROPOSAL = StateTable(
    name="proposal",
    initial="open",
    steps={
        ("open", "accept"): "accepted",
        ("open", "decline"): "declined",
        ("open", "recall"): "recalled",
    },
    emits={},
)
IN_WORK = ("draft", "consensus")
AGREED_ON = ("published", "superseded")
"""Their words never change."""
