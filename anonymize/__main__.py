"""`python -m anonymize SRC DST`: clean a file or a folder tree. Needs no Django, no database, no network.

Exit 0 when every file is clean, 3 when some are held or refused, 1 on our own fault, 2 when the command is wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import IO, Final

from anonymize.batch import Done, Item, aim, clean_all, plan, within
from anonymize.keying import MINIMUM_SECRET, SecretKeyer
from anonymize.page import Page
from anonymize.policy import Limits, Policy

_CLEAN, _FAILED, _SOME = 0, 1, 3
_FROM_ENVIRONMENT: Final = "ANONYMIZE_SECRET"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        keyer = SecretKeyer(_secret(given.secret_file))
        folder, items = _aimed(given, parser)
        folder.mkdir(parents=True, exist_ok=True)
        if given.map:
            _write_map(given.map, items)
        return _run(given, folder, items, keyer)
    except OSError as error:  # its text would name a file
        print(f"anonymize: {error.strerror or type(error).__name__}", file=sys.stderr)
        return _FAILED
    except (ValueError, RuntimeError) as error:
        print(f"anonymize: {error}", file=sys.stderr)
        return _FAILED


def _aimed(given: argparse.Namespace, parser: argparse.ArgumentParser) -> tuple[Path, list[Item]]:
    """Where the clean files go, and what is to be cleaned; ends the program when anything would be written into SRC."""
    if any(path and within(path, given.source) for path in (given.report, given.map, given.html)):
        parser.error("report, map and page would lie in SRC, among the originals")
    try:
        return aim(plan(given.source, given.names, follow_links=given.follow_links), given.source, given.target)
    except ValueError as error:
        parser.error(str(error))


def _run(given: argparse.Namespace, folder: Path, items: list[Item], keyer: SecretKeyer) -> int:
    counts: dict[str, int] = {}
    policy = Policy(dates=given.dates, patient="keyed", limits=Limits(**dict(given.limit)))
    page = Page(given.html, given.with_originals) if given.html else None
    with ExitStack() as stack:
        report: IO[str] | None = stack.enter_context(given.report.open("w", encoding="utf-8")) if given.report else None
        for done in clean_all(items, folder, policy, keyer, given.jobs, page.pictures if page else ()):
            counts[done.report.verdict] = counts.get(done.report.verdict, 0) + 1
            _tell(done, report)
            if page:
                page.add(done)
    if page:
        page.write()
    print(", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items())) or "no files")
    if counts.get("failed"):
        return _FAILED
    return _SOME if counts.get("held") or counts.get("refused") else _CLEAN


def _tell(done: Done, report: IO[str] | None) -> None:
    line = done.line()
    if report:
        report.write(json.dumps(line) + "\n")
        report.flush()
    if line["verdict"] != "clean":
        limit = f", limit {line['detail']['limit']}" if "limit" in line["detail"] else ""
        print(f"{line['index']:06d}: {line['verdict']}: {line['sentence']} ({line['code']}{limit})", file=sys.stderr)


def _secret(file: Path | None) -> bytes:
    """From the file, else the environment, else a fresh one that nobody keeps."""
    if file is not None:
        return file.read_bytes().strip()
    if text := os.environ.get(_FROM_ENVIRONMENT):
        return text.encode()
    return secrets.token_bytes(MINIMUM_SECRET)


def _write_map(path: Path, items: list[Item]) -> None:
    """Source to output, for the owner alone: names of files often hold names of patients."""
    path.unlink(missing_ok=True)
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(fd, "w", encoding="utf-8") as file:
        json.dump({item.relative: item.output for item in items}, file, indent=1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m anonymize",
        description="Remove from ultrasound files what identifies the patient.",
        epilog="Exit 0: every file is clean; 3: some are held or refused; 1: our own fault; 2: the command is wrong.",
    )
    parser.add_argument("source", metavar="SRC", type=_existing, help="file or folder")
    parser.add_argument(
        "target", metavar="DST", type=Path, help="folder for the clean files; of one file also a name with .dcm"
    )
    parser.add_argument("--report", metavar="REPORT.json", type=Path, help="one JSON line per file, without file names")
    parser.add_argument("--dates", choices=("drop", "shift"), default="drop", help="shift: by one offset per patient")
    parser.add_argument("--jobs", metavar="N", type=_positive, default=1, help="files at once")
    parser.add_argument("--names", choices=("neutral", "keep"), default="neutral", help="names of the clean files")
    parser.add_argument("--follow-links", action="store_true", help="read what links to files lead to, outside SRC too")
    parser.add_argument("--map", metavar="MAP.json", type=Path, help="private list of source names and outputs")
    parser.add_argument(
        "--secret-file", metavar="FILE", type=Path, help=f"secret for UIDs and dates, or {_FROM_ENVIRONMENT}"
    )
    parser.add_argument("--html", metavar="PAGE", type=Path, help="readable page: an .html file, or a folder for it")
    parser.add_argument("--with-originals", action="store_true", help="show original pictures on the page: private")
    parser.add_argument(
        "--limit", metavar="NAME=NUMBER", type=limit_of, action="append", default=[], help="of one job: see the README"
    )
    return parser


def limit_of(text: str) -> tuple[str, float]:
    """One of `Limits` by name, from `name=number`."""
    name, _, number = text.partition("=")
    kinds = {limit: type(default) for limit, default in asdict(Limits()).items()}
    try:
        return name, getattr(Limits(**{name: kinds[name](number)}), name)
    except (KeyError, ValueError):
        raise argparse.ArgumentTypeError(f"NAME=NUMBER above 0, NAME one of {', '.join(kinds)}") from None


def _existing(text: str) -> Path:
    path = Path(text)
    if not path.exists():
        raise argparse.ArgumentTypeError("there is no such file or folder")
    return path


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("a whole number from 1 on")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
