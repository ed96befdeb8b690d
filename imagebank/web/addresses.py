"""The address of a list is its state: the same address with something put in or taken out."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

PLACE = ("cursor",)
"""Belongs to one page of a list and goes when the list changes."""


@dataclass(frozen=True, slots=True)
class Address:
    """Path and parameters in their order."""

    path: str
    pairs: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, path: str, query: QueryDict) -> Address:
        """From a request; empty values are left out."""
        return cls(path, tuple((name, value) for name, values in query.lists() for value in values if value))

    def __str__(self) -> str:
        return f"{self.path}?{urlencode(self.pairs)}" if self.pairs else self.path

    def values(self, name: str) -> list[str]:
        """All values of a parameter."""
        return [value for key, value in self.pairs if key == name]

    def less(self, name: str, value: str | None = None) -> Address:
        """Without one value of a parameter, or without all of them; from the first page on."""
        kept = [pair for pair in self.pairs if pair[0] not in PLACE]
        return Address(self.path, tuple(p for p in kept if p[0] != name or value not in (None, p[1])))

    def more(self, name: str, value: str) -> Address:
        """With one more value of a parameter; from the first page on."""
        base = self.less(name, value)
        return Address(self.path, (*base.pairs, (name, value)))

    def only(self, name: str, value: str) -> Address:
        """With this as the parameter's one value."""
        return self.less(name).more(name, value)
