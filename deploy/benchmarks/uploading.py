"""A large upload over a line that breaks: `python -m deploy.benchmarks.uploading URL --token TOKEN`.

A file of `--megabytes` goes to a running node by the standard client of tus, through a proxy that cuts the line every
`--every` seconds at `--rate` megabytes a second. Told: bytes that left the client for each byte of the file (at most
1.1 is the goal), cuts, seconds. The upload is ended before its last byte, so that nothing of it stays.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import time
import urllib.request
from typing import Final
from urllib.parse import urlsplit

from tusclient.client import TusClient

from deploy.benchmarks.cutting import cut_line
from deploy.benchmarks.measuring import say

GOAL: Final = 1.1


def main() -> int:
    """0 when every byte arrived and no more than the goal were sent."""
    options = _options()
    port = urlsplit(options.url).port or 80
    headers = {"Authorization": f"Bearer {options.token}"}
    size = options.megabytes << 20
    deposit = _deposit(options.url, headers)
    with cut_line(port, every_seconds=options.every, bytes_per_second=int(options.rate * (1 << 20))) as line:
        client = TusClient(f"http://127.0.0.1:{line.port}/uploads/", headers=headers)
        uploader = client.uploader(
            file_stream=io.BytesIO(os.urandom(size)), metadata={"deposit": deposit}, retries=10_000, retry_delay=0
        )
        began = time.monotonic()
        uploader.upload(stop_at=size - 1)
        seconds = time.monotonic() - began
    _end(options.url + urlsplit(uploader.url).path, headers)
    factor = line.sent / size
    say(f"{options.megabytes} MB over a line cut {line.cuts} times", f"{seconds:.0f} s")
    say("bytes sent for each byte of the file", f"{factor:.3f}", f"<= {GOAL}")
    return int(factor > GOAL or not line.cuts)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="such as http://127.0.0.1:8000")
    parser.add_argument("--token", required=True)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--every", type=float, default=5.0)
    parser.add_argument("--rate", type=float, default=5.0)
    return parser.parse_args()


def _deposit(url: str, headers: dict[str, str]) -> str:
    said = {**headers, "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(f"{url}/api/v1/deposits/", b"{}", said)) as answer:  # noqa: S310
        return str(json.load(answer)["id"])


def _end(address: str, headers: dict[str, str]) -> None:
    said = {**headers, "Tus-Resumable": "1.0.0"}
    urllib.request.urlopen(urllib.request.Request(address, headers=said, method="DELETE")).close()  # noqa: S310


if __name__ == "__main__":
    raise SystemExit(main())
