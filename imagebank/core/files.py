"""Files that must not be lost, half-written or left over."""

from __future__ import annotations

import os
from pathlib import Path


def write_new(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Write a file that did not exist, durably; FileExistsError otherwise. Nothing overwrites a stored object."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        os.link(partial, path)
    finally:
        os.unlink(partial)
    sync_folder(path.parent)


def destroy(path: Path) -> None:
    """Overwrite and unlink; nothing happens when it is not there. The overwrite is best effort on modern disks."""
    try:
        with path.open("r+b") as handle:
            handle.write(b"\0" * min(path.stat().st_size, 4096))
            handle.flush()
            os.fsync(handle.fileno())
        path.unlink()
    except FileNotFoundError:
        return
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make a rename or unlink durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
