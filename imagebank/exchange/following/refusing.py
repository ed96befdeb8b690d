"""Why something of another node is not taken: codes and their sentences."""

from __future__ import annotations

from typing import Final

CODES: Final = {
    "shape": "The document is not of the known shape.",
    "unknown_key": "The document says something that this node does not know; that was left out.",
    "origin": "The object is not of the node that signs the feed.",
    "clash": "There is an object of this id here already, from elsewhere.",
    "slug_clash": "The institution goes by the name of another one.",
    "text": "A text may point at a patient.",
    "vocabulary": "A word is not in the vocabulary of this node: the case waits for it.",
    "rights": "The rights contradict each other, or do not hold here.",
    "size": "An object is larger than the limit, or than was said.",
    "blob": "An object cannot be had, or is not what was said: the case waits for it.",
    "verifier": "The second look found something in a clip that should not be there.",
    "unreadable": "A clip cannot be read.",
    "frozen": "Two different documents have the same revision.",
    "signature": "A page is not signed by a key that is trusted.",
    "head": "The feed went back behind what it had told before.",
    "epoch": "The node was set up anew or restored: somebody has to compare.",
    "chain": "The pages do not follow each other.",
}


class Refused(Exception):
    """This object is not taken as it is. `waits`: it may be, later."""

    def __init__(self, code: str, where: str = "", *, waits: bool = False) -> None:
        assert code in CODES
        self.code, self.where, self.waits = code, where[:100], waits
        super().__init__(f"{code} {where}".strip())
