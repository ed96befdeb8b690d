"""The supervisor: restarts what dies, stops in order, leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from imagebank.embedded import processes
from imagebank.embedded.processes import Child, Supervisor
from tests.waiting import wait_for

# Says that it lives, starts a child of its own, notes its end; "stubborn" does not listen to SIGTERM.
SCRIPT = """
import os, signal, subprocess, sys, time
diary, name, manner = sys.argv[1:]
def note(word):
    with open(diary, "a") as file: file.write(f"{word} {name} {os.getpid()}\\n")
def end(*_): note("end"); sys.exit(0)
signal.signal(signal.SIGTERM, signal.SIG_IGN if manner == "stubborn" else end)
grandchild = subprocess.Popen(["sleep", "300"])
note("begin")
with open(diary, "a") as file: file.write(f"grandchild {name} {grandchild.pid}\\n")
time.sleep(300)
"""


def _child(tmp_path: Path, name: str, manner: str = "polite") -> Child:
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "diary"), name, manner]
    return Child(name, command, os.environ, tmp_path / f"{name}.log")


def _words(tmp_path: Path, word: str) -> list[tuple[str, int]]:
    text = (tmp_path / "diary").read_text() if (tmp_path / "diary").exists() else ""
    found = [line.split() for line in text.splitlines()]
    return [(name, int(pid)) for first, name, pid in found if first == word]


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_stops_in_reverse_order_and_takes_grandchildren_along(tmp_path: Path) -> None:
    supervisor = Supervisor([_child(tmp_path, name) for name in ("first", "second", "third")])
    assert supervisor.watch(lambda: len(_words(tmp_path, "grandchild")) == 3)
    supervisor.stop()
    assert [name for name, _ in _words(tmp_path, "end")] == ["third", "second", "first"]
    left = [pid for _, pid in _words(tmp_path, "begin") + _words(tmp_path, "grandchild")]
    wait_for(lambda: not any(_runs(pid) for pid in left))


def test_child_that_does_not_listen_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "STOP_SECONDS", 0.5)
    supervisor = Supervisor([_child(tmp_path, "deaf", "stubborn")])
    supervisor.watch(lambda: bool(_words(tmp_path, "grandchild")))
    supervisor.stop()
    assert not any(_runs(pid) for _, pid in _words(tmp_path, "begin"))


def _has_lived(tmp_path: Path, times: int) -> bool:
    return len(_words(tmp_path, "grandchild")) == times


def test_killed_child_comes_back_after_a_growing_pause(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "FIRST_PAUSE", 0.05)
    child = _child(tmp_path, "one")
    child.pause = 0.05
    supervisor = Supervisor([child])
    for lives in (1, 2, 3):
        assert supervisor.watch(partial(_has_lived, tmp_path, lives))
        os.kill(_words(tmp_path, "begin")[-1][1], signal.SIGKILL)
    supervisor.watch(partial(_has_lived, tmp_path, 4))
    supervisor.stop()
    assert child.pause == pytest.approx(0.05 * 2**3)
    wait_for(lambda: not any(_runs(pid) for _, pid in _words(tmp_path, "grandchild")))


def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, os; from pathlib import Path\n"
        "from tests.ops.test_supervisor import _child\n"
        "from imagebank.embedded.processes import Supervisor\n"
        f"Supervisor([_child(Path({str(tmp_path)!r}), 'orphan')]).watch()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=processes.ROOT)
    wait_for(lambda: _words(tmp_path, "begin"))
    parent.kill()
    parent.wait()
    wait_for(lambda: _words(tmp_path, "end"))
    os.kill(_words(tmp_path, "grandchild")[0][1], signal.SIGKILL)


def test_signal_asks_to_stop(tmp_path: Path) -> None:
    supervisor = Supervisor([])
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    supervisor.listen()
    try:
        signal.raise_signal(signal.SIGINT)
        assert supervisor.watch() is False
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
