"""Jobs of the sandbox that the benchmark of the cleaner adds: what they measure is the cleaner's own code."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import onnxruntime

from anonymize import cleaning, verify, writing
from anonymize.header import build
from anonymize.pixels import PixelResult
from anonymize.pixels.codec import image_elements
from anonymize.pixels.source import layout
from anonymize.sandbox.jobs import Context

SPENT: Final[dict[str, float]] = defaultdict(float)
"""CPU seconds by part."""


def timed(context: Context) -> dict[str, Any]:
    """The job `clean`; beside it CPU seconds of its models and of its verifier, and how often the models ran."""
    SPENT.clear()
    run, check = onnxruntime.InferenceSession.run, verify.verify

    def models(*arguments: Any, **named: Any) -> Any:
        SPENT["passes"] += 1
        return _spent("detector", lambda: run(*arguments, **named))

    def second_look(*arguments: Any, **named: Any) -> Any:
        known = {part: SPENT[part] for part in ("detector", "passes")}
        found = _spent("verifier", lambda: check(*arguments, **named))
        SPENT.update(known)  # its own models are within it
        return found

    onnxruntime.InferenceSession.run, verify.verify = models, second_look  # the process ends with this job
    return {**cleaning.run(context), "seconds": dict(SPENT)}


def _spent(part: str, action: Callable[[], Any]) -> Any:
    before = time.process_time()
    try:
        return action()
    finally:
        SPENT[part] += time.process_time() - before


def header_only(context: Context) -> dict[str, Any]:
    """A new header around the pixels as they are."""
    policy = cleaning.policy_of(context)
    source = cleaning.open_source(context, policy)
    header = build(source, context.keyer, policy, cleaning.digest(context.source))
    shape = layout(source.dataset, context.limits)
    nothing = np.zeros((1, 1), bool)
    pixels = PixelResult(image_elements(shape), shape.syntax, source.dataset.PixelData, nothing, nothing)
    with context.open("clean") as file:
        writing.write(writing.compose(header, pixels, policy), file)
    return {"code": "clean"}
