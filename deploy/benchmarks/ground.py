"""Django and a throw-away bank under a benchmark. Import this before anything that has models."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import django
import psycopg
from django.conf import settings
from django.test.utils import setup_databases

from imagebank.embedded.postgres import Server

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imagebank.settings.testing")
django.setup()


@contextmanager
def bank() -> Iterator[None]:
    """An empty bank with its vocabulary on a database server of its own, which goes with it."""
    from imagebank.vocabulary.services import load

    server = Server(settings.CLUSTER, named_binaries=os.environ.get("IMAGEBANK_POSTGRES_BIN", ""), durable=False)
    server.start()
    try:
        with psycopg.connect(settings.CLUSTER.dsn("superuser", "postgres"), autocommit=True) as connection:
            connection.execute("ALTER ROLE imagebank_owner CREATEDB")
        setup_databases(verbosity=0, interactive=False)
        load()
        yield
    finally:
        server.stop()
