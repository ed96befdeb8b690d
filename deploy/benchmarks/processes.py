"""A process of its own that answers its first question: seconds, and memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import Final

from deploy.benchmarks.measuring import say
from imagebank.catalog.search.index import snapshot, upkeep

CHILD: Final = """
import json, time, sys
begun = time.perf_counter()
import django; django.setup()
from django.core.wsgi import get_wsgi_application
get_wsgi_application()
ready = time.process_time()
from django.test import Client
def ask(query):
    answer = Client().get("/cases/?" + query)
    assert answer.status_code == 200, answer.status_code
def memory():
    told = dict(line.split(":", 1) for line in open("/proc/self/status"))
    return {name: int(told[name].split()[0]) // 1024 for name in ("VmRSS", "RssAnon", "RssFile", "VmHWM")}
empty = memory()
ask("sex=female")
first, waited = time.process_time(), time.perf_counter() - begun
for n in range(40):
    ask(f"seed={n}&sex=female&quality_min={n % 5}&order={('varied', 'newest')[n % 2]}")
print(json.dumps({"ready": ready, "first": first, "waited": waited, "empty": empty, "after": memory()}))
"""


def process() -> None:
    """A web process with a snapshot, and one that has to make its index itself."""
    for name, kept in (("without a snapshot", False), ("with a snapshot", True)):
        snapshot.path().unlink(missing_ok=True)
        if kept:
            begun = time.process_time()
            upkeep.write()
            say("a worker makes and writes the snapshot", f"{time.process_time() - begun:.1f} CPU-s", "")
        told = json.loads(_child())
        seconds = f"{told['ready']:.1f} + {told['first'] - told['ready']:.1f} CPU-s"
        say(f"web process {name}: start + first page", seconds, "")
        say(f"web process {name}: until the first page", f"{told['waited']:.1f} s", "<= 5 s")
        after = told["after"]
        memory = f"{after['VmRSS']} MB ({told['empty']['VmRSS']} before), highest {after['VmHWM']}"
        say(f"web process {name}: memory", memory, "<= 400 MB")


def _child() -> str:
    environment = {**os.environ, "IMAGEBANK_LIMIT_PAGES_PER_MINUTE_ADDRESS": "9999"}
    done = subprocess.run([sys.executable, "-c", CHILD], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr[-2_000:])
    return done.stdout.splitlines()[-1]
