"""What a code of the REST interface means, for the page behind its `type` address."""

from __future__ import annotations

from django.utils.translation import gettext

from imagebank.intake.codes import all_sentences

from .contribute.words import next_step


def sentence_of(code: str) -> str | None:
    """The sentence of a code as it stands in an address (`-` for `.`); None when there is no such code."""
    known = {name.replace(".", "-"): text for name, text in all_sentences().items()}
    return gettext(str(known[code])) if code in known else None


def next_step_of(code: str) -> str:
    """What to do about it, by the kind of the code."""
    kind = code.partition("-")[0]
    if kind in ("refused", "held", "failed"):
        return gettext(str(next_step(kind, code.replace("-", ".", 1))))
    return gettext("It stands in the answer to a request, with the fields it is about where there are any.")
