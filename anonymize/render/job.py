"""The sandbox's job `render`."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict
from typing import Any, BinaryIO

from anonymize.describing import describe
from anonymize.parsing import read_dataset
from anonymize.render.renditions import NAMES, write
from anonymize.sandbox.jobs import Context


def run(context: Context) -> dict[str, Any]:
    """Source: a candidate. Outputs: those of `NAMES` that are asked for; films stay empty for a still.

    Result: `Facts`, `kind`, and the `header` as `anonymize.describing` tells it.
    """
    with ExitStack() as stack:
        sinks: dict[str, BinaryIO] = {
            name: stack.enter_context(context.open(name)) for name in NAMES if name in context.outputs
        }
        facts = write(context.source, sinks, context.limits)
    header = describe(read_dataset(context.source, context.limits))
    return {"code": "clean", **asdict(facts), "kind": facts.kind, "header": header}
