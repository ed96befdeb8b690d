"""The library's two calls, `anonymize.clean` and `anonymize.verify`: files in, report or problems out.

A stranger's bytes are parsed in a sandboxed child only, here as on the command line.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

from anonymize import codes
from anonymize.errors import Failed, Refused
from anonymize.keying import MINIMUM_SECRET, Keyer, SecretKeyer
from anonymize.policy import Limits, Policy
from anonymize.report import Report
from anonymize.sandbox import Outcome, Sandbox
from anonymize.verify.codes import Problem

File = str | os.PathLike[str] | BinaryIO
_PIECE: Final = 1 << 20


def clean(
    source: File,
    target: File,
    policy: Policy | None = None,
    *,
    secret: bytes | None = None,
    sandbox: Sandbox | None = None,
) -> Report:
    """Clean one file. `target` is written, whole, only when the report's verdict is `clean`; else it is not touched.

    `secret`: at least 32 bytes; the same secret gives the same UIDs and dates in every call, none a fresh one.
    `sandbox`: one that runs already, for many files; starting one takes a second or two.
    Never raises for what the file holds; `OSError` for files that cannot be opened, `ValueError` for a short secret.
    """
    policy = policy or Policy()
    keyer = SecretKeyer(secrets.token_bytes(MINIMUM_SECRET) if secret is None else secret)
    with ExitStack() as stack:
        running = _running(stack, sandbox, policy.limits)
        result = stack.enter_context(memory("clean"))
        report = run_clean(running, stack.enter_context(reading(source)), {"clean": result}, policy, keyer)
        if report.verdict == "clean":
            put(result, target)
    return report


def verify(
    clean: File,
    source: File | None = None,
    *,
    limits: Limits | None = None,
    sandbox: Sandbox | None = None,
) -> list[Problem]:
    """What is wrong with a cleaned file, seen again and against its source; an empty list: nothing was found.

    Raises `Refused` when it cannot be read at all, such as beyond a limit, and `Failed` for our own fault.
    """
    with ExitStack() as stack:
        extra = {} if source is None else {"against": stack.enter_context(reading(source))}
        running = _running(stack, sandbox, limits or Limits())
        outcome = running.run("verify", source=stack.enter_context(reading(clean)), extra=extra, limits=limits)
    if outcome.verdict in ("refused", "failed"):
        raise (Refused if outcome.verdict == "refused" else Failed)(outcome.code, **outcome.detail)
    return [Problem(**problem) for problem in outcome.result["problems"]]


def run_clean(sandbox: Sandbox, source: int, outputs: dict[str, int], policy: Policy, keyer: Keyer) -> Report:
    """The job `clean` on descriptors. Outputs: `clean`, and the pictures `before` and `after` if they are wanted."""
    request = {"policy": policy.as_json()}
    outcome = sandbox.run("clean", source=source, outputs=outputs, request=request, keyer=keyer, limits=policy.limits)
    return report_of(outcome, os.fstat(source).st_size)


def report_of(outcome: Outcome, bytes_in: int = 0) -> Report:
    """The report that the job gave, or one that says how the job ended."""
    if "verdict" in outcome.result:
        return Report.from_json(outcome.result)
    report = bare_report(outcome.code, outcome.detail)
    report.seconds, report.bytes_in = outcome.seconds, bytes_in
    return report


def bare_report(code: str, detail: dict[str, Any]) -> Report:
    """A report of an ending that no job described."""
    return Report(verdict=codes.verdict(code), code=code, sentence=codes.sentence(code), detail=detail)


def put(result: int, target: File) -> None:
    """Copy a finished file to its place; under a path whole or not at all."""
    os.lseek(result, 0, os.SEEK_SET)
    with open(result, "rb", closefd=False) as source:
        if not isinstance(target, str | os.PathLike):
            shutil.copyfileobj(source, target, _PIECE)
            return
        path = Path(target)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        with part.open("wb") as copy:
            shutil.copyfileobj(source, copy, _PIECE)
        part.replace(path)


@contextmanager
def memory(name: str) -> Iterator[int]:
    """A descriptor of anonymous memory: plaintext never touches a disk."""
    fd = os.memfd_create(name)
    try:
        yield fd
    finally:
        os.close(fd)


@contextmanager
def reading(file: File) -> Iterator[int]:
    """A descriptor to read from: of a path, or of an open file, which is copied into memory from its start.

    Raises OSError for a path that is no file: a pipe may never end, nor even open.
    """
    if isinstance(file, str | os.PathLike):
        fd = os.open(file, os.O_RDONLY | os.O_NONBLOCK)
        try:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise OSError(errno.EINVAL, "no file")
            yield fd
        finally:
            os.close(fd)
        return
    with memory("source") as fd, open(fd, "wb", closefd=False) as copy:
        file.seek(0)
        shutil.copyfileobj(file, copy, _PIECE)
        copy.flush()
        yield fd


def _running(stack: ExitStack, sandbox: Sandbox | None, limits: Limits) -> Sandbox:
    return sandbox or stack.enter_context(Sandbox(limits))
