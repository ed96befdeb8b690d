"""How fast a DICOMweb server answers: `python -m deploy.benchmarks.dicomweb URL --token TOKEN [--against URL2]`.

Give, find, page, take, look, with plain HTTP against any server, so that two of them are measured in turn in one run.
What is given is a clip of the phantom under fresh UIDs. Figures of a shared machine mean something as ratios only.
"""

from __future__ import annotations

import argparse
import dataclasses
import http.client
import io
import json
import tempfile
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import local
from typing import Any, Final
from urllib.parse import urlsplit

import pydicom
from pydicom.uid import UID

from anonymize.phantom.demo import demo_clips
from anonymize.phantom.write import write_clip
from deploy.benchmarks.measuring import percentile, say

BOUNDARY: Final = "benchmark-boundary"
RELATED: Final = f'multipart/related; type="application/dicom"; boundary={BOUNDARY}'
OBJECTS: Final = 'multipart/related; type="application/dicom"; transfer-syntax=*'
JSON: Final = "application/dicom+json"
OBJECTS_ASKED: Final = 40
"""Instances that are taken, of the first ones."""


class Server:
    """One DICOMweb root; a connection for each thread."""

    def __init__(self, root: str, token: str) -> None:
        parts = urlsplit(root)
        self.name, self._host, self._path = root, parts.netloc, parts.path.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._lines = local()

    def ask(self, path: str, accept: str, method: str = "GET", body: bytes = b"", kind: str = "") -> tuple[int, bytes]:
        """(status, body); the connection is kept."""
        line = getattr(self._lines, "line", None)
        if line is None:
            line = self._lines.line = http.client.HTTPConnection(self._host, timeout=120)
        headers = {**self._headers, "Accept": accept} | ({"Content-Type": kind} if kind else {})
        line.request(method, self._path + path, body or None, headers)
        answer = line.getresponse()
        return answer.status, answer.read()

    def get(self, path: str, accept: str = JSON) -> bytes:
        """The body; RuntimeError for a refusal, so that nothing refused is counted as fast."""
        status, data = self.ask(path, accept)
        if status not in (200, 204, 206):
            raise RuntimeError(f"{status} {path}")
        return data

    def give(self, data: bytes) -> None:
        status, told = self.ask("/studies", JSON, "POST", related(data), RELATED)
        if status != 200:
            raise RuntimeError(f"{status} {told[:300]!r}")


def related(data: bytes) -> bytes:
    """A body of STOW-RS with one object."""
    head, tail = f"--{BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n", f"\r\n--{BOUNDARY}--\r\n"
    return head.encode() + data + tail.encode()


def main() -> None:
    options = _options()
    servers = [Server(options.url, options.token)] + ([Server(options.against, "")] if options.against else [])
    instances = clips(options.count)
    for server in servers:
        say(server.name, "")
        if not options.read_only:
            _given(server, instances, options.clients)
        _found(server, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="the DICOMweb root, such as http://127.0.0.1:8000/dicomweb")
    parser.add_argument("--token", default="")
    parser.add_argument("--against", default="", help="another DICOMweb root, measured in the same run")
    parser.add_argument("--count", type=int, default=100, help="instances to give and requests of each kind")
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--deepest", type=int, default=2_000, help="offset of the deepest page")
    parser.add_argument("--read-only", action="store_true")
    return parser.parse_args()


def clips(count: int) -> list[bytes]:
    """Small instances, each under UIDs of its own."""
    spec = dataclasses.replace(next(clip for clip in demo_clips() if clip.encoding == "jpeg"), frames=2)
    with tempfile.NamedTemporaryFile(suffix=".dcm") as file:
        write_clip(spec, Path(file.name))
        dataset = pydicom.dcmread(file.name)
    return [_renamed(dataset) for _ in range(count)]


def _renamed(dataset: pydicom.Dataset) -> bytes:
    out = io.BytesIO()
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = _uid()
    dataset.SeriesInstanceUID, dataset.StudyInstanceUID = _uid(), _uid()
    dataset.save_as(out)
    return out.getvalue()


def _uid() -> UID:
    return UID(f"2.25.{uuid.uuid4().int}")


def _given(server: Server, instances: list[bytes], clients: int) -> None:
    times, seconds = _timed(server.give, instances, clients)
    _tell(f"STOW, {clients} clients, {len(instances[0]) // 1024} kB each", times, seconds)


def _found(server: Server, options: argparse.Namespace) -> None:
    studies = json.loads(server.get("/studies?limit=200") or b"[]")
    instances = json.loads(server.get("/instances?limit=200") or b"[]")
    if not instances:
        say("nothing to find", "-")
        return
    count = options.count
    uids = _round([each["0020000D"]["Value"][0] for each in studies], count)
    places = _round(_alive(server, [_place(each) for each in instances]), count)
    _measure("QIDO by StudyInstanceUID", lambda uid: server.get(f"/studies?StudyInstanceUID={uid}"), uids, 1)
    mixed = [
        q for uid in uids for q in (f"/studies?StudyInstanceUID={uid}", f"/studies/{uid}/series", "/studies?limit=25")
    ]
    _measure("QIDO mixed, 8 clients", server.get, mixed[:count], 8)
    deepest = options.deepest
    for offset in (0, deepest // 2, deepest):
        _measure(f"QIDO page at offset {offset}", server.get, [f"/instances?limit=5&offset={offset}"] * 20, 1)
    _measure("WADO instance", lambda place: server.get(place, OBJECTS), places, 4)
    _measure("WADO metadata", lambda place: server.get(f"{place}/metadata"), places, 4)
    _measure("rendered frame", lambda place: server.get(f"{place}/frames/1/rendered", "image/jpeg"), places, 4)


def _place(found: dict[str, Any]) -> str:
    study, series, instance = (found[tag]["Value"][0] for tag in ("0020000D", "0020000E", "00080018"))
    return f"/studies/{study}/series/{series}/instances/{instance}"


def _alive(server: Server, places: list[str]) -> list[str]:
    """Those with an object: `deploy.benchmarks.studies` writes rows without."""
    found = [place for place in places[:OBJECTS_ASKED] if server.ask(f"{place}/metadata", JSON)[0] == 200]
    if not found:
        raise RuntimeError("no object among the first instances")
    return found


def _round(listed: list[str], count: int) -> list[str]:
    return [listed[number % len(listed)] for number in range(count)]


def _measure(name: str, act: Callable[[Any], Any], inputs: list[Any], clients: int) -> None:
    try:
        times, seconds = _timed(act, inputs, clients)
    except RuntimeError as error:
        say(name, str(error)[:26])
        return
    _tell(name, times, seconds)


def _timed(act: Callable[[Any], Any], inputs: list[Any], clients: int) -> tuple[list[float], float]:
    """(milliseconds of each, ascending; seconds of all) at so many clients at once."""

    def one(value: Any) -> float:
        begun = time.perf_counter()
        act(value)
        return (time.perf_counter() - begun) * 1_000

    begun = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        times = sorted(pool.map(one, inputs))
    return times, time.perf_counter() - begun


def _tell(name: str, times: list[float], seconds: float) -> None:
    figures = f"p50 {percentile(times, 0.5):.0f} p99 {percentile(times, 0.99):.0f} ms"
    say(name, f"{len(times) / seconds:.1f}/s {figures}")


if __name__ == "__main__":
    main()
