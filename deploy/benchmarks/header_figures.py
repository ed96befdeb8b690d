"""What of a header leaks and what stays, over seeds of made-up headers, without the picture (it is blank here).

    python -m deploy.benchmarks.header_figures --seeds 20 --start 1

Prints for each seed and in all: files, planted values found, problems of the second look, technical attributes kept,
references that still lead to their clip, gaps between dates kept, new errors of `dciodvfy` (dicom3tools) when it is
installed, size against the source, and headers a second.
"""

from __future__ import annotations

import argparse
import io
import math
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence

from anonymize import verify, writing
from anonymize.dates import parse_day
from anonymize.header import build
from anonymize.keying import SecretKeyer
from anonymize.parsing import quiet, read_dataset
from anonymize.pixels import PixelResult
from anonymize.policy import Limits, Policy
from deploy.benchmarks.header_files import COLUMNS, FRAMES, ROWS, Made, headers

POLICY = Policy(dates="shift")
ENCODINGS = ("utf-8", "latin-1", "utf-16-le", "gb18030", "euc_kr", "iso2022_jp", "iso8859_5")
DCIODVFY = shutil.which("dciodvfy")


def main() -> int:
    """Exit 1 when something leaked or was lost beyond the goal."""
    given = _parser().parse_args()
    total: Counter[str] = Counter()
    for seed in range(given.start, given.start + given.seeds):
        found = run(seed)
        print(f"seed {seed}: {_line(found)}", flush=True)
        total += found
    print(f"all: {_line(total)}")
    print("lost:", {name: count for name, count in total.most_common() if name.startswith("lost ")} or "nothing")
    print("dciodvfy new:", {name: count for name, count in total.most_common() if name.startswith("new ")} or "nothing")
    return int(total["leaks"] > 0 or total["problems"] > 0 or total["kept"] < 0.99 * total["technical"])


def run(seed: int) -> Counter[str]:
    """Counts of one seed."""
    keyer, found = SecretKeyer(secrets.token_bytes(32)), Counter[str]()
    pairs: list[tuple[Made, Dataset]] = []
    for made in headers(seed):
        source = _written(made.dataset)
        begun = time.process_time()
        clean = cleaned(source, keyer)
        found["microseconds"] += int(1e6 * (time.process_time() - begun))
        result = dcmread(io.BytesIO(clean))
        pairs.append((made, result))
        found.update(files=1, bytes_in=len(source), bytes_out=len(clean))
        found["leaks"] += len(leaks(clean, result, made.planted))
        problems = verify.verify(io.BytesIO(clean), io.BytesIO(source), pixels=False)
        found["problems"] += len(problems)
        _count_kept(made, result, found)
        found.update(new_errors(source, clean))
    found["references"], found["consistent"] = references(pairs)
    found["gaps"], found["gaps_kept"] = gaps(pairs)
    return found


def cleaned(source: bytes, keyer: SecretKeyer) -> bytes:
    """Header and writing of the cleaner; the blank picture goes through untouched."""
    fd = os.memfd_create("source")
    try:
        os.write(fd, source)
        with quiet():
            read = read_dataset(fd, Limits())
            header = build(read, keyer, POLICY, "0" * 64)
            names = ("Rows", "Columns", "SamplesPerPixel", "PhotometricInterpretation", "BitsAllocated", "BitsStored",
                     "HighBit", "PixelRepresentation", "NumberOfFrames")  # fmt: skip
            blank = PixelResult(
                {name: read.dataset[name].value for name in names},
                read.dataset.file_meta.TransferSyntaxUID,
                io.BytesIO(bytes(ROWS * COLUMNS * FRAMES)),
                np.ones((ROWS, COLUMNS), bool),
                np.zeros((ROWS, COLUMNS), np.uint8),
            )
            out = io.BytesIO()
            writing.write(writing.compose(header, blank, POLICY), out)
            return out.getvalue()
    finally:
        os.close(fd)


