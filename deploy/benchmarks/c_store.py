"""How fast a listener takes objects: `python -m deploy.benchmarks.c_store HOST PORT [--against HOST PORT]`, C-STORE.

One association, one object after the other, each under fresh UIDs; success is counted only where it is answered.
"""

from __future__ import annotations

import argparse
import io
import time
from collections.abc import Sequence
from typing import Final

import pydicom
from pynetdicom import AE

from deploy.benchmarks.dicomweb import clips
from deploy.benchmarks.measuring import percentile, say

MULTIFRAME: Final = "1.2.840.10008.5.1.4.1.1.3.1"
JPEG: Final = "1.2.840.10008.1.2.4.50"


def main() -> None:
    options = _options()
    objects = clips(options.count)
    for host, port in [(options.host, options.port), *([tuple(options.against)] if options.against else [])]:
        figures = store(host, int(port), options.ae_title, options.called, objects)
        say(f"C-STORE, one association, {host}:{port}", figures, "40/s")


def store(host: str, port: int, ae_title: str, called: str, objects: Sequence[bytes]) -> str:
    """Rate and times in words; RuntimeError for an object that is not taken."""
    ae = AE(ae_title=ae_title)
    ae.add_requested_context(MULTIFRAME, JPEG)
    line = ae.associate(host, port, ae_title=called)
    datasets, times = [pydicom.dcmread(io.BytesIO(data)) for data in objects], []
    begun = time.perf_counter()
    for dataset in datasets:
        sent = time.perf_counter()
        status = line.send_c_store(dataset)
        times.append((time.perf_counter() - sent) * 1_000)
        if not status or status.Status != 0:
            raise RuntimeError(f"{status}")
    seconds = time.perf_counter() - begun
    line.release()
    times.sort()
    return f"{len(times) / seconds:.1f}/s p50 {percentile(times, 0.5):.0f} p99 {percentile(times, 0.99):.0f} ms"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("--ae-title", default="BENCH", help="the calling one, on the listener's list")
    parser.add_argument("--called", default="IMAGEBANK")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--against", nargs=2, metavar=("HOST", "PORT"), help="another listener, in the same run")
    return parser.parse_args()


if __name__ == "__main__":
    main()
