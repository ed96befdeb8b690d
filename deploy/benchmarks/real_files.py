"""Every file of a folder through the cleaner, with a picture of each mask to look at.

    python -m deploy.benchmarks.real_files FOLDER PICTURES

Prints for each file: verdict, share of the frame kept, whether all kept pixels are those of the source on every frame
(two pixels off the edge, where JPEG interpolates colour), seconds, the most memory held, and megabytes in and out.
PICTURES gets a PNG per file: the brightest of all frames with the mask's edge in red and blanked boxes in yellow. Those
show what was burned in: they are for the eyes of who may see the originals.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from pathlib import Path

import cv2
import numpy as np
from pydicom import Dataset, dcmread

from anonymize import outside
from anonymize.keying import SecretKeyer
from anonymize.library import report_of
from anonymize.parsing import quiet, sniff
from anonymize.pixels import process
from anonymize.pixels.composites import channels, gather
from anonymize.pixels.process import open_codec
from anonymize.policy import MiB, Policy
from anonymize.report import Report
from anonymize.sandbox import Sandbox

POLICY = Policy()
EDGE = 2
RED, YELLOW = (0, 0, 255), (0, 255, 255)


def main() -> int:
    """Exit 1 when a file failed or a kept pixel changed without being said."""
    given = _parser().parse_args()
    given.pictures.mkdir(parents=True, exist_ok=True)
    wrong, keyer = 0, SecretKeyer(secrets.token_bytes(32))
    with Sandbox() as sandbox:
        for path in sorted(p for p in given.folder.rglob("*") if p.is_file()):
            clean = os.memfd_create("clean")
            report, peak = _cleaned(sandbox, path, clean, keyer)
            same = "-"
            if report.masks:
                same = _look(path, clean, report, given.pictures / f"{path.name}.png")
            print(_line(path, report, same, peak), flush=True)
            wrong += report.verdict == "failed" or same == "CHANGED"
            os.close(clean)
    return int(wrong > 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.benchmarks.real_files", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("pictures", type=Path)
    return parser


def _cleaned(sandbox: Sandbox, path: Path, clean: int, keyer: SecretKeyer) -> tuple[Report, int]:
    """The report, and the most memory that the job held, in bytes."""
    with path.open("rb") as file:
        outcome = sandbox.run(
            "clean", source=file.fileno(), outputs={"clean": clean}, request={"policy": POLICY.as_json()}, keyer=keyer
        )
    report = report_of(outcome)
    report.seconds = outcome.seconds
    return report, outcome.peak_bytes


def _look(path: Path, clean: int, report: Report, picture: Path) -> str:
    """Draw the mask; `same`, `recoded` (said in the report), `CHANGED`, or `-` when there is nothing to compare."""
    source = _opened(path)
    result = process(source, POLICY)
    shown = gather(open_codec(source, POLICY).frames()).brightest
    cv2.imwrite(str(picture), _drawn(shown, result.keep, report.masks[0].blanked))
    if report.verdict != "clean":
        return "-"
    with quiet(), open(clean, "rb", closefd=False) as file:
        file.seek(0)
        after = dcmread(file)
    if _identical(source, after, result.keep):
        return "same"
    return "recoded" if report.recompressed == "once" else "CHANGED"


def _opened(path: Path) -> Dataset:
    with path.open("rb") as file:
        kind = sniff(file.fileno())
        if kind != "dicom":
            return outside.to_dataset(file.fileno(), kind, POLICY)
        with quiet():
            return dcmread(path, force=True)


def _identical(source: Dataset, clean: Dataset, keep: np.ndarray) -> bool:
    inner = cv2.erode(keep.astype(np.uint8), np.ones((2 * EDGE + 1, 2 * EDGE + 1), np.uint8), borderValue=1) > 0
    pairs = zip(open_codec(source, POLICY).frames(), open_codec(clean, POLICY).frames(), strict=True)
    return all(np.array_equal(_colour(one)[inner], _colour(other)[inner]) for one, other in pairs)


def _colour(frame: np.ndarray) -> np.ndarray:
    return frame if frame.ndim == 3 else np.repeat(frame[..., None], 3, axis=2)


def _drawn(shown: np.ndarray, keep: np.ndarray, blanked: list[list[int]]) -> np.ndarray:
    """BGR with the mask's edge and the boxes blanked in it."""
    picture = cv2.cvtColor(channels(shown)[0], cv2.COLOR_GRAY2BGR)
    edge = cv2.morphologyEx(np.pad(keep, 1).astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))[1:-1, 1:-1]
    picture[edge > 0] = RED
    for left, top, right, bottom in blanked:
        cv2.rectangle(picture, (left, top), (right - 1, bottom - 1), YELLOW, 1)
    return picture


def _line(path: Path, report: Report, same: str, peak: int) -> str:
    mask = report.masks[0] if report.masks else None
    share = f"{mask.shape} {mask.kept_share:.3f} ({len(mask.blanked)} boxes)" if mask else "-"
    cost = f"{report.seconds:6.1f} s  {peak / MiB:4.0f} MiB"
    size = f"{report.bytes_in / 1e6:.1f} -> {report.bytes_out / 1e6:.1f} MB"
    quality = f"recompressed {report.recompressed}" + (f" {report.psnr_db:.1f} dB" if report.psnr_db else "")
    return f"{path.name:45} {report.code:26} {share:28} {same:8} {quality:24} {cost}  {size}"


if __name__ == "__main__":
    sys.exit(main())
