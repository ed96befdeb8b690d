"""PostgreSQL refuses to run as root: which account runs it then, and what that account can reach."""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

UNPRIVILEGED = "nobody"  # exists on every Debian; initdb insists on an entry in the password file


@dataclass(frozen=True)
class Account:
    """The account of the server process; `drop` says that we are root and must change to it."""

    uid: int
    gid: int
    drop: bool

    def popen_arguments(self) -> dict[str, object]:
        """Arguments of `subprocess.Popen` that start a child as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.drop else {}

    def give(self, path: Path) -> None:
        """Make `path` belong to this account."""
        if self.drop:
            os.chown(path, self.uid, self.gid)

    def reaches(self, path: Path) -> bool:
        """Whether this account can walk to `path` (which may not exist yet) through all folders above it."""
        existing = [folder for folder in path.absolute().parents if folder.exists()]
        return not self.drop or all(self._enters(folder) for folder in existing)

    def _enters(self, folder: Path) -> bool:
        status = folder.stat()
        bit = stat.S_IXUSR if status.st_uid == self.uid else stat.S_IXOTH
        return bool(status.st_mode & bit)


def server_account() -> Account:
    """Ourselves, or the unprivileged account when we are root."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), drop=False)
    entry = pwd.getpwnam(UNPRIVILEGED)
    return Account(entry.pw_uid, entry.pw_gid, drop=True)
