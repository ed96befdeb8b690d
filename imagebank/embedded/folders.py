"""Where the embedded services keep things: data folder, state folder (secrets), runtime names derived from the path."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path


def name_of(data: Path) -> str:
    """A short stable name for a data folder, used wherever its path would be too long or not traversable."""
    return hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:12]


def state_folder(data: Path) -> Path:
    """The folder of this data folder's secrets: outside of it, so that a copy of the data is a copy without keys."""
    named = os.environ.get("IMAGEBANK_STATE")
    if named:
        return Path(named)
    home = os.environ.get("XDG_STATE_HOME")
    base = Path(home) if home else Path.home() / ".local" / "state"
    return base / "imagebank" / name_of(data)


def private_folder(path: Path) -> Path:
    """Make `path` (0700) and return it."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def secret(state: Path, name: str) -> str:
    """The named secret of a state folder (64 hex digits, 0600), made at the first call; safe against a race of two."""
    path = private_folder(state) / name
    if not path.exists():
        _write_once(path, secrets.token_hex(32))
    return path.read_text()


def _write_once(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    try:
        os.link(draft, path)  # fails when another process was first; its secret holds then
    except FileExistsError:
        pass
    finally:
        draft.unlink()
