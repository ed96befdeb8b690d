"""Files of a folder, one after the other or several at once, each in its own sandboxed child."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal, NoReturn

from anonymize import library
from anonymize.keying import Keyer
from anonymize.policy import Policy
from anonymize.report import Report
from anonymize.sandbox import Sandbox

Names = Literal["neutral", "keep"]
_LARGEST_PICTURE: Final = 16 << 20
_DICOM_SUFFIXES: Final = frozenset((".dcm", ".dicom", ".ima"))


@dataclass(frozen=True, slots=True)
class Item:
    """One file to clean."""

    index: int
    """From 1, in sorted order of relative paths."""
    path: Path
    relative: str
    output: str
    neutral: bool = True
    """False when the output is named after the source, or by the caller."""
    refusal: str = ""
    """Code of what is not opened at all."""


@dataclass(frozen=True, slots=True)
class Done:
    """One file that was cleaned, or not."""

    item: Item
    report: Report
    pictures: dict[str, bytes] = field(default_factory=dict)
    """WebP of the picture `before` and `after`, as far as they were asked for."""

    def line(self) -> dict[str, Any]:
        """The line of the report file: it names a neutral output, never the source nor what was named after it."""
        output = self.item.output if self.report.verdict == "clean" and self.item.neutral else None
        return {"index": self.item.index, "output": output, **self.report.as_json()}


def plan(source: Path, names: Names, *, follow_links: bool = False) -> list[Item]:
    """All that lies in a file or folder tree, in sorted order; what is no file, or a link out of it, has its refusal.

    `follow_links`: read what links to files lead to, wherever that lies; links to folders are never followed.
    Raises OSError for a folder that cannot be read.
    """
    if source.is_dir():
        root, inside = source, source.resolve()
        found = sorted(_walk(source), key=lambda path: path.relative_to(source).as_posix())
    else:
        root, inside, found = source.parent, source.resolve(), [source]
    relatives = [path.relative_to(root).as_posix() for path in found]
    kept = _kept_names(relatives)
    return [
        Item(
            index,
            path,
            relative,
            kept[relative] if names == "keep" else f"{index:06d}.dcm",
            names == "neutral",
            _refusal(path, None if follow_links else inside),
        )
        for index, (path, relative) in enumerate(zip(found, relatives, strict=True), 1)
    ]


def _walk(folder: Path) -> Iterator[Path]:
    """Files, links to folders, and whatever else is no folder."""
    for root, folders, files in os.walk(folder, onerror=_raise):
        yield from (Path(root, name) for name in files)
        yield from (path for name in folders if (path := Path(root, name)).is_symlink())


def _raise(error: OSError) -> NoReturn:
    raise error


def _refusal(path: Path, inside: Path | None) -> str:
    """`inside`: where a link has to lead; anywhere when None."""
    if path.is_symlink() and not (path.is_file() and (inside is None or path.resolve().is_relative_to(inside))):
        return "refused.link"
    return "" if path.is_file() else "refused.not_a_file"


def aim(items: list[Item], source: Path, target: Path) -> tuple[Path, list[Item]]:
    """The folder for the clean files, and the items: one file goes to the very name that is given, if that is DICOM's.

    Raises ValueError when a clean file would lie among the sources, or take the place of one.
    """
    if not source.is_dir() and not target.is_dir() and target.suffix.lower() in _DICOM_SUFFIXES:
        target, items = target.parent, [replace(item, output=target.name, neutral=False) for item in items]
    if any(within(target / item.output, source) for item in items):
        raise ValueError("DST lies in SRC: the clean files would mix with the originals")
    return target, items


def within(path: Path, source: Path) -> bool:
    """Is it the source, or in it?"""
    return path.resolve().is_relative_to(source.resolve())


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


def clean_all(
    items: list[Item], target: Path, policy: Policy, keyer: Keyer, jobs: int, pictures: tuple[str, ...] = ()
) -> Iterator[Done]:
    """Clean each item into `target`, in order; only verified results are put there.

    `pictures`: which of `before` and `after` (WebP) are wanted beside the report.
    """
    with Sandbox(policy.limits) as sandbox, ThreadPoolExecutor(jobs) as pool:
        sandbox.start()
        yield from pool.map(lambda item: clean_one(sandbox, item, target, policy, keyer, pictures), items)


def clean_one(
    sandbox: Sandbox, item: Item, target: Path, policy: Policy, keyer: Keyer, pictures: tuple[str, ...] = ()
) -> Done:
    """One file; what cannot be opened is our own fault and its report says so."""
    if item.refusal:
        return Done(item, library.bare_report(item.refusal, {}))
    try:
        with ExitStack() as stack:
            outputs = {name: stack.enter_context(library.memory(name)) for name in ("clean", *pictures)}
            source = stack.enter_context(library.reading(item.path))
            report = library.run_clean(sandbox, source, outputs, policy, keyer)
            if report.verdict == "clean":
                library.put(outputs["clean"], target / item.output)
            return Done(item, report, {name: os.pread(outputs[name], _LARGEST_PICTURE, 0) for name in pictures})
    except OSError as error:
        return Done(item, library.bare_report("failed.exception", {"error": type(error).__name__}))
