"""The drafts that come with the product: version 1 of each indication that has no sheet yet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from imagebank.core.actor import SYSTEM
from imagebank.core.audit import record
from imagebank.core.revisions import keep
from imagebank.vocabulary.tables import DATA, read_tables

from .document import PICKED, PLAIN, cleaned
from .models import Edit, SheetVersion

REASON: Final = "drafts of the product"


@transaction.atomic
def load_drafts(*, folder: Path = DATA) -> int:
    """Make what is missing, and leave alone what people have begun to edit; returns how many were made."""
    there = set(SheetVersion.objects.values_list("indication_id", flat=True))
    sheets = [sheet for sheet in read_tables(folder).sheets["sheets"] if sheet["indication"] not in there]
    for sheet in sheets:
        document = cleaned(sheet["indication"], _document(sheet))
        version = SheetVersion.objects.create(indication_id=sheet["indication"], number=1, document=document)
        keep(Edit.objects.filter(version=version), SYSTEM, document, reason=REASON, version=version)
        record(SYSTEM, "create", version, action="C")
    return len(sheets)


def _document(sheet: Mapping[str, Any]) -> dict[str, Any]:
    """A sheet of practice_sheets.yaml, which is in English alone."""
    return {
        "title": {"en": sheet["title"]},
        "question": {"en": sheet["question"]},
        "views": sheet["views"],
        "sources": sheet["sources"],
        **{name: [{"text": {"en": text}} for text in sheet[name]] for name in PLAIN},
        "findings": [{**_tagged(item), **dict.fromkeys(PICKED)} for item in sheet["look_for"]],
        "pitfalls": [_tagged(item) for item in sheet["pitfalls"]],
    }


def _tagged(item: Mapping[str, str]) -> dict[str, Any]:
    return {"finding": item.get("finding"), "text": {"en": item["text"]}}
