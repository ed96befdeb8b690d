"""The keys of one institution, as the library's Keyer: lives in the parent, never in the sandboxed child."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import cached_property
from typing import Final

from anonymize.keying import Kind, SecretKeyer
from imagebank.core import keys

PURPOSES: Final[dict[Kind, keys.Purpose]] = {
    "uid": "uid", "patient": "subject", "shift": "date", "bytes": "duplicate", "name": "name",
}  # fmt: skip


class InstitutionKeyer:
    """One HMAC key per purpose, derived once."""

    def __init__(self, institution_id: uuid.UUID) -> None:
        self._institution_id = institution_id

    @cached_property
    def _keyers(self) -> dict[Kind, SecretKeyer]:
        return {kind: SecretKeyer(keys.derive(self._institution_id, purpose)) for kind, purpose in PURPOSES.items()}

    def key(self, kind: Kind, values: Sequence[str]) -> list[str]:
        return self._keyers[kind].key(kind, values)
