"""The second look on real ultrasound files as they came: each is full of what must not pass."""

from __future__ import annotations

from pathlib import Path

import pydicom
import pytest

from anonymize.parsing import quiet
from anonymize.policy import Limits
from anonymize.verify import Identifiers, verify

FOLDER = Path(__file__).parents[3] / "shared/data/ultrasound"
FILES = sorted(FOLDER.glob("*.dcm"))
pytestmark = pytest.mark.skipif(not FILES, reason="the real files are not beside the checkout")
IDENTIFYING = ("PatientName", "PatientID", "AccessionNumber", "InstitutionName", "StationName", "DeviceSerialNumber")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_as_it_came_does_not_pass(path: Path):
    with path.open("rb") as file:
        codes = {problem.code for problem in verify(file, file, pixels=False)}
    assert "flag.identity_removed" in codes
    assert codes & {"element.unknown", "element.private", "element.value"}
    assert codes & {"identity.bytes", "identity.element"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_identifies_is_gathered(path: Path):
    with path.open("rb") as file, quiet():
        found = Identifiers.from_file(file, Limits())
        dataset = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=[*IDENTIFYING, "StudyInstanceUID"])
    for keyword in IDENTIFYING:
        value = str(dataset.get(keyword, "")).strip().casefold()
        if len(set(value.replace("-", ""))) > 1 and len(value.replace("^", "")) > 3 and "anonym" not in value:
            assert value in found.names(), keyword
    assert dataset.StudyInstanceUID in found.uids
