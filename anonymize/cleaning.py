"""One file through all steps, in the job child: read, new header, masked pixels, written, looked at a second time."""

from __future__ import annotations

import hashlib
import io
import os
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict
from typing import Any, BinaryIO, Final

from anonymize import codes, outside, pixels, verify, warming, writing
from anonymize.errors import Held, Refused, Stop
from anonymize.header import Header, build, check_class
from anonymize.keying import MINIMUM_SECRET, SecretKeyer
from anonymize.parsing import Source, read_dataset, sniff, weigh
from anonymize.pixels import memory
from anonymize.policy import Limits, Policy
from anonymize.report import Report
from anonymize.sandbox.jobs import Context

VERSION: Final = "4"
"""Of cleaner and profile: raise it with every change of what a clean object holds."""
_CHUNK: Final = 1 << 20


def run(context: Context) -> dict[str, Any]:
    """The job `clean`. Request: `policy` of `Policy.as_json`; `study`: what films and pictures of a deposit share."""
    return clean(context).as_json()


def run_verify(context: Context) -> dict[str, Any]:
    """The job `verify`: the problems of a candidate, against the original when there is an extra `against`.

    Request: `pixels` false leaves out the picture, for a candidate whose pixels were looked at before.
    """
    with ExitStack() as stack:
        candidate, *against = (
            stack.enter_context(open(fd, "rb", closefd=False)) for fd in (context.source, *context.extra.values())
        )
        look = context.request.get("pixels", True) is not False
        problems = verify.verify(candidate, against[0] if against else None, limits=context.limits, pixels=look)
    found = [{"code": problem.code, "where": problem.where} for problem in problems]
    return {"problems": found, "code": "held.verifier" if found else "clean"}


def warm() -> None:
    """In the template, before the first fork: load what is loaded once, and clean a made-up picture."""
    warming.models()
    source, result = warming.clip(), os.memfd_create("warm")
    try:
        clean(Context(source, {}, SecretKeyer(bytes(MINIMUM_SECRET)), Limits(), {"clean": result}))
    finally:
        os.close(source)
        os.close(result)
        warming.trim()


def clean(context: Context) -> Report:
    """Clean one file into the output `clean`; the outputs `before` and `after` get pictures for a person.

    Named endings are in the report; what is our own fault raises. The output `clean` is empty unless the verdict is.
    """
    policy = policy_of(context)
    started, report = time.monotonic(), Report(bytes_in=os.fstat(context.source).st_size)
    report.versions = {"cleaner": VERSION, "profile": VERSION, "verifier": verify.VERSION}
    try:
        _steps(context, policy, report)
        code = "clean"
    except Stop as stop:
        code = stop.code
        report.detail = stop.detail
    report.code, report.verdict, report.sentence = code, codes.verdict(code), codes.sentence(code)
    report.seconds = round(time.monotonic() - started, 3)
    if code != "clean" and "clean" in context.outputs:
        os.ftruncate(context.outputs["clean"], 0)
    return report


def _steps(context: Context, policy: Policy, report: Report) -> None:
    source = open_source(context, policy)
    hold = check_class(source.dataset, policy)
    header = build(source, context.keyer, policy, digest(context.source))
    report.removed, report.kept, report.keys, report.facts = (
        _plain(header.removed),
        header.kept,
        header.keys,
        header.facts,
    )
    size = {"rows": int(source.dataset.Rows), "columns": int(source.dataset.Columns)}
    # a person who draws a mask on a held picture needs them, and so does who remembers it
    report.facts |= {**size, "layout": memory.layout(source.dataset)}
    masked = _mask(context, source, policy, report)
    if hold or masked.hold:
        raise Held(hold or masked.hold or "")
    with context.open("clean") as file:
        _write(header, masked, policy, file)
        report.bytes_out = file.tell()
        _second_look(context, file, masked, report)


def policy_of(context: Context) -> Policy:
    """The policy of the request under the limits of the job."""
    return Policy.from_json({**context.request.get("policy", {}), "limits": asdict(context.limits)})


def open_source(context: Context, policy: Policy) -> Source:
    """The source as a data set: DICOM as it is, films and pictures wrapped into one."""
    limits = context.limits
    kind = sniff(context.source)
    if kind == "dicom":
        source = read_dataset(context.source, limits)
        check_class(source.dataset, policy)
        weigh(source, limits)
        return source
    if os.fstat(context.source).st_size > limits.file_bytes:
        raise Refused("refused.limit_bytes", limit=limits.file_bytes)
    dataset = outside.to_dataset(context.source, kind, policy)
    if study := context.request.get("study"):
        dataset.StudyInstanceUID = str(study)
    return Source(dataset)


def digest(fd: int) -> str:
    """SHA-256 of a file's bytes in hex."""
    total, at = hashlib.sha256(), 0
    while piece := os.pread(fd, _CHUNK, at):
        total.update(piece)
        at += len(piece)
    return total.hexdigest()


def _mask(context: Context, source: Source, policy: Policy, report: Report) -> pixels.PixelResult:
    masked = pixels.process(source.dataset, policy)
    for name in context.outputs.keys() & {"before", "after"}:
        context.write(name, getattr(masked, name))
    report.masks, report.recompressed, report.psnr_db = masked.masks, masked.recompressed, masked.psnr_db
    return masked


def _write(header: Header, masked: pixels.PixelResult, policy: Policy, file: BinaryIO) -> None:
    """Write the candidate and let go of its pixels: the second look needs the room."""
    dataset = writing.compose(header, masked, policy)
    writing.write(dataset, file)
    del dataset.PixelData
    masked.pixel_data = io.BytesIO()
    warming.trim()


def _second_look(context: Context, file: BinaryIO, masked: pixels.PixelResult, report: Report) -> None:
    """Only what passes is released."""
    with open(context.source, "rb", closefd=False) as original:
        problems = verify.verify(file, source=original, limits=context.limits, keep=masked.keep)
    found = sorted({problem.code for problem in problems})
    report.verifier = {"passed": not found, "problems": found, "version": verify.VERSION}
    if found:
        raise Held("held.verifier", problems=found)


def _plain(removed: Counter[str]) -> dict[str, int]:
    return {name: count for name, count in sorted(removed.items()) if count}
