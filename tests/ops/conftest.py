"""A PostgreSQL of one test's own, to be killed and spoilt."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from imagebank.embedded.cluster import Cluster, cluster_for
from imagebank.embedded.postgres import Server


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the database's account can walk into, which pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="imagebank-ops-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture
def cluster(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """An address; nothing runs there yet."""
    monkeypatch.setenv("IMAGEBANK_STATE", str(folder / "state"))
    return cluster_for(folder / "data")


@pytest.fixture
def server(cluster: Cluster) -> Iterator[Server]:
    """A running server."""
    server = Server(cluster, durable=False)
    server.start()
    yield server
    server.stop()
