"""The process's one sandbox: every byte of an original or a candidate is parsed in its children only."""

from __future__ import annotations

import atexit
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import BinaryIO

from anonymize.sandbox import Sandbox


@cache
def sandbox() -> Sandbox:
    """Starts its template with the first job, and anew after a fork."""
    made = Sandbox()
    atexit.register(made.close)
    return made


@contextmanager
def memory_files(*names: str) -> Iterator[dict[str, BinaryIO]]:
    """Anonymous memory for a job's outputs: nothing unverified gets a name on a disk."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(os.fdopen(os.memfd_create(name, os.MFD_CLOEXEC), "w+b")) for name in names}


@contextmanager
def scratch_files(*names: str) -> Iterator[dict[str, BinaryIO]]:
    """Unnamed temporary files for renditions of a verified clean object."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(tempfile.TemporaryFile()) for name in names}


def descriptors(files: dict[str, BinaryIO]) -> dict[str, int]:
    return {name: handle.fileno() for name, handle in files.items()}


def rewound(handle: BinaryIO) -> BinaryIO:
    handle.seek(0)
    return handle
