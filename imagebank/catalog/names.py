"""Names that stood in the files of a case: no typed text may repeat one. They are known by their HMAC only."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable

from anonymize.keying import SecretKeyer
from anonymize.naming import name_words
from imagebank.core import keys
from imagebank.core.errors import Invalid

from .models import Case, Clip

FIELDS = ("title", "vignette", "management_note")
SENTENCE = "This may identify a patient: it holds a name that stood in a file of this case. Please rephrase."


def refuse_names(case: Case, clips: Iterable[Clip], **typed: str) -> None:
    """Invalid names the fields of the case, and of `typed`, that repeat a name of its clips' files (privacy.md 12)."""
    met = {key for clip in clips for key in clip.name_keys}
    told = {name: " ".join(getattr(case, name).values()) for name in FIELDS} | {"credit": case.credit} | typed
    wrong = [name for name, text in told.items() if met and text and met & _keyed(case.institution_id, text)]
    if wrong:
        raise Invalid(errors=dict.fromkeys(wrong, SENTENCE))


def repeats_name(clips: Iterable[Clip], text: str) -> bool:
    """Whether the text repeats a name of these clips' files, which may come from several institutions."""
    met: dict[uuid.UUID, set[str]] = defaultdict(set)
    for clip in clips:
        met[clip.institution_id].update(clip.name_keys)
    return any(keys_met & _keyed(institution, text) for institution, keys_met in met.items() if keys_met)


def _keyed(institution_id: uuid.UUID, text: str) -> set[str]:
    return set(SecretKeyer(keys.derive(institution_id, "name")).key("name", sorted(name_words(text))))
