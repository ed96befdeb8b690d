#!/usr/bin/env python3
"""Everything a person types: `python3 run.py demo | test | check | lock`. Needs only Python 3.11 with venv.

demo   the whole image bank on this machine, with synthetic clips, on http://127.0.0.1:8000/
test   all tests; `--long` adds those that take minutes; further arguments go to pytest
check  format, lint, types, import contracts, missing migrations
lock   writes requirements/*.txt (versions and hashes) from requirements/*.in; needs uv
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
REQUIREMENTS = ROOT / "requirements"
OLDEST = (3, 11)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CHECKS = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "types": ["mypy"],
    "import contracts": ["lint-imports"],
    "missing migrations": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
}


def main() -> int:
    """Read the command line and do it; returns the exit status."""
    options, rest = _parser().parse_known_args()
    if rest and options.command != "test":
        _parser().error(f"unknown: {' '.join(rest)}")
    if options.command == "demo":
        demo(options)
    if options.command == "test":
        return test(options.long, rest)
    return check() if options.command == "check" else lock()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    show = commands.add_parser("demo", help="run the image bank with synthetic clips")
    show.add_argument("--port", type=int, default=8000)
    show.add_argument("--data", type=Path, help="data folder (default: data beside run.py)")
    show.add_argument("--reset", action="store_true", help="throw away the demo's data first")
    commands.add_parser("test", help="run the tests").add_argument("--long", action="store_true")
    commands.add_parser("check", help="format, lint, types, import contracts, missing migrations")
    commands.add_parser("lock", help="write the hash locks")
    return parser


def demo(options: argparse.Namespace) -> NoReturn:
    """Become `manage.py demo`: the same process, so that Ctrl-C goes to the supervisor alone."""
    install("base")
    environment = dict(os.environ)
    if options.data:
        environment["IMAGEBANK_DATA"] = str(options.data.resolve())
    arguments = ["demo", f"--port={options.port}", *(["--reset"] if options.reset else [])]
    sys.stdout.flush()
    os.execve(PYTHON, [str(PYTHON), str(ROOT / "manage.py"), *arguments], environment)


def test(long: bool, arguments: list[str]) -> int:
    """Run pytest, the files of tests shared out; without --long the tests marked so are left out.

    Three processes keep two cores busy: many tests wait for a server, a worker or a browser.
    """
    install("test")
    _get_tools()
    chosen = ["-n3", "--dist=loadfile", "--no-loadscope-reorder", *([] if long else ["-m", "not long"])]
    return subprocess.run([PYTHON, "-m", "pytest", *chosen, *arguments], cwd=ROOT).returncode


def check() -> int:
    """Run every check even when one fails; 1 when any did."""
    install("test")
    failed = [name for name, command in CHECKS.items() if not _passes(name, command)]
    say(f"failed: {', '.join(failed)}" if failed else "all checks pass")
    return 1 if failed else 0


def _passes(name: str, command: list[str]) -> bool:
    say(name)
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "imagebank.settings.testing"}
    return subprocess.run([VENV / "bin" / command[0], *command[1:]], cwd=ROOT, env=environment).returncode == 0


def lock() -> int:
    """Resolve all versions once (test includes base) and write both locks without naming where packages come from."""
    if not shutil.which("uv"):
        sys.exit("`run.py lock` needs uv.")
    for name, constraint in (("test", []), ("base", ["--constraint", str(REQUIREMENTS / "test.txt")])):
        source, target = REQUIREMENTS / f"{name}.in", REQUIREMENTS / f"{name}.txt"
        flags = ["--universal", "--python-version", "3.11", "--generate-hashes", "--only-binary", ":all:", "--quiet"]
        # rapidocr asks for opencv-python; the headless build, which needs no display libraries, is there instead
        flags += ["--no-annotate", "--no-header", "--no-emit-index-url", "--no-emit-find-links"]
        flags += ["--no-emit-package", "opencv-python", *constraint]
        subprocess.run(["uv", "pip", "compile", str(source), *flags, "-o", str(target)], check=True)
        if "://" in target.read_text():
            sys.exit(f"{target.name} names an address; it must not.")
    return 0


def install(name: str) -> None:
    """Make `.venv` and install a lock in it, unless its stamp says that this was done."""
    _check_python()
    if not _usable(PYTHON):
        _make_venv()
    wanted = _digest(name)
    if _stamps().get(name) == wanted:
        return
    started = time.monotonic()
    say(f"installing the packages of requirements/{name}.txt (once; some minutes on a slow line)")
    rules = ["--require-hashes", "--no-deps", "--only-binary", ":all:"]
    subprocess.run([*_installer(), *rules, "-r", _lock(name)], check=True)
    covered = {"base": _digest("base")} if name == "test" else {}  # the test lock includes the base lock
    STAMP.write_text(json.dumps({**_stamps(), **covered, name: wanted}))
    say(f"installed in {time.monotonic() - started:.0f} s")


def _check_python() -> None:
    if sys.version_info < OLDEST:
        sys.exit(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; this is {sys.version.split()[0]}.")
    if not shutil.which("uv") and not importlib.util.find_spec("ensurepip"):
        sys.exit("Python's venv module is incomplete here. On Debian or Ubuntu: apt-get install python3-venv")


def _usable(python: Path) -> bool:
    """An environment that was moved, or whose Python was removed, is made anew."""
    return python.exists() and subprocess.run([python, "-c", "pass"], capture_output=True).returncode == 0


def _make_venv() -> None:
    say("making .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    if shutil.which("uv"):
        subprocess.run(["uv", "venv", "--quiet", "--python", sys.executable, str(VENV)], check=True)
    else:
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)


def _installer() -> list[str]:
    if shutil.which("uv"):
        return ["uv", "pip", "install", "--python", str(PYTHON)]
    return [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check"]


def _lock(name: str) -> str:
    return str(REQUIREMENTS / f"{name}.txt")


def _digest(name: str) -> str:
    return hashlib.sha256(Path(_lock(name)).read_bytes()).hexdigest()


def _stamps() -> dict[str, str]:
    return json.loads(STAMP.read_text()) if STAMP.exists() else {}


def _get_tools() -> None:
    """The tests drive a real browser and a real Redis; as root they are got, else only the browser can be."""
    missing = [] if _browser() else ["chromium"]
    missing += [] if shutil.which("redis-server") else ["redis-server"]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"getting {' and '.join(missing)} (apt-get)")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        quiet: dict[str, Any] = {"env": environment, "stdout": subprocess.DEVNULL, "check": True}
        subprocess.run(["apt-get", "update", "-qq"], **quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing], **quiet)
    elif "chromium" in missing:
        say("getting Chromium (playwright)")
        subprocess.run([PYTHON, "-m", "playwright", "install", "chromium"], check=True)
    if "redis-server" in missing and not shutil.which("redis-server"):
        say("redis-server is not here: the tests of that broker are skipped (apt-get install redis-server)")


def _browser() -> bool:
    """A browser of the machine, or one that playwright got before."""
    own = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache" / "ms-playwright"))
    return any(shutil.which(name) for name in BROWSERS) or any(own.glob("chromium-*"))


def say(line: str) -> None:
    """One line of progress."""
    print(f"run.py: {line}", flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(f"run.py: {Path(str(error.cmd[0])).name} failed ({error.returncode}); its lines above say why.")
    except KeyboardInterrupt:
        sys.exit(130)
