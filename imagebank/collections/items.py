"""The items of a version in work: which cases and clips, in which order, with what said of each."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from imagebank.catalog.models import Clip
from imagebank.catalog.names import repeats_name
from imagebank.catalog.search.visible import visible_to
from imagebank.catalog.text import clean_texts
from imagebank.core.actor import Actor
from imagebank.core.errors import Invalid

from .models import Item, Version

MOST: Final = 200
FULL: Final = _("A collection holds at most %(n)s cases.")
NAMED: Final = _(
    "This may identify a patient: it holds a name that stood in a file of this collection. Please rephrase."
)
NOT_SEEN: Final = _("A case is not published, or not for you, or the clip is not in it.")
TWICE: Final = _("A case or clip stands here already.")
FRAME: Final = _("Frames count from 1 and lie within the clip.")
Entry = Mapping[str, Any]


def set_items(actor: Actor, version: Version, entries: Sequence[Entry]) -> None:
    """Make the entries the items, in their order: {case, clip?, note?, start_frame?, hide?}.

    One that stands there already keeps its id, its note and the rest where the entry says nothing of it, and stays even
    when the actor no longer sees its case: it is a gap then.
    """
    standing = {(item.case_id, item.clip_id): item for item in version.items.all()}
    wanted = [_keyed(entry) for entry in entries]
    if len(wanted) > MOST:
        raise Invalid(errors={"items": gettext(FULL) % {"n": MOST}})
    keys = [key for key, _entry in wanted]
    if len(set(keys)) != len(keys):
        raise Invalid(errors={"items": gettext(TWICE)})
    frames = _frames_of(actor, [key for key in keys if key not in standing or _says_frame(dict(wanted)[key])])
    _check_new(keys, standing, frames)
    rows = [_row(version, place, key, entry, standing.get(key), frames) for place, (key, entry) in enumerate(wanted, 1)]
    version.items.exclude(pk__in=[row.pk for row in rows]).delete()
    Item.objects.bulk_create([row for row in rows if row._state.adding])
    known = [row for row in rows if (row.case_id, row.clip_id) in standing]
    Item.objects.bulk_update(known, ["position", "note", "start_frame", "hide"])
    refuse_names(version)


def entries_of(version: Version) -> dict[uuid.UUID, dict[str, Any]]:
    """The items by their ids, in their order, as `set_items` takes them; each entry says only what it is."""
    return {item.pk: {"case": item.case_id, "clip": item.clip_id} for item in version.items.all()}


def refuse_names(version: Version) -> None:
    """Invalid when a text of the version repeats a name that stood in a file of its cases (privacy.md 12)."""
    items = list(version.items.all())
    clips = Clip.objects.filter(case__in=[item.case_id for item in items]).exclude(name_keys=[])
    told = [version.title, version.description, *(item.note for item in items)]
    if repeats_name(clips, " ".join([version.credit, *(text for texts in told for text in texts.values())])):
        raise Invalid(errors={"text": gettext(NAMED)})


def _keyed(entry: Entry) -> tuple[tuple[uuid.UUID, uuid.UUID | None], Entry]:
    try:
        case = uuid.UUID(str(entry["case"]))
        clip = uuid.UUID(str(entry["clip"])) if entry.get("clip") else None
    except (KeyError, ValueError):
        raise Invalid(errors={"items": gettext(NOT_SEEN)}) from None
    return (case, clip), entry


def _says_frame(entry: Entry) -> bool:
    return entry.get("start_frame") is not None


Key = tuple[uuid.UUID, uuid.UUID | None]


def _frames_of(actor: Actor, keys: Iterable[Key]) -> dict[Key, int]:
    """Frames of the clip of each key that the actor sees; of a case, those of its first clip."""
    wanted = list(keys)
    rows = visible_to(actor).filter(case_id__in={case for case, _clip in wanted})
    clips = {case: document["clips"] for case, document in rows.values_list("case_id", "document")}
    found: dict[Key, int] = {}
    for case, clip in wanted:
        shown = [c for c in clips.get(case, ()) if clip is None or c["id"] == str(clip)]
        if shown:
            found[case, clip] = int(shown[0].get("frames") or 1)
    return found


def _check_new(keys: Iterable[Key], standing: Mapping[Key, Item], frames: Mapping[Key, int]) -> None:
    if any(key not in standing and key not in frames for key in keys):
        raise Invalid(errors={"items": gettext(NOT_SEEN)})


def _row(version: Version, place: int, key: Key, entry: Entry, row: Item | None, frames: Mapping[Key, int]) -> Item:
    row = row or Item(version=version, case_id=key[0], clip_id=key[1])
    row.position = place
    if "note" in entry:
        row.note = clean_texts("note", entry["note"] or {})
    if "start_frame" in entry:
        row.start_frame = _frame(entry["start_frame"], frames.get(key))
    if "hide" in entry:
        row.hide = bool(entry["hide"])
    return row


def _frame(said: Any, last: int | None) -> int | None:
    if said in (None, ""):
        return None
    if isinstance(said, bool) or not isinstance(said, int) or not 1 <= said <= (last or 0):
        raise Invalid(errors={"start_frame": gettext(FRAME)})
    return said
