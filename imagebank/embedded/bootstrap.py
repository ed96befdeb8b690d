"""What only the superuser of an embedded cluster can do: roles, extensions, the queue's tables. Runs at every start."""

from __future__ import annotations

from importlib.resources import files

import psycopg
from psycopg import sql

from imagebank.embedded.cluster import DATABASE, ROLES, Cluster

EXTENSIONS = ("pg_trgm", "unaccent", "btree_gin", "intarray", "vector")
TEMPLATE = "template1"  # every database made from here on, the tests' too, has the extensions and the queue


def prepare(cluster: Cluster) -> None:
    """Make what is missing; an existing cluster is left as it is, except that passwords follow the state folder."""
    with psycopg.connect(cluster.dsn("superuser", TEMPLATE), autocommit=True) as connection:
        _roles(connection, cluster)
        _extensions(connection)
        if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
            _queue_once(connection)
            owner = sql.Identifier(ROLES["owner"])
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), owner))
    with psycopg.connect(cluster.dsn("superuser", DATABASE), autocommit=True) as connection:
        _extensions(connection)


def _exists(connection: psycopg.Connection, query: str, value: str) -> bool:
    return connection.execute(query.encode(), [value]).fetchone() is not None


def _roles(connection: psycopg.Connection, cluster: Cluster) -> None:
    for role, user in ROLES.items():
        if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", user):
            connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(user)))
        connection.execute(
            sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(user), sql.Literal(cluster.password(role)))
        )


def _extensions(connection: psycopg.Connection) -> None:
    """Those that a newer version of the bank asks for come to a database that is there already, too."""
    for extension in EXTENSIONS:
        connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))


def _queue_once(connection: psycopg.Connection) -> None:
    if not _exists(connection, "SELECT 1 FROM pg_namespace WHERE nspname = %s", "pgmq"):
        _queue(connection)


def _queue(connection: psycopg.Connection) -> None:
    """PGMQ as plain SQL, owned by the queue's role: declaring a queue makes tables, which needs the owner."""
    queue, template = sql.Identifier(ROLES["queue"]), sql.Identifier(TEMPLATE)
    script = files("pgmq").joinpath("sql", "pgmq.sql").read_bytes()
    with connection.transaction():
        connection.execute(sql.SQL("CREATE SCHEMA pgmq AUTHORIZATION {}").format(queue))
        connection.execute(sql.SQL("GRANT CREATE ON DATABASE {} TO {}").format(template, queue))
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(queue))
        connection.execute(script)
        connection.execute("RESET ROLE")
        connection.execute(sql.SQL("REVOKE CREATE ON DATABASE {} FROM {}").format(template, queue))
