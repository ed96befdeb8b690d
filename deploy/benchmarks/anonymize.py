"""What cleaning costs, beside other tools and beside the least that has to be done. One core, CPU seconds.

    python -m deploy.benchmarks.anonymize [--only jpeg h264] [--runs 3] [--without-others]

Makes one phantom clip of 60 frames of 800 x 600 in each encoding, and measures in one run, each in a process of its
own: copy; read, touch every element and write by pydicom; decode, mask, encode; dicognito, dicom-anonymizer and
dcmanon, installed into a throw-away environment (they mask nothing); and the cleaner, through its sandbox. What a
program needs to start is measured on an empty folder and taken off. Of several runs the fastest counts.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from deploy.benchmarks import anonymize_clips as clips

OTHERS: Final = ("dicognito", "dicom-anonymizer", "dcmanon")
_DICOGNITO: Final = "import sys; from dicognito.__main__ import main; main(sys.argv[1:])"
_DCMANON: Final = (
    "import sys, pathlib, dcmanon; one = dcmanon.Anonymizer();"
    "[pathlib.Path(sys.argv[2], p.name).write_bytes(one.anonymize(str(p)))"
    " for p in sorted(pathlib.Path(sys.argv[1]).iterdir())]"
)
KEYS: Final = bytes(range(32))
ENVIRONMENT: Final = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(slots=True)
class Cost:
    """Of one folder."""

    cpu: float
    peak_mb: float = 0.0
    bytes_out: int = 0
    notes: dict[str, float] = field(default_factory=dict)
    verdict: str = ""


def ran(command: Sequence[str]) -> Cost:
    """CPU seconds and peak memory of a program with its children."""
    process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, verdict="" if not status else "failed")


def beside_start(command: Callable[[Path, Path], Sequence[str]], source: Path, runs: int) -> Cost:
    """The fastest run on a folder, less what the program needs for an empty one."""
    with tempfile.TemporaryDirectory() as scratch:
        empty, target = Path(scratch, "empty"), Path(scratch, "target")
        for folder in (empty, target):
            folder.mkdir()
        start = min(ran(command(empty, target)).cpu for _ in range(runs))
        best = min((ran(command(source, target)) for _ in range(runs)), key=lambda cost: cost.cpu)
        best.cpu = max(0.0, best.cpu - start)
        best.bytes_out = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    return best


def floor(way: str, source: Path, target: Path) -> list[str]:
    return [sys.executable, "-m", "deploy.benchmarks.anonymize_floors", way, str(source), str(target)]


def other(name: str, python: Path, source: Path, target: Path) -> list[str]:
    """The command line of another tool, or three lines of its library where it has none."""
    if name == "dicom-anonymizer":
        return [str(python.parent / name), str(source), str(target)]
    if name == "dicognito":
        return [
            str(python),
            "-c",
            _DICOGNITO,
            str(source),
            "-o",
            str(target),
            "-q",
            "--assume-burned-in-annotation",
            "never",
        ]
    return [str(python), "-c", _DCMANON, str(source), str(target)]


def install(folder: Path) -> Path:
    """The others in an environment that goes with the folder; returns its Python."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / "bin" / "python"
    subprocess.run([str(python), "-m", "pip", "-q", "install", *OTHERS], check=True)
    return python


def ours(job: str, source: Path, runs: int) -> Cost:
    """Through the sandbox, as the command line does it: time of jobs, parent and template, but not the start."""
    from anonymize.keying import SecretKeyer
    from anonymize.sandbox import Sandbox

    own = {name: f"deploy.benchmarks.anonymize_jobs:{name}" for name in ("timed", "header_only")}
    best = Cost(float("inf"))
    with Sandbox(jobs=own) as sandbox:
        sandbox.start()
        for _ in range(runs):
            cost, before = Cost(0.0), time.process_time() + _template(sandbox)
            for path in sorted(source.iterdir()):
                _one(sandbox, job, path, SecretKeyer(KEYS), cost)
            cost.cpu += time.process_time() + _template(sandbox) - before
            best = min(best, cost, key=lambda one: one.cpu)
    return best


def _template(sandbox: Any) -> float:
    """CPU seconds that the template has used so far, its jobs apart: it forks them and watches over them."""
    fields = Path(f"/proc/{sandbox.template_pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def _one(sandbox: Any, job: str, path: Path, keyer: Any, cost: Cost) -> None:
    result = os.memfd_create("clean")
    source = os.open(path, os.O_RDONLY)
    try:
        outcome = sandbox.run(job, source=source, outputs={"clean": result}, keyer=keyer)
        cost.cpu += outcome.cpu_seconds
        cost.peak_mb = max(cost.peak_mb, outcome.peak_bytes / 2**20)
        cost.bytes_out += os.fstat(result).st_size
        cost.notes, cost.verdict = outcome.result.get("seconds", {}), outcome.result.get("code", outcome.code)
    finally:
        os.close(source)
        os.close(result)


def row(name: str, folder: Path, python: Path | None, runs: int) -> str:
    """One line of the table."""
    source = folder / name
    size = sum(path.stat().st_size for path in source.iterdir())
    copied, touched, masked = (beside_start(partial(floor, way), source, runs) for way in ("copy", "header", "pixels"))
    others = [beside_start(partial(other, tool, python), source, runs) for tool in OTHERS] if python else []
    mine = ours("header_only" if name == "header only" else "timed", source, runs)
    least = touched if name == "header only" else masked
    beside = [f"{cost.cpu:.2f}{'!' if cost.verdict else ''}" for cost in others] or ["-"] * len(OTHERS)
    cells = [
        name,
        f"{size / 1e6:.1f}",
        *(f"{cost.cpu:.2f}" for cost in (copied, touched, masked)),
        *beside,
        f"{mine.cpu:.2f}",
        *(f"{mine.notes.get(part, 0):.2f}" for part in ("detector", "verifier")),
        f"{mine.notes.get('passes', 0):.0f}",
        f"{mine.cpu - mine.notes.get('detector', 0) - mine.notes.get('verifier', 0):.2f}",
        f"{(mine.cpu - mine.notes.get('verifier', 0)) / max(0.01, least.cpu):.1f}",
        f"{mine.peak_mb:.0f}",
        f"{mine.bytes_out / size:.2f}",
        mine.verdict,
    ]
    return " | ".join(cells)


HEAD: Final = (
    "clip | MB | copy | touch | mask floor | dicognito | dicom-anonymizer | dcmanon | ours | of it detector |"
    " verifier | looks | ours without both | ours without verifier / floor | peak MB | size ratio | verdict"
)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=("header only", *clips.NAMES, "raw cine"))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--without-others", action="store_true")
    parser.add_argument("--python", type=Path, help="of an environment in which the others are installed already")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        if (pid := os.fork()) == 0:  # else the clips' memory would count as this process's, and as its children's
            clips.make(folder / "clips")
            os._exit(0)
        if os.waitpid(pid, 0)[1]:
            raise SystemExit("the clips could not be made")
        python = None if given.without_others else given.python or install(folder / "others")
        print(HEAD)
        for name in given.only or ("header only", *clips.NAMES, "raw cine"):
            print(row(name, folder / "clips", python, given.runs), flush=True)
            shutil.rmtree(folder / "clips" / name)


if __name__ == "__main__":
    main()
