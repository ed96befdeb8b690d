"""Content negotiation (PS3.18 8.7, RFC 9110 12.5.1): `Accept` or `?accept=`, with type, transfer-syntax and q."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.http import HttpRequest
from django.utils.http import parse_header_parameters

from imagebank.core.errors import NotAcceptable

from .uids import BadRequest

MULTIPART: Final = "multipart/related"
ANY: Final = "*"
MOST: Final = 64
"""Ranges in one header."""
NAMED: Final = 3
"""How closely a range names a media type: itself, its first half, anything (1)."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One representation: its media type, whether in parts, and the transfer syntax of DICOM and bulk data."""

    kind: str
    parts: bool = False
    syntax: str = ""
    """`*` for several objects, each in the one in which it is stored."""
    default: bool = True
    """Whether it may be given to a caller who names the media type, and no transfer syntax."""

    @property
    def content_type(self) -> str:
        """The media type of one part or of the whole."""
        return f"{self.kind}; transfer-syntax={self.syntax}" if self.syntax not in ("", ANY) else self.kind


@dataclass(frozen=True, slots=True)
class Range:
    """One media range of the caller."""

    kind: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    q: float = 1.0

    def fits(self, offer: Offer) -> int:
        """0 unless the offer is in the range, else how closely the range names it."""
        inner = self.parameters.get("type", "").lower() if self.kind == MULTIPART else self.kind
        if (self.kind == MULTIPART) != offer.parts and self.kind not in ("*/*", "multipart/*"):
            return 0
        closeness = _closeness(inner or "*/*", offer.kind)
        return closeness if closeness and self._syntax_fits(offer, named=closeness == NAMED) else 0

    def _syntax_fits(self, offer: Offer, *, named: bool) -> bool:
        wanted = self.parameters.get("transfer-syntax", "")
        if not wanted:
            return offer.default or not named
        return not offer.syntax or wanted in (ANY, offer.syntax)


def choose(request: HttpRequest, offers: Sequence[Offer]) -> Offer:
    """The offer that the caller likes best, the earlier one of equals; NotAcceptable when there is none."""
    ranges = _ranges(request)
    ranked = [(max((_rank(each, offer) for each in ranges), default=(0.0, 0)), offer) for offer in offers]
    (quality, _), offer = max(ranked, key=lambda pair: pair[0][0])
    if quality <= 0:
        kinds = sorted({offer.kind for offer in offers})
        raise NotAcceptable(errors={"accept": f"Here there is {', '.join(kinds)}."})
    return offer


def _rank(wanted: Range, offer: Offer) -> tuple[float, int]:
    closeness = wanted.fits(offer)
    return (wanted.q, closeness) if closeness else (0.0, 0)


def _closeness(wanted: str, kind: str) -> int:
    if wanted == kind:
        return NAMED
    if wanted.endswith("/*") and kind.startswith(wanted[:-1]):
        return 2
    return 1 if wanted in ("*/*", "multipart/*") else 0


def _ranges(request: HttpRequest) -> list[Range]:
    """The query parameter replaces the header (PS3.18 8.3.3.1), since a link cannot set one."""
    text = request.GET.get("accept") or request.headers.get("Accept") or "*/*"
    parts = [part for part in _split(text) if part.strip()]
    if len(parts) > MOST:
        raise BadRequest(errors={"accept": f"At most {MOST} media types."})
    return [_range(part) for part in parts]


def _range(text: str) -> Range:
    kind, parameters = parse_header_parameters(text.strip())
    try:
        quality = float(parameters.pop("q", "1"))
    except ValueError:
        quality = -1.0
    if not 0 <= quality <= 1 or "/" not in kind:
        raise BadRequest(errors={"accept": "Each is a media type, with q from 0 to 1."})
    return Range(kind.lower(), parameters, quality)


def _split(text: str) -> list[str]:
    """At commas that stand outside of quotation marks."""
    parts, start, quoted = [], 0, False
    for place, letter in enumerate(text):
        if letter == '"':
            quoted = not quoted
        elif letter == "," and not quoted:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]
