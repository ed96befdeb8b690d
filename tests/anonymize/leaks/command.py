"""The command line on a planted tree, as somebody outside would run it, and what came out of it, judged."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.anonymize.leaks.judge import Judged, judge
from tests.anonymize.leaks.tree import plant_tree


def run(source: Path, target: Path, jobs: int) -> tuple[list[dict[str, Any]], str]:
    """The command; the lines of its report, and all that it told."""
    report = target / "report.json"
    command = [
        sys.executable, "-m", "anonymize", str(source), str(target / "clean"), "--report", str(report),
        "--dates", "shift", "--jobs", str(jobs),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    names = "\n".join(path.name for path in (target / "clean").rglob("*"))
    text = report.read_text()
    return [json.loads(line) for line in text.splitlines()], f"{names}\n{text}\n{done.stdout}\n{done.stderr}"


def through(folder: Path, seed: int, count: int, *, jobs: int = 1, most_rows: int = 2000) -> tuple[Judged, float]:
    """One seed; the seconds that the command took."""
    given = plant_tree(folder / "source", seed, count, most_rows)
    given.sort(key=lambda one: one.path)
    began = time.monotonic()
    lines, told = run(folder / "source", folder, jobs)
    seconds = time.monotonic() - began
    return judge(given, lines, _outputs(folder / "clean", lines), told), seconds


def _outputs(folder: Path, lines: list[dict[str, Any]]) -> dict[int, bytes]:
    """Bytes of the clean files by their place in the report."""
    return {n: (folder / line["output"]).read_bytes() for n, line in enumerate(lines) if line["output"]}
