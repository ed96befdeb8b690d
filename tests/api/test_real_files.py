"""Real files of many devices through REST: each ends in a named verdict, and its answers name nobody."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pydicom
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from anonymize.codes import verdict
from anonymize.parsing import quiet
from imagebank.intake import pipeline
from imagebank.intake.models import Original
from tests.factories import World, bearer, make_token

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "ultrasound"
IDENTIFYING = (
    "PatientName", "PatientID", "InstitutionName", "StationName", "AccessionNumber", "PhysiciansOfRecord",
    "ReferringPhysicianName", "OperatorsName", "SOPInstanceUID", "StudyInstanceUID", "PatientBirthDate",
)  # fmt: skip
ENDS = {"clean": "awaiting_confirmation", "held": "held", "refused": "refused", "failed": "failed"}


def files() -> list[Path]:
    if not (DATA / "manifest.csv").exists():
        return []
    with (DATA / "manifest.csv").open() as handle:
        return [DATA / row["file"] for row in csv.DictReader(handle)]


def identifiers(path: Path) -> list[str]:
    """Values of the header that are long enough to be looked for."""
    if path.suffix != ".dcm":
        return []
    with quiet():
        header = pydicom.dcmread(path, stop_before_pixels=True, force=True)
        values = [str(getattr(header, name, "")) for name in IDENTIFYING]
    return [value for value in values if len(value) > 3]


@pytest.mark.long
@pytest.mark.skipif(not files(), reason="the real files do not lie beside this checkout")
@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_a_real_file_ends_in_a_named_verdict(world: World, path: Path) -> None:
    client = bearer(make_token(world.service, "deposit", "read"))
    sent = SimpleUploadedFile(path.name, path.read_bytes())
    answer: Any = client.post("/api/v1/deposits/", {"file": sent})
    assert answer.status_code == 201
    row = Original.objects.get()
    if row.state == "received":
        pipeline.process(row.pk)
    told = client.get(f"/api/v1/deposits/{answer.json()['id']}/")
    (shown,) = told.json()["originals"]
    assert shown["state"] == ENDS[verdict(shown["code"])]
    assert shown["state"] != "failed"
    assert shown["reason"]
    text = told.content.decode()
    assert not [value for value in [*identifiers(path), path.stem] if value in text]
