"""The command line: names, report, exit status, secrets, and the jobs that the service uses beside `clean`."""

from __future__ import annotations

import io
import json
import os
import re
import socket
import stat
import subprocess
import sys
from argparse import ArgumentTypeError
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pydicom
import pytest

from anonymize.__main__ import limit_of
from anonymize.errors import Refused
from anonymize.keying import SecretKeyer
from anonymize.policy import Policy
from anonymize.sandbox import Outcome, Sandbox
from anonymize.sandbox.jobs import RemoteKeyer
from anonymize.sandbox.wire import MOST_VALUES, Inbox
from tests.anonymize import make

ROOT = Path(__file__).resolve().parents[2]
SECRET = "s" * 40
SCHEMA = json.loads((ROOT / "anonymize" / "report.schema.json").read_text())


First = tuple[Path, subprocess.CompletedProcess[str]]
"""Folder of the results, and the command that made them."""


def run(*arguments: object, secret: str | None = SECRET) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"]} | ({"ANONYMIZE_SECRET": secret} if secret else {})
    command = [sys.executable, "-m", "anonymize", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=200)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two clean clips of one study, a text, a broken clip, a pipe and a link, under names that tell too much."""
    root = tmp_path_factory.mktemp("Jane Doe")
    (root / "DOE^JANE").mkdir()
    (root / "DOE^JANE" / "b.dcm").write_bytes(make.file(seed=5))
    (root / "DOE^JANE" / "a clip").write_bytes(make.file(make.JPEG, seed=5))
    (root / "notes of Dr Doe.txt").write_text("not a clip")
    (root / "short.dcm").write_bytes(make.file()[:5_000])
    os.mkfifo(root / "z pipe of Doe")
    (root / "zz Doe").symlink_to(__file__)
    return root


@pytest.fixture(scope="module")
def first(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> First:
    out = tmp_path_factory.mktemp("out")
    files = ["--report", out / "report.json", "--map", out / "map.json", "--html", out / "page.html"]
    return out, run(folder, out / "clean", *files, "--jobs", "2")


def test_files_get_neutral_names_in_sorted_order(first: First) -> None:
    out, done = first
    assert done.returncode == 3, done.stderr
    assert done.stdout == "2 clean, 4 refused\n"
    assert sorted(path.name for path in (out / "clean").iterdir()) == ["000001.dcm", "000002.dcm"]


def test_the_report_has_a_line_per_file_and_no_name(first: First) -> None:
    out, done = first
    text = (out / "report.json").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert [line["index"] for line in lines] == [1, 2, 3, 4, 5, 6]
    assert [line["output"] for line in lines] == ["000001.dcm", "000002.dcm", None, None, None, None]
    refused = ["refused.not_an_image", "refused.pixels_short", "refused.not_a_file", "refused.link"]
    assert [line["code"] for line in lines] == ["clean", "clean", *refused]
    assert lines[0]["verifier"]["passed"] and lines[0]["removed"]["name"] and lines[0]["bytes_out"] > 1000
    hidden = ["DOE", "Doe", "a clip", "notes", *_planted()]
    assert not [word for word in hidden if word in text + done.stdout + done.stderr]


def test_the_report_keeps_to_its_schema(first: First) -> None:
    lines = [json.loads(line) for line in (first[0] / "report.json").read_text().splitlines()]
    validator = jsonschema.Draft202012Validator(SCHEMA)
    assert len(lines) == 6
    assert [error.message for line in lines for error in validator.iter_errors(line)] == []
    spoilt = lines[0] | {"output": "DOE^JANE.dcm", "source": "a", "removed": {"Doe": 1}}
    assert len(list(validator.iter_errors(spoilt))) == 3


def test_the_page_of_a_batch_tells_what_happened_and_no_name(first: First) -> None:
    page = (first[0] / "page.html").read_text()
    assert "De-identification of 6 files" in page
    assert '<li class="clean"><b>2</b> clean</li><li class="refused"><b>4</b> refused</li>' in page
    assert "Names of persons" in page and "The picture data are shorter than the header says." in page
    assert page.count("<article") == 6
    assert page.count("<svg viewBox") == page.count("data:image/webp") == 2  # a drawing before, a picture after
    told = re.sub(r"base64,[^\"]+", "", page)
    assert not [word for word in ["DOE", "Doe", "a clip", "notes", *_planted()] if word in told]
    assert "<script" not in page and "http://" not in page and "https://" not in page


def test_the_map_is_for_the_owner_alone(first: First) -> None:
    path = first[0] / "map.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text())["DOE^JANE/b.dcm"] == "000002.dcm"


def test_results_are_clean_objects_that_hold_together(first: First) -> None:
    one, two = (pydicom.dcmread(first[0] / "clean" / f"00000{number}.dcm") for number in (1, 2))
    assert one.StudyInstanceUID == two.StudyInstanceUID == SecretKeyer(SECRET.encode()).key("uid", [_study()])[0]
    assert one.PatientID == two.PatientID != ""
    assert (one.PatientIdentityRemoved, one.BurnedInAnnotation) == ("YES", "NO")
    assert [item.CodeValue for item in one.DeidentificationMethodCodeSequence] == [
        *("113100", "113101", "113105", "113108", "113109"),
    ]
    assert one.preamble == bytes(128)
    assert one.file_meta.TransferSyntaxUID == make.JPEG
    assert (one.NumberOfFrames, one.Rows, one.FrameIncrementPointer) == (3, make.ROWS, 0x00181063)


def _study() -> str:
    return str(make.identified(make.Planted(5)).StudyInstanceUID)


def test_nothing_planted_is_in_any_output(first: First) -> None:
    for path in (first[0] / "clean").iterdir():
        data = path.read_bytes()
        assert not [value for value in _planted() if value.encode() in data]


def _planted() -> list[str]:
    planted = make.Planted(5)
    make.file(planted=planted)
    return planted.all()


def test_one_file_with_its_name_kept_and_dates_shifted(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET + "\n")
    report = tmp_path / "report.json"
    done = run(
        folder / "DOE^JANE" / "a clip", tmp_path / "out", "--names", "keep", "--dates", "shift",
        "--secret-file", secret, "--report", report, "--html", tmp_path / "page", "--with-originals",
        secret=None,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "1 clean\n")
    found = pydicom.dcmread(tmp_path / "out" / "a clip.dcm")
    assert found.StudyDate and found.StudyDate != "20190417"
    assert found.LongitudinalTemporalInformationModified == "MODIFIED"
    assert found.StudyInstanceUID == SecretKeyer(SECRET.encode()).key("uid", [_study()])[0]
    assert json.loads(report.read_text())["output"] is None  # a kept name is the source's
    assert "keep it as private as the originals" in (tmp_path / "page" / "index.html").read_text()
    pictures = sorted(path.name for path in (tmp_path / "page" / "pictures").iterdir())
    assert pictures == ["000001-after.webp", "000001-before.webp"]


def test_a_limit_is_set_and_named(folder: Path, tmp_path: Path) -> None:
    done = run(folder / "DOE^JANE" / "b.dcm", tmp_path / "out", "--limit", "frames=2")
    assert done.returncode == 3
    assert done.stderr == "000001: refused: The clip has more frames than the limit. (refused.limit_frames, limit 2)\n"
    for wrong in ("fame=2", "frames=0", "cpu_seconds=-5", "wall_seconds=nan", "wall_seconds=inf", "frames=1.5"):
        with pytest.raises(ArgumentTypeError, match=r"above 0, NAME one of .*wall_seconds"):
            limit_of(wrong)
    assert limit_of("wall_seconds=2") == ("wall_seconds", 2.0)


def test_an_error_of_the_system_names_no_file(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "Jane Doe").write_text("in the way")
    done = run(folder / "DOE^JANE" / "b.dcm", tmp_path / "Jane Doe")
    assert (done.returncode, done.stderr) == (1, "anonymize: File exists\n")


def test_a_short_secret_is_our_own_fault(folder: Path, tmp_path: Path) -> None:
    done = run(folder, tmp_path, secret="short")
    assert done.returncode == 1
    assert "32 bytes" in done.stderr


def test_without_a_secret_a_fresh_one_is_used(folder: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert run(folder / "DOE^JANE" / "b.dcm", tmp_path / name, secret=None).returncode == 0
    one, two = (pydicom.dcmread(tmp_path / name / "000001.dcm", stop_before_pixels=True) for name in ("one", "two"))
    assert one.SOPInstanceUID != two.SOPInstanceUID


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as made:
        yield made


def job(sandbox: Sandbox, name: str, data: bytes, **request: Any) -> tuple[Outcome, bytes, bytes]:
    """Outcome, clean object and picture before."""
    source, clean, before = (os.memfd_create(name) for name in ("source", "clean", "before"))
    try:
        os.write(source, data)
        outputs = {"clean": clean, "before": before}
        outcome = sandbox.run(name, source=source, outputs=outputs, request=request, keyer=SecretKeyer(SECRET.encode()))
        return outcome, os.pread(clean, 1 << 26, 0), os.pread(before, 1 << 26, 0)
    finally:
        for fd in (source, clean, before):
            os.close(fd)


def test_peek_clean_attest_verify(sandbox: Sandbox) -> None:
    data = make.file(make.RLE)
    peeked, _, _ = job(sandbox, "peek", data)
    cleaned, candidate, before = job(sandbox, "clean", data)
    assert cleaned.code == "clean"
    assert before[8:12] == b"WEBP"
    for name in ("study_uid", "series_uid", "sop_instance_uid", "patient"):
        assert peeked.result[name] == cleaned.result["keys"][name]
    answer = Policy(visible_features="NO").as_json()
    attested, final, _ = job(sandbox, "attest", candidate, policy=answer)
    assert attested.code == "clean"
    assert attested.result["pixels_before"] == attested.result["pixels_after"]
    was, now = (pydicom.dcmread(io.BytesIO(one)) for one in (candidate, final))
    assert "RecognizableVisualFeatures" not in was
    assert now.RecognizableVisualFeatures == "NO"
    del now.RecognizableVisualFeatures
    assert now == was
    assert job(sandbox, "verify", final)[0].result == {"problems": [], "code": "clean"}


def test_verify_tells_what_is_wrong_with_a_candidate(sandbox: Sandbox) -> None:
    _, candidate, _ = job(sandbox, "clean", make.file())
    spoilt = pydicom.dcmread(io.BytesIO(candidate))
    spoilt.PatientName = "Doe^Jane"
    out = io.BytesIO()
    spoilt.save_as(out)
    outcome, _, _ = job(sandbox, "verify", out.getvalue())
    assert outcome.code == "held.verifier"
    assert outcome.result["problems"]


def test_a_held_file_has_its_picture_but_no_object(sandbox: Sandbox) -> None:
    ds = make.picture(make.identified(make.Planted(1)), make.frames(3))
    ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.7.4"
    outcome, candidate, before = job(sandbox, "clean", make.write(ds))
    assert outcome.code == "held.secondary_capture"
    assert outcome.result["keys"]["sop_instance_uid"]
    assert candidate == b""
    assert before[8:12] == b"WEBP"


def test_identifiers_longer_than_any_device_writes_are_keyed_all_the_same(sandbox: Sandbox) -> None:
    keyed = set()
    for end in "12":
        ds = make.identified(make.Planted(1))
        ds.add(pydicom.DataElement(0x0020000D, "UT", "1" * 9_000 + end))  # under UI it could not even be written
        peeked, _, _ = job(sandbox, "peek", make.write(make.picture(ds, make.frames(3))))
        assert peeked.code == "clean"
        keyed.add(peeked.result["study_uid"])
    assert len(keyed) == 2 and "" not in keyed


def test_more_identifiers_than_the_parent_takes_are_refused_by_name() -> None:
    line, other = socket.socketpair()
    with line, other, pytest.raises(Refused, match="limit_elements") as refused:
        RemoteKeyer(line, Inbox()).key("uid", [str(number) for number in range(MOST_VALUES + 1)])
    assert refused.value.detail == {"limit": MOST_VALUES}


def test_a_child_cannot_stop_its_parent_by_half_a_character() -> None:
    (keyed,) = SecretKeyer(SECRET.encode()).key("uid", ["\ud800"])
    assert keyed.startswith("2.25.")
