"""The processes of a node on one machine: worker, beat, web, each with the database role it needs."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from imagebank.embedded.folders import private_folder
from imagebank.embedded.processes import Child

MOST_WORKERS = 4
# Each job is a process of its own; libraries that start a thread per core in each would fight over the cores.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
CELERY = (sys.executable, "-m", "celery", "--quiet", "-A", "imagebank.celery")


def worker(logs: Path, environment: Mapping[str, str], processes: int | None = None) -> Child:
    """Carries out tasks. Gossip, mingle and heartbeat are broadcasts between workers, of which there is one."""
    count = processes or min(os.cpu_count() or 1, MOST_WORKERS)
    command = [*CELERY, "worker", f"--concurrency={count}", "--without-gossip", "--without-mingle"]
    return Child(
        "worker",
        [*command, "--without-heartbeat"],
        {**environment, **ONE_THREAD, "IMAGEBANK_ROLE": "worker"},
        logs / "worker.log",
    )


def beat(logs: Path, environment: Mapping[str, str], state: Path) -> Child:
    """Sends the sweepers' tasks at their intervals."""
    schedule = private_folder(state / "beat") / "schedule"
    command = [*CELERY, "beat", f"--schedule={schedule}", "--pidfile="]
    return Child("beat", command, {**environment, "IMAGEBANK_ROLE": "worker"}, logs / "beat.log")


def web(logs: Path, environment: Mapping[str, str], port: int) -> Child:
    """Serves pages and REST on loopback."""
    command = [sys.executable, "-m", "gunicorn", "--config=python:imagebank.gunicorn_conf", "imagebank.wsgi"]
    own = {"IMAGEBANK_ROLE": "web", "IMAGEBANK_BIND": f"127.0.0.1:{port}"}
    return Child("web", command, {**environment, **own}, logs / "web.log")