def leaks(data: bytes, result: Dataset, planted: list[str]) -> list[str]:
    """Planted values that stand in the bytes, in any encoding, or in decoded elements without separators."""
    digits = [re.sub(r"\D", "", str(e.value)) for e in result.iterall() if e.VR in ("DS", "IS", "FD", "US", "SL", "DA")]
    folded = data.lower()

    def stands(value: str) -> bool:
        for encoding in ENCODINGS:
            try:
                if value.lower().encode(encoding) in folded:
                    return True
            except UnicodeEncodeError:
                continue
        return value.isdigit() and any(value in held for held in digits)

    return [value for value in planted if stands(value)]


def _count_kept(made: Made, result: Dataset, found: Counter[str]) -> None:
    for keyword in made.kept:
        source = made.dataset.get(keyword)
        if source in (None, ""):
            continue
        found["technical"] += 1
        kept = same(source, result.get(keyword))
        found["kept" if kept else f"lost {keyword}"] += 1


def same(one: Any, other: Any) -> bool:
    """Equal, or equal to five significant digits; sequences item by item."""
    if isinstance(one, MultiValue | Sequence):
        theirs = other if isinstance(other, MultiValue | Sequence) else [other]
        return len(one) == len(theirs) and all(same(a, b) for a, b in zip(one, theirs, strict=True))
    if isinstance(one, Dataset):
        return isinstance(other, Dataset) and all(same(e.value, other.get(e.keyword)) for e in one)
    try:
        return math.isclose(float(one), float(other), rel_tol=1e-5, abs_tol=1e-9)
    except (TypeError, ValueError):
        return str(one) == str(other)


def references(pairs: list[tuple[Made, Dataset]]) -> tuple[int, int]:
    """References of the sources, and those that lead to the clean form of the same clip, series and study."""
    new = {}
    for made, result in pairs:
        for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
            new[str(made.dataset[keyword].value)] = str(result[keyword].value)
    total = good = 0
    for made, result in pairs:
        theirs = [str(element.value) for element in result.iterall() if element.VR == "UI"]
        for element in made.dataset.iterall():
            if element.VR == "UI" and str(element.value) in new:
                total += 1
                good += new[str(element.value)] in theirs
    return total, good


def gaps(pairs: list[tuple[Made, Dataset]]) -> tuple[int, int]:
    """Pairs of a patient's dates, and those that are as far apart as before."""
    total = good = 0
    for (one, first), (two, second) in pairwise(pairs):
        if one.patient != two.patient:
            continue
        for keyword in ("StudyDate", "SeriesDate", "ContentDate"):
            was, now = ([parse_day(str(ds.get(keyword, ""))) for ds in both]
                        for both in ((one.dataset, two.dataset), (first, second)))  # fmt: skip
            total += 1
            good += None not in now and now[1] - now[0] == was[1] - was[0]  # type: ignore[operator]
    return total, good


def new_errors(source: bytes, clean: bytes) -> Counter[str]:
    """Errors of `dciodvfy` that only the result has."""
    if DCIODVFY is None:
        return Counter()
    before, after = (_errors(data) for data in (source, clean))
    return Counter(f"new {error}" for error in after - before)


def _errors(data: bytes) -> set[str]:
    with tempfile.NamedTemporaryFile(suffix=".dcm") as file:
        file.write(data)
        file.flush()
        done = subprocess.run([str(DCIODVFY), file.name], capture_output=True, text=True, errors="replace")
    return {re.sub(r"\s+", " ", line) for line in done.stderr.splitlines() if line.startswith("Error")}


def _written(dataset: Dataset) -> bytes:
    out = io.BytesIO()
    dcmwrite(out, dataset, enforce_file_format=True)
    return out.getvalue()


def _line(found: Counter[str]) -> str:
    share = {
        "kept": found["kept"] / max(1, found["technical"]),
        "references": found["consistent"] / max(1, found["references"]),
        "gaps": found["gaps_kept"] / max(1, found["gaps"]),
    }
    errors = sum(count for name, count in found.items() if name.startswith("new "))
    return (
        f"{found['files']} files, {found['leaks']} leaks, {found['problems']} problems, "
        + ", ".join(f"{name} {100 * value:.2f} %" for name, value in share.items())
        + f", {errors if DCIODVFY else 'unknown'} new dciodvfy errors, "
        f"size {found['bytes_out'] / found['bytes_in']:.2f}, {1e6 * found['files'] / found['microseconds']:.0f} files/s"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--start", type=int, default=1)
    return parser


if __name__ == "__main__":
    sys.exit(main())
