"""The sandbox: each ending is a named verdict, the fences hold, and the next job runs."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from anonymize.keying import SecretKeyer
from anonymize.policy import Limits, MiB
from anonymize.sandbox import Outcome, Sandbox
from tests.anonymize.sandbox_jobs import JOBS

KEYER = SecretKeyer(b"k" * 32)
LIMITS = Limits(wall_seconds=8.0, cpu_seconds=6, resident_bytes=512 * MiB)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(LIMITS, jobs=JOBS) as made:
        yield made


@pytest.fixture
def source() -> Iterator[int]:
    fd = os.memfd_create("source")
    os.write(fd, b"something")
    yield fd
    os.close(fd)


def run(sandbox: Sandbox, job: str, source: int, **more: Any) -> Outcome:
    return sandbox.run(job, source=source, keyer=KEYER, **more)


def test_a_job_gets_its_descriptors_and_gives_its_result(sandbox: Sandbox, source: int) -> None:
    copy = os.memfd_create("copy")
    outcome = run(sandbox, "echo", source, outputs={"copy": copy}, extra={"against": source}, request={"a": [1, "ü"]})
    assert (outcome.verdict, outcome.code) == ("clean", "clean")
    assert outcome.result == {"request": {"a": [1, "ü"]}, "length": 9, "extra": ["against"]}
    assert os.pread(copy, 100, 0) == b"something"
    assert outcome.peak_bytes > 10 * MiB
    os.close(copy)


def test_keys_come_from_the_parent(sandbox: Sandbox, source: int) -> None:
    assert run(sandbox, "ask", source).result == {"keys": KEYER.key("uid", ["1.2.3", "1.2.4"])}


@pytest.mark.parametrize(
    ("job", "code"),
    [
        ("held", "held.no_picture"),
        ("fall", "failed.exception"),
        ("memory", "refused.limit_memory"),
        ("resident", "refused.limit_memory"),
        ("recursion", "refused.limit_depth"),
        ("panic", "refused.decoder"),
        ("leave", "failed.crashed"),
        ("kill", "failed.killed"),
        ("crash", "failed.crashed"),
        ("garbage", "failed.crashed"),
        ("silent", "failed.crashed"),
        ("huge", "failed.crashed"),
        ("oracle", "failed.crashed"),
        ("nowhere", "failed.exception"),
    ],
)
def test_each_ending_has_its_code_and_the_next_job_runs(sandbox: Sandbox, source: int, job: str, code: str) -> None:
    outcome = run(sandbox, job, source)
    assert outcome.code == code
    assert "DOE" not in repr(outcome)
    assert run(sandbox, "echo", source).code == "clean"


def test_the_watchdog_looks_at_resident_memory(sandbox: Sandbox, source: int) -> None:
    outcome = run(sandbox, "resident", source, limits=Limits(resident_bytes=256 * MiB))
    assert outcome.code == "refused.limit_memory"
    assert 256 * MiB < outcome.peak_bytes < 768 * MiB  # long before the limit on addresses


def test_time_used_is_the_files_fault_and_time_waited_is_ours(sandbox: Sandbox, source: int) -> None:
    assert run(sandbox, "spin", source, limits=Limits(cpu_seconds=1)).code == "refused.limit_time"
    assert run(sandbox, "spin", source, limits=Limits(wall_seconds=0.4, cpu_seconds=1)).code in (
        "refused.limit_time",
        "failed.time",
    )
    waited = run(sandbox, "sleep", source, limits=Limits(wall_seconds=0.3))
    assert waited.code == "failed.time"
    assert waited.seconds < 2


@pytest.mark.parametrize(
    ("job", "code", "limits", "setting"),
    [
        ("memory", "refused.limit_memory", Limits(address_bytes=2 << 30), "address_bytes"),
        ("resident", "refused.limit_memory", Limits(resident_bytes=200 * MiB), "resident_bytes"),
        ("spin", "refused.limit_time", Limits(cpu_seconds=1), "cpu_seconds"),
        ("sleep", "failed.time", Limits(wall_seconds=0.2), "wall_seconds"),
        ("too_many_files", "refused.limit_files", Limits(open_files=32), "open_files"),
        ("too_much_output", "refused.limit_bytes", Limits(output_bytes=1 << 20), "output_bytes"),
    ],
)
def test_the_limit_that_was_met_is_named(
    sandbox: Sandbox, source: int, job: str, code: str, limits: Limits, setting: str
) -> None:
    copy = os.memfd_create("copy")
    outcome = run(sandbox, job, source, limits=limits, outputs={"copy": copy})
    os.close(copy)
    assert outcome.code == code
    assert (outcome.detail["setting"], outcome.detail["limit"]) == (setting, getattr(limits, setting))


def test_a_thread_that_goes_on_ends_with_its_job(sandbox: Sandbox, source: int) -> None:
    outcome = run(sandbox, "leave_thread", source)
    assert outcome.code == "clean" and outcome.seconds < 5
    children = f"/proc/{sandbox.template_pid}/task/{sandbox.template_pid}/children"
    assert Path(children).read_text().split() == []


@pytest.mark.parametrize("job", ["network", "program", "fork", "write_file", "signal_parent"])
def test_a_job_cannot_reach_out(sandbox: Sandbox, source: int, job: str) -> None:
    assert run(sandbox, job, source).result["error"] in ("PermissionError", "OSError", "BlockingIOError")


def test_a_job_has_few_files_and_no_environment(sandbox: Sandbox, source: int, monkeypatch: pytest.MonkeyPatch) -> None:
    found = run(sandbox, "files", source).result
    assert found["descriptors"] == 5  # standard three, the line to the parent, the source
    assert not {"HOME", "PATH", "ANONYMIZE_SECRET"} & set(found["environment"])
    assert run(sandbox, "many_files", source).result["error"] == "OSError"


def test_a_job_is_not_root_and_can_gain_nothing(sandbox: Sandbox, source: int) -> None:
    found = run(sandbox, "who", source).result
    assert found["uid"] != 0
    assert (found["no_new_privs"], found["seccomp"]) == ("1", "2")
    assert sandbox.holds["user"] and sandbox.holds["network"]


def test_a_template_that_dies_is_replaced(sandbox: Sandbox, source: int) -> None:
    first = sandbox.template_pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert run(sandbox, "echo", source).code == "clean"
    assert sandbox.template_pid != first


def test_a_template_that_dies_takes_its_job_along_and_says_so(sandbox: Sandbox, source: int) -> None:
    sandbox.start()
    timer = threading.Timer(0.5, lambda: os.kill(sandbox.template_pid or 0, signal.SIGKILL))
    timer.start()
    outcome = run(sandbox, "sleep", source)
    timer.join()
    assert outcome.code == "failed.killed"
    assert outcome.seconds < 5
    assert run(sandbox, "echo", source).code == "clean"


def test_jobs_run_side_by_side(sandbox: Sandbox, source: int) -> None:
    outcomes: list[Outcome] = []
    limits = Limits(wall_seconds=1.0)
    threads = [
        threading.Thread(target=lambda: outcomes.append(run(sandbox, "sleep", source, limits=limits))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [outcome.code for outcome in outcomes] == ["failed.time"] * 4
    assert max(outcome.seconds for outcome in outcomes) < 3


def test_a_forked_process_gets_a_template_of_its_own(sandbox: Sandbox, source: int) -> None:
    sandbox.start()
    ours = sandbox.template_pid
    pid = os.fork()
    if pid == 0:
        good = False
        try:
            good = run(sandbox, "echo", source).code == "clean" and sandbox.template_pid != ours
            sandbox.close()
        finally:
            os._exit(0 if good else 1)
    assert os.waitpid(pid, 0)[1] == 0
    assert run(sandbox, "echo", source).code == "clean"
    assert sandbox.template_pid == ours
