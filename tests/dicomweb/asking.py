"""Studies that are found by their numbers alone, and how a test asks for them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.test import Client

from imagebank.catalog.models import Clip, Header
from tests.factories import World

STUDY, SERIES, INSTANCE = "0020000D", "0020000E", "00080018"
ELEMENTS = {
    "00280100": {"vr": "US", "Value": [8]},
    "00181030": {"vr": "LO", "Value": ["Lung"]},
    "0008103E": {"vr": "LO", "Value": ["Right"]},
}


def clip(world: World, study: str, series: str = "", number: int = 1, **fields: Any) -> Clip:
    """A private clip with a header; no bytes of DICOM are read by a search."""
    row = world.stored(**fields)
    row.study_uid, row.series_uid = study, series or f"{study}.1"
    row.sop_instance_uid = f"{row.series_uid}.{number}"
    row.save()
    dicom = row.renditions.get(role="dicom")
    Header.objects.update_or_create(
        clip=row,
        defaults={
            "sha256": dicom.sha256, "transfer_syntax": "1.2.840.10008.1.2.1", "series_number": 7,
            "instance_number": number, "elements": ELEMENTS, "pixels": {"vr": "OB", "coded": False, "frames": []},
        },
    )  # fmt: skip
    return row


def shown(world: World, study: str, *places: Any, **fields: Any) -> Clip:
    row = clip(world, study, *places, **fields)
    world.published(row)
    return row


def ask(client: Client, path: str, **query: Any) -> Any:
    return client.get(f"/dicomweb/{path}?{urlencode(query, doseq=True)}")


def uids(answer: Any, tag: str = STUDY) -> list[str]:
    return [each[tag]["Value"][0] for each in json.loads(answer.content)] if answer.status_code == 200 else []
