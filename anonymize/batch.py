"""Files of a folder, one after the other or several at once, each in its own sandboxed child."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from anonymize import codes
from anonymize.keying import Keyer
from anonymize.policy import Policy
from anonymize.report import Report
from anonymize.sandbox import Outcome, Sandbox

Names = Literal["neutral", "keep"]
_DICOM_SUFFIXES: Final = frozenset((".dcm", ".dicom", ".ima"))


@dataclass(frozen=True, slots=True)
class Item:
    """One file to clean."""

    index: int
    """From 1, in sorted order of relative paths."""
    path: Path
    relative: str
    output: str


@dataclass(frozen=True, slots=True)
class Done:
    """One file that was cleaned, or not."""

    item: Item
    report: Report

    def line(self) -> dict[str, Any]:
        """The line of the report file: it names the output, never the source."""
        output = self.item.output if self.report.verdict == "clean" else None
        return {"index": self.item.index, "output": output, **self.report.as_json()}


def plan(source: Path, names: Names) -> list[Item]:
    """The files of a file or folder tree in sorted order, links to folders left out."""
    found = (
        [source] if source.is_file() else sorted(_walk(source), key=lambda path: path.relative_to(source).as_posix())
    )
    root = source.parent if source.is_file() else source
    relatives = [path.relative_to(root).as_posix() for path in found]
    kept = _kept_names(relatives)
    return [
        Item(index, path, relative, kept[relative] if names == "keep" else f"{index:06d}.dcm")
        for index, (path, relative) in enumerate(zip(found, relatives, strict=True), 1)
    ]


def _walk(folder: Path) -> Iterator[Path]:
    for root, _, files in os.walk(folder):
        for name in files:
            path = Path(root, name)
            if path.is_file():
                yield path


def _kept_names(relatives: list[str]) -> dict[str, str]:
    """Relative name, `.dcm` added to what was not DICOM; two that meet get a number."""
    taken: set[str] = set()
    result = {}
    for relative in relatives:
        name = relative if Path(relative).suffix.lower() in _DICOM_SUFFIXES else f"{relative}.dcm"
        stem, number = name.removesuffix(".dcm"), 1
        while name in taken:
            number += 1
            name = f"{stem}-{number}.dcm"
        taken.add(name)
        result[relative] = name
    return result


def clean_all(items: list[Item], target: Path, policy: Policy, keyer: Keyer, jobs: int) -> Iterator[Done]:
    """Clean each item into `target`, in order; only verified results are put there."""
    with Sandbox(policy.limits) as sandbox, ThreadPoolExecutor(jobs) as pool:
        sandbox.start()
        yield from pool.map(lambda item: clean_one(sandbox, item, target, policy, keyer), items)


def clean_one(sandbox: Sandbox, item: Item, target: Path, policy: Policy, keyer: Keyer) -> Done:
    """One file; what cannot be opened is our own fault and its report says so."""
    result = os.memfd_create("clean")
    try:
        source = os.open(item.path, os.O_RDONLY)
        try:
            request = {"policy": policy.as_json()}
            outcome = sandbox.run("clean", source=source, outputs={"clean": result}, request=request, keyer=keyer)
            report = report_of(outcome, os.fstat(source).st_size)
        finally:
            os.close(source)
        if report.verdict == "clean":
            _put(result, target / item.output)
    except OSError as error:
        report = _report("failed.exception", {"error": type(error).__name__})
    finally:
        os.close(result)
    return Done(item, report)


def report_of(outcome: Outcome, bytes_in: int = 0) -> Report:
    """The report that the job gave, or one that says how the job ended."""
    if "verdict" in outcome.result:
        return Report.from_json(outcome.result)
    report = _report(outcome.code, outcome.detail)
    report.seconds, report.bytes_in = outcome.seconds, bytes_in
    return report


def _report(code: str, detail: dict[str, Any]) -> Report:
    return Report(verdict=codes.verdict(code), code=code, sentence=codes.sentence(code), detail=detail)


def _put(result: int, path: Path) -> None:
    """Whole or not at all: under a hidden name first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    os.lseek(result, 0, os.SEEK_SET)
    with open(result, "rb", closefd=False) as source, part.open("wb") as copy:
        shutil.copyfileobj(source, copy, 1 << 20)
    part.replace(path)
