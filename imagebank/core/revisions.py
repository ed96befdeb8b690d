"""The history of an edited text: who changed what and why, each change as the whole text after it.

What a change did is the difference between two of them. A text is a JSON document: fields by name, of them some
`{language: text}`, some lists, some lists of small objects that have texts by language in turn.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Final, TypeVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from .actor import Actor

TOGETHER: Final = dt.timedelta(minutes=10)
"""Changes of one person that follow each other without a reason of their own are one."""
Document = Mapping[str, Any]
Change = dict[str, Any]
"""{what, place?, part?, language?, before, after}: a field, in a list the item (from 1) and which part of it."""
R = TypeVar("R", bound="Revision")


class Revision(models.Model):
    """One change. Without an author it came with the product."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    document = models.JSONField()
    edited_at = models.DateTimeField(db_default=Now())

    class Meta:
        abstract = True
        ordering = ["edited_at", "id"]


def keep(rows: models.QuerySet[R], actor: Actor, document: Document, *, reason: str = "", **of: Any) -> R:
    """Write down what the text is now; a change soon after the author's own last one joins it.

    `rows` are the revisions of this text, `of` what names the text in a new one.
    """
    last = rows.order_by("-edited_at", "-id").first()
    if last and not reason and last.author_id == actor.user_id and last.edited_at > timezone.now() - TOGETHER:
        last.document, last.edited_at = dict(document), timezone.now()
        last.save(update_fields=["document", "edited_at"])
        return last
    return rows.model._default_manager.create(author_id=actor.user_id, reason=reason, document=document, **of)


def differences(before: Document, after: Document) -> list[Change]:
    """What is another field by field, in the order of `after`."""
    names = dict.fromkeys([*after, *before])
    return [change for name in names for change in _differences(name, before.get(name), after.get(name))]


def changes(
    rows: Sequence[R], first: Document, told: Callable[[Document, Document], list[Change]] = differences
) -> Iterator[tuple[R, list[Change]]]:
    """Each of `rows` (the oldest first), the newest first, with what it changed; `first` is what stood before all."""
    befores = [first, *(row.document for row in rows)]
    for row, before in reversed(list(zip(rows, befores, strict=False))):
        yield row, told(before, row.document)


def _differences(what: str, before: Any, after: Any) -> Iterator[Change]:
    if before == after or not (before or after):
        return
    if isinstance(before or after, list):
        yield from _in_list(what, before or [], after or [])
    elif isinstance(before or after, dict):
        yield from _by_language(what, before or {}, after or {})
    else:
        yield {"what": what, "before": before, "after": after}


def _by_language(what: str, before: Document, after: Document) -> Iterator[Change]:
    for lang in dict.fromkeys([*after, *before]):
        old, new = before.get(lang, ""), after.get(lang, "")
        if old != new:
            yield {"what": what, "language": lang, "before": old, "after": new}


def _in_list(what: str, before: list[Any], after: list[Any]) -> Iterator[Change]:
    """Items added, taken out and changed, each with its place (from 1) among those after, or before where it went."""
    matcher = SequenceMatcher(None, list(map(repr, before)), list(map(repr, after)), autojunk=False)
    for kind, start, end, begin, stop in matcher.get_opcodes():
        if kind == "equal":
            continue
        old, new = before[start:end], after[begin:stop]
        paired = min(len(old), len(new))
        for place, (one, other) in enumerate(zip(old, new, strict=False), begin + 1):
            yield from _in_item(what, place, one, other)
        yield from (_item(what, place, item, None) for place, item in enumerate(old[paired:], start + paired + 1))
        yield from (_item(what, place, None, item) for place, item in enumerate(new[paired:], begin + paired + 1))


def _in_item(what: str, place: int, before: Any, after: Any) -> Iterator[Change]:
    """What changed within an item, part by part; its `text` is the item itself."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        yield _item(what, place, before, after)
        return
    for part in dict.fromkeys([*after, *before]):
        named = {} if part == "text" else {"part": part}
        for change in _differences(what, before.get(part), after.get(part)):
            yield {**change, "place": place, **named}


def _item(what: str, place: int, before: Any, after: Any) -> Change:
    return {"what": what, "place": place, "before": before, "after": after}
