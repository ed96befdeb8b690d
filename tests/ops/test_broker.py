"""A message survives the death of whoever works on it, on both brokers (issue 2, point 3)."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psycopg
import pytest
from celery import current_app
from django.conf import settings

from imagebank.core.models import Heartbeat
from imagebank.embedded.processes import Child
from tests.serving import kill
from tests.waiting import wait_for

MESSAGES = 6


@pytest.fixture
def worker_environment() -> dict[str, str]:
    return {"IMAGEBANK_TEST_VISIBILITY": "4", "IMAGEBANK_TEST_TASKS": "tests.ops.slow_tasks"}


def _lines(diary: Path, word: str) -> list[list[str]]:
    text = diary.read_text() if diary.exists() else ""
    return [parts for parts in map(str.split, text.splitlines()) if parts[0] == word]


def _numbers(diary: Path, word: str) -> list[int]:
    return sorted(int(number) for _, number, _ in _lines(diary, word))


def _busy(diary: Path) -> int | None:
    """The process that works on something now."""
    done = set(_numbers(diary, "done"))
    running = [int(pid) for _, number, pid in _lines(diary, "start") if int(number) not in done]
    return running[-1] if running else None


@pytest.fixture
def diary(worker: Child, tmp_path: Path) -> Path:
    """Six tasks are on their way, and one is being worked on."""
    path = tmp_path / "diary"
    for number in range(MESSAGES):
        current_app.send_task("tests.slow", (str(path), number))
    wait_for(lambda: _busy(path))
    return path


def _queue_is_empty() -> bool:
    with psycopg.connect(settings.CLUSTER.dsn("queue", settings.TEST_DATABASE)) as connection:
        row = connection.execute("SELECT count(*) FROM pgmq.q_imagebank").fetchone()
    return row == (0,)


def test_task_sent_from_the_test_is_carried_out(worker: Child) -> None:
    Heartbeat.objects.all().delete()
    current_app.send_task("core.heartbeat")
    wait_for(Heartbeat.objects.exists)


def test_killed_pool_process_loses_nothing(worker: Child, diary: Path) -> None:
    pid = _busy(diary)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: set(_numbers(diary, "done")) == set(range(MESSAGES)), 60)
    assert _numbers(diary, "done") == list(range(MESSAGES))
    assert len(_numbers(diary, "start")) > MESSAGES
    wait_for(_queue_is_empty)


def test_killed_worker_loses_nothing(worker: Child, diary: Path) -> None:
    kill(worker)
    before = len(_numbers(diary, "done"))
    assert before < MESSAGES
    worker.start()
    wait_for(lambda: set(_numbers(diary, "done")) == set(range(MESSAGES)), 60)
    assert _numbers(diary, "done") == list(range(MESSAGES))
    wait_for(_queue_is_empty)


def test_idle_worker_takes_a_task_soon(worker: Child) -> None:
    wait_for(Heartbeat.objects.exists)
    Heartbeat.objects.all().delete()
    current_app.send_task("core.heartbeat")
    wait_for(Heartbeat.objects.exists, 2)
