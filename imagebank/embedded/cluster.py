"""Folders and names of one embedded cluster: computed, so that settings know the address of a stopped server."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from imagebank.embedded import folders
from imagebank.embedded.account import Account, server_account
from imagebank.embedded.binaries import RELOCATED

DATABASE = "imagebank"
SUPERUSER = "imagebank_superuser"
# owner: migrations; web and worker: what they need; queue: owns the broker's tables and reaches nothing else.
ROLES = {role: f"imagebank_{role}" for role in ("owner", "web", "worker", "queue")}
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET = 107  # bytes, sun_path of unix(7) less its final zero
# The queue's client writes its connection string without quoting.
UNQUOTED = re.compile(r"[A-Za-z0-9_./-]+")


@dataclass(frozen=True)
class Cluster:
    """One cluster: `home` belongs to the server's account (0700) and holds everything the server writes."""

    home: Path
    state: Path
    account: Account

    @property
    def data(self) -> Path:
        """PGDATA."""
        return self.home / "cluster"

    @property
    def log(self) -> Path:
        """The server's log: starts, stops and crashes; no statements."""
        return self.home / "server.log"

    @property
    def socket(self) -> Path:
        """The folder of the socket: beside the cluster, or a short one when the path would be too long."""
        beside = self.home / "socket"
        fits = len(str(beside / SOCKET_NAME).encode()) <= LONGEST_SOCKET
        if fits and UNQUOTED.fullmatch(str(beside)):
            return beside
        return Path(tempfile.gettempdir()) / f"imagebank-{self.account.uid}-{folders.name_of(self.home)}"

    def password(self, role: str) -> str:
        """Password of a role of ROLES or of the superuser, made at the first call."""
        return folders.secret(self.state, f"postgresql-{role}")

    def dsn(self, role: str, database: str = DATABASE) -> str:
        """libpq connection string for a role of ROLES or "superuser"."""
        user = ROLES.get(role, SUPERUSER)
        return f"host={self.socket} port=5432 dbname={database} user={user} password={self.password(role)}"


def cluster_for(data: Path) -> Cluster:
    """The cluster of a data folder: inside it, or under /var/lib/imagebank when the server cannot go there."""
    account = server_account()
    inside = data / "postgresql"
    home = inside if account.reaches(inside) else RELOCATED / folders.name_of(data) / "postgresql"
    return Cluster(home, folders.state_folder(data), account)
