"""The ground under every test: an embedded PostgreSQL of its own, both brokers, a real Celery worker."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from celery import current_app
from django.conf import settings
from django.core.management import call_command
from django.test.utils import setup_databases
from kombu import pools
from pytest_django import DjangoDbBlocker

from imagebank.core.models import Heartbeat
from imagebank.embedded import services
from imagebank.embedded.broker import broker_settings
from imagebank.embedded.cluster import Cluster
from imagebank.embedded.postgres import Server
from imagebank.embedded.processes import Child, end_with_parent
from tests.bank import bank_db, reading, vocabulary  # noqa: F401 - fixtures for every test
from tests.serving import kill
from tests.waiting import wait_for


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A running throw-away server; its owner role may make databases."""
    cluster: Cluster = settings.CLUSTER
    server = Server(cluster, named_binaries=os.environ.get("IMAGEBANK_POSTGRES_BIN", ""), durable=False)
    server.start()
    with psycopg.connect(cluster.dsn("superuser", "postgres"), autocommit=True) as connection:
        connection.execute("ALTER ROLE imagebank_owner CREATEDB")
    yield cluster
    server.stop()


@pytest.fixture(scope="session")
def django_db_setup(postgresql: Cluster, django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The test database, with the rights of the web and worker roles. It goes with the throw-away server.

    Not pytest-django's own: that one makes no database when every test of a run commits through `bank_db`.
    """
    with django_db_blocker.unblock():
        setup_databases(verbosity=0, interactive=False)
        call_command("grant_roles")


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis of the tests' own: own process, own socket, nothing on disk."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not on this machine; `run.py test` gets it when it runs as root")
    path = Path(settings.TEST_HOME) / "redis.sock"
    process = subprocess.Popen(
        [program, "--port", "0", "--unixsocket", str(path), "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
        preexec_fn=end_with_parent(signal.SIGKILL),
    )
    wait_for(path.exists)
    yield f"redis+socket://{path}"
    process.terminate()
    process.wait()


@pytest.fixture(params=["pgmq", "redis"])
def broker(request: pytest.FixtureRequest, django_db_setup: None) -> Iterator[str]:
    """Each broker in turn, emptied; tasks sent from the test itself go there too."""
    redis_url = request.getfixturevalue("redis_url") if request.param == "redis" else ""
    before = {key: current_app.conf[key] for key in ("broker_url", "broker_transport_options")}
    _send_to(broker_settings(redis_url, settings.CLUSTER.dsn("queue", settings.TEST_DATABASE)))
    current_app.control.purge()
    yield redis_url
    _send_to(before)


def _send_to(address: dict[str, object]) -> None:
    current_app.conf.update(address)
    pools.reset()  # connections to the broker before are dropped with their pools
    current_app._after_fork()  # type: ignore[attr-defined]


@pytest.fixture
def worker_environment() -> dict[str, str]:
    """What a test's worker gets besides the address of database and broker; a module of tests may have its own."""
    return {}


@pytest.fixture
def worker(broker: str, bank_db: None, worker_environment: dict[str, str]) -> Iterator[Child]:  # noqa: F811
    """A Celery worker in a process of its own, on the test database and on `broker`."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "imagebank.settings.testing",
        "IMAGEBANK_DATABASE_NAME": settings.TEST_DATABASE,
        "IMAGEBANK_REDIS_URL": broker,
        **worker_environment,
    }
    child = services.worker(Path(settings.TEST_HOME), environment, processes=2)
    child.start()
    try:
        wait_for(lambda: Heartbeat.objects.exists() or not child.alive())
        assert child.alive(), child.log.read_text()
        yield child
    finally:
        kill(child)
