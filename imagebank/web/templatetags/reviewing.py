"""What pages of a case in work show of a reader's comment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.template import Context

from imagebank.review.models import Review
from imagebank.vocabulary.selectors import labels

from ..language import reader_language
from ..reviewing.pointing import shown_at

register = template.Library()


@register.inclusion_tag("review/at.html")
def at_frame(word: Review, clips: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The frame that the comment points at, as a picture with the place in it."""
    return {"at": shown_at(word, clips)}


@register.inclusion_tag("review/otherwise.html", takes_context=True)
def sees_otherwise(context: Context, word: Review) -> dict[str, Any]:
    """The findings that the reader sees otherwise than the author says."""
    names = labels("finding", reader_language(context["request"]))
    return {"seen": [(names.get(term, term), presence) for term, presence in word.items.get("otherwise", {}).items()]}


@register.filter
def start_of(word: Review | None, clip: Mapping[str, Any]) -> int | None:
    """The frame at which the player of this clip opens: the one that the comment points at."""
    return word.frame if word and str(word.clip_id) == str(clip["id"]) else None
