"""`anonymize.clean` and `anonymize.verify` as other programs call them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pydicom
import pytest

import anonymize
from anonymize.errors import Refused
from tests.anonymize import make

SECRET = b"s" * 40


@pytest.fixture(scope="module")
def sandbox() -> Iterator[anonymize.Sandbox]:
    with anonymize.Sandbox() as running:
        yield running


def test_a_path_is_cleaned_and_looked_at_again(sandbox: anonymize.Sandbox, tmp_path: Path) -> None:
    source, target = tmp_path / "Doe.dcm", tmp_path / "deep" / "clean.dcm"
    source.write_bytes(make.file(seed=3))
    report = anonymize.clean(source, target, anonymize.Policy(dates="shift"), secret=SECRET, sandbox=sandbox)
    assert isinstance(report, anonymize.Report)
    assert (report.verdict, report.bytes_out) == ("clean", target.stat().st_size)
    assert pydicom.dcmread(target).LongitudinalTemporalInformationModified == "MODIFIED"
    assert anonymize.verify(target, source, sandbox=sandbox) == []
    spoilt = pydicom.dcmread(target)
    spoilt.InstitutionName = "Anywhere"
    spoilt.save_as(target)
    assert {problem.code for problem in anonymize.verify(target, sandbox=sandbox)} == {"element.unknown"}


def test_open_files_and_one_secret_for_many(sandbox: anonymize.Sandbox) -> None:
    source, targets = io.BytesIO(make.file(seed=4)), [io.BytesIO(), io.BytesIO()]
    source.seek(100)  # read from its start all the same
    for target in targets:
        assert anonymize.clean(source, target, secret=SECRET, sandbox=sandbox).verdict == "clean"
    assert targets[0].getvalue() == targets[1].getvalue() != b""


def test_what_is_not_clean_leaves_the_target_alone(sandbox: anonymize.Sandbox, tmp_path: Path) -> None:
    target = tmp_path / "clean.dcm"
    report = anonymize.clean(io.BytesIO(b"junk"), target, sandbox=sandbox)
    assert (report.code, target.exists()) == ("refused.not_an_image", False)
    policy = anonymize.Policy(limits=anonymize.Limits(frames=2))
    report = anonymize.clean(io.BytesIO(make.file()), target, policy, sandbox=sandbox)
    assert (report.code, report.detail["limit"], target.exists()) == ("refused.limit_frames", 2, False)


def test_faults_of_the_caller_are_raised(sandbox: anonymize.Sandbox, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        anonymize.clean(tmp_path / "absent", tmp_path / "clean.dcm", sandbox=sandbox)
    with pytest.raises(ValueError, match="32 bytes"):
        anonymize.clean(io.BytesIO(make.file()), tmp_path / "clean.dcm", secret=b"short", sandbox=sandbox)
    with pytest.raises(Refused):
        anonymize.verify(io.BytesIO(make.file()), io.BytesIO(b"junk"), sandbox=sandbox)
    with pytest.raises(AttributeError):
        anonymize.absent  # noqa: B018
