"""A person's answer about faces, marks and documents goes into a finished candidate; its pixels stay as they are."""

from __future__ import annotations

import hashlib
import io
from typing import Any

from pydicom.dataset import Dataset

from anonymize import writing
from anonymize.cleaning import policy_of
from anonymize.describing import describe
from anonymize.errors import Failed
from anonymize.parsing import read_dataset
from anonymize.sandbox.jobs import Context


def run(context: Context) -> dict[str, Any]:
    """The job `attest`: `policy.visible_features` of the request is written into the output `clean`.

    Result: `pixels_before` and `pixels_after`, SHA-256 in hex of the pixel data as they lie in the files; `header`.
    """
    answer = policy_of(context).visible_features
    if answer is None:
        raise Failed("failed.exception", answer="none")
    dataset = read_dataset(context.source, context.limits).dataset
    before = _pixels(dataset)
    dataset.RecognizableVisualFeatures = answer
    with context.open("clean") as file:
        writing.write(dataset, file)
        written = read_dataset(file.fileno(), context.limits)
        after = _pixels(written.dataset)
        header = describe(written)
    if after != before:
        raise Failed("failed.exception", pixels="changed")
    return {"pixels_before": before, "pixels_after": after, "header": header}


def _pixels(dataset: Dataset) -> str:
    stream: io.BufferedReader = dataset["PixelData"].value
    stream.seek(0)
    total = hashlib.file_digest(stream, "sha256").hexdigest()
    stream.seek(0)
    return total
