"""`python -m anonymize.verify OUT --against SRC`: lines, pairs and exit status."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from anonymize.verify.__main__ import main, pairs
from tests.anonymize.leaks.finished import finished, written


def put(path: Path, seed: int = 1, **elements: object) -> Path:
    ds = finished(seed)
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(written(ds))
    return path


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_folder_that_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    put(tmp_path / "src/b/2.dcm", 5)
    put(tmp_path / "src/a/1.dcm", 6)
    put(tmp_path / "out/000001.dcm", 1)
    put(tmp_path / "out/000002.dcm", 2)
    assert main([str(tmp_path / "out"), "--against", str(tmp_path / "src")]) == 0
    found = lines(capsys)
    assert [line["index"] for line in found] == [1, 2]
    assert all(line["passed"] and line["against_source"] for line in found)


def test_a_leak_is_found_against_its_own_source_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    put(tmp_path / "src/a.dcm", 5, StationName="USR204")
    put(tmp_path / "src/b.dcm", 6)
    put(tmp_path / "out/000001.dcm", 1, ManufacturerModelName="USR204")
    put(tmp_path / "out/000002.dcm", 2, ManufacturerModelName="USR204")
    assert main([str(tmp_path / "out"), "--against", str(tmp_path / "src")]) == 3
    first, second = lines(capsys)
    assert [problem["code"] for problem in first["problems"]] == ["identity.element"]
    assert first["problems"][0]["where"] == "(0008,1090)"
    assert second["passed"]


def test_a_file_that_is_no_candidate(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "x.dcm").write_bytes(b"no")
    assert main([str(tmp_path / "x.dcm")]) == 3
    assert lines(capsys)[0]["problems"][0]["code"] == "file.broken"


def test_a_missing_source_is_our_fault(tmp_path: Path):
    out = put(tmp_path / "x.dcm")
    assert main([str(out), "--against", str(tmp_path / "absent.dcm")]) == 1


def test_pairs_by_kept_names(tmp_path: Path):
    source = put(tmp_path / "src/ward/loop.mp4")
    clean = put(tmp_path / "out/ward/loop.mp4.dcm")
    assert [(item.path, original) for item, original in pairs(tmp_path / "out", tmp_path / "src")] == [(clean, source)]


def test_a_file_whose_original_is_not_found_does_not_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    put(tmp_path / "src/a.dcm", 5)
    put(tmp_path / "out/000002.dcm", 1)
    assert main([str(tmp_path / "out"), "--against", str(tmp_path / "src")]) == 3
    (line,) = lines(capsys)
    assert (line["passed"], line["against_source"], line["code"]) == (False, False, "held.verifier")
    assert [problem["code"] for problem in line["problems"]] == ["file.no_source"]
    assert main([str(tmp_path / "out" / "000002.dcm"), "--against", str(tmp_path / "src" / "a.dcm")]) == 0


def test_a_pipe_is_not_waited_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "out").mkdir()
    os.mkfifo(tmp_path / "out/000001.dcm")
    assert main([str(tmp_path / "out")]) == 3
    assert [(line["code"], line["passed"]) for line in lines(capsys)] == [("refused.not_a_file", False)]


def test_nothing_to_look_at_is_our_fault(tmp_path: Path):
    assert main([str(tmp_path / "absent")]) == 1
