"""What the bank refuses, and what arrives damaged."""

from __future__ import annotations

from typing import Any


class Problem(Exception):
    """A refusal as the bank tells it (RFC 9457). `code` is stable, `detail` a sentence in the language asked for."""

    def __init__(self, status: int, said: dict[str, Any]) -> None:
        self.status = status
        self.code = str(said.get("code", ""))
        self.detail = str(said.get("detail", ""))
        self.type = str(said.get("type", ""))
        self.errors: dict[str, Any] = said.get("errors") or {}
        """Field -> what is wrong with it."""
        super().__init__(f"{status} {self.code}: {self.detail} {self.errors or ''}".strip())


class Damaged(Exception):
    """The bytes that arrived do not have the checksum that the bank gave; nothing was kept."""
