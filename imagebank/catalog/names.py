"""Names that stood in the files of a case: no typed text may repeat one. They are known by their HMAC only."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from anonymize.keying import SecretKeyer
from anonymize.naming import name_words
from imagebank.core import keys
from imagebank.core.errors import Invalid

from .models import Case, Clip

FIELDS = ("title", "vignette", "management_note")
SENTENCE = "This may identify a patient: it holds a name that stood in a file of this case. Please rephrase."


def refuse_names(case: Case, clips: Iterable[Clip]) -> None:
    """Invalid names the fields of the case that repeat a name of its clips' files (privacy.md 12)."""
    met = {key for clip in clips for key in clip.name_keys}
    told = {name: text for name in FIELDS if (text := " ".join(getattr(case, name).values()))} if met else {}
    wrong = [name for name, text in told.items() if met & _keyed(case.institution_id, text)]
    if wrong:
        raise Invalid(errors=dict.fromkeys(wrong, SENTENCE))


def _keyed(institution_id: uuid.UUID, text: str) -> set[str]:
    return set(SecretKeyer(keys.derive(institution_id, "name")).key("name", sorted(name_words(text))))
