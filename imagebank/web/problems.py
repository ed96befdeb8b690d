"""What a code of the REST interface means, for the page behind its `type` address."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext

from anonymize.codes import CODES
from imagebank.core.errors import BankError
from imagebank.intake.codes import OWN


def sentence_of(code: str) -> str | None:
    """The sentence of a code as it stands in an address (`-` for `.`); None when there is no such code."""
    titles = {kind.code: kind.title for kind in _kinds(BankError)}
    known = {name.replace(".", "-"): text for name, text in {**titles, **CODES, **OWN}.items()}
    return gettext(str(known[code])) if code in known else None


def _kinds(kind: type[BankError]) -> Iterator[type[BankError]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from _kinds(narrower)
