"""The embedded PostgreSQL: who may connect, what is logged, what happens after a kill -9."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from imagebank.embedded import postgres
from imagebank.embedded.binaries import EmbeddedError, find
from imagebank.embedded.cluster import LONGEST_SOCKET, ROLES, SOCKET_NAME, Cluster
from imagebank.embedded.postgres import Server
from tests.waiting import wait_for


def _one(cluster: Cluster, query: str, role: str = "owner") -> object:
    with psycopg.connect(cluster.dsn(role)) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def _pid(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().split()[0])


def test_listens_on_a_private_socket_only(server: Server) -> None:
    assert _one(server.cluster, "SHOW listen_addresses") == ""
    assert stat.S_IMODE(server.cluster.socket.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.cluster.home.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can drop to another account")
def test_root_runs_it_as_somebody_else(server: Server) -> None:
    status = Path(f"/proc/{_pid(server.cluster)}/status").read_text()
    assert f"Uid:\t{server.cluster.account.uid}\t" in status
    assert server.cluster.account.uid != 0


def test_each_role_needs_its_own_password(server: Server) -> None:
    for role in ROLES:
        assert _one(server.cluster, "SELECT current_user", role) == ROLES[role]
    wrong = server.cluster.dsn("web").replace(server.cluster.password("web"), server.cluster.password("worker"))
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_queue_role_reaches_its_queue_and_nothing_else(server: Server) -> None:
    with psycopg.connect(server.cluster.dsn("owner")) as connection:
        connection.execute("CREATE TABLE private (x int)")
    assert _one(server.cluster, "SELECT pgmq.create('a')::text", "queue") == ""
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        _one(server.cluster, "SELECT x FROM private", "queue")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        _one(server.cluster, "SELECT pgmq.send('a', '{}')", "web")


def test_log_holds_no_statement_parameter_or_row(server: Server) -> None:
    canary = "Kanarienvogel"
    with psycopg.connect(server.cluster.dsn("owner"), autocommit=True) as connection:
        connection.execute("CREATE TABLE t (name text UNIQUE)")
        connection.execute("INSERT INTO t VALUES (%s)", [canary])
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO t VALUES (%s)", [canary])
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            connection.execute(f"SELECT '{canary}'::int".encode())
    log = server.cluster.log.read_text()
    assert "ready to accept connections" in log
    assert canary not in log


def test_keeps_its_data_and_its_passwords_over_a_restart(server: Server) -> None:
    with psycopg.connect(server.cluster.dsn("owner")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS x")
    server.stop()
    assert not server.alive()
    server.start()
    assert _one(server.cluster, "SELECT x FROM kept") == 7


def test_survives_kill_of_the_postmaster_with_a_client_connected(cluster: Cluster) -> None:
    server = Server(cluster)
    server.start()
    with psycopg.connect(server.cluster.dsn("owner")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS x")
    client = psycopg.connect(server.cluster.dsn("owner"))
    os.kill(_pid(server.cluster), signal.SIGKILL)
    wait_for(lambda: not server.alive())
    server.keep_up()
    assert _one(server.cluster, "SELECT x FROM kept") == 7
    client.close()
    server.stop()


def test_takes_over_from_a_server_whose_supervisor_is_gone(server: Server) -> None:
    left_over = _pid(server.cluster)
    again = Server(server.cluster, durable=False)
    again.start()
    assert _pid(server.cluster) != left_over
    assert _one(server.cluster, "SELECT 1") == 1
    again.stop()


def test_stop_leaves_no_process(server: Server) -> None:
    server.stop()
    assert postgres._processes_in(server.cluster.data) == []


def test_cluster_of_another_major_version_is_named(server: Server) -> None:
    server.stop()
    (server.cluster.data / "PG_VERSION").write_text("14\n")
    with pytest.raises(EmbeddedError, match=r"made by PostgreSQL 14, but PostgreSQL \d+"):
        server.start()


def test_interrupted_initdb_is_done_again(cluster: Cluster) -> None:
    cluster.data.mkdir(parents=True)
    (cluster.data / "half").touch()
    server = Server(cluster, durable=False)
    server.start()
    assert _one(cluster, "SELECT 1") == 1
    server.stop()


def test_long_or_strange_path_gets_a_short_socket(folder: Path, cluster: Cluster) -> None:
    for name in ("x" * 90, "with space"):
        other = Cluster(folder / name / "postgresql", cluster.state, cluster.account)
        assert len(str(other.socket / SOCKET_NAME).encode()) <= LONGEST_SOCKET
        assert " " not in str(other.socket)
    server = Server(other, durable=False)
    server.start()
    assert _one(other, "SELECT pgmq.create('a')::text", "queue") == ""
    server.stop()
    postgres.reset(other)
    assert not other.socket.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to an account that can be shut out")
def test_folder_behind_a_private_home_is_not_reached(folder: Path, cluster: Cluster) -> None:
    home = folder / "home"
    home.mkdir(mode=0o700)
    assert not cluster.account.reaches(home / "checkout" / "data")
    home.chmod(0o711)
    assert cluster.account.reaches(home / "checkout" / "data")


def test_folder_without_postgresql_is_named(cluster: Cluster, folder: Path) -> None:
    with pytest.raises(EmbeddedError, match="no PostgreSQL that runs"):
        find(cluster.account, str(folder))


def test_server_ends_when_its_parent_is_killed(folder: Path) -> None:
    """kill -9 of the supervisor leaves no server behind."""
    code = (
        "import sys, time; from pathlib import Path\n"
        "from imagebank.embedded.cluster import cluster_for\n"
        "from imagebank.embedded.postgres import Server\n"
        f"c = cluster_for(Path({str(folder / 'data')!r})); s = Server(c, durable=False); s.start()\n"
        "print(c.data, flush=True); time.sleep(60)\n"
    )
    environment = {**os.environ, "IMAGEBANK_STATE": str(folder / "state")}
    parent = subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    data = Path(parent.stdout.readline().strip())
    assert postgres._processes_in(data)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_for(lambda: not postgres._processes_in(data))
