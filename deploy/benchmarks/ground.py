"""Django and a bank of its own under a benchmark. Import this before anything that has models."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if "--data" in sys.argv:  # a bank that stays, to go on with
    _home = Path(sys.argv[sys.argv.index("--data") + 1]).resolve()
    _home.mkdir(mode=0o711, parents=True, exist_ok=True)
    os.environ.update(IMAGEBANK_TEST_RUNNER=os.environ.get("PYTEST_XDIST_WORKER", ""), IMAGEBANK_TEST_HOME=str(_home))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imagebank.settings.testing")

import django
import psycopg
from django.conf import settings
from django.test.utils import setup_databases

from imagebank.embedded.postgres import Server

django.setup()


@contextmanager
def bank() -> Iterator[None]:
    """A bank with its vocabulary on a database server of its own; it goes with the server unless `--data` names it."""
    from imagebank.vocabulary.services import load

    server = Server(settings.CLUSTER, named_binaries=os.environ.get("IMAGEBANK_POSTGRES_BIN", ""), durable=False)
    server.start()
    try:
        with psycopg.connect(settings.CLUSTER.dsn("superuser", "postgres"), autocommit=True) as connection:
            connection.execute("ALTER ROLE imagebank_owner CREATEDB")
        setup_databases(verbosity=0, interactive=False, keepdb=True, serialized_aliases=())
        os.environ["IMAGEBANK_DATABASE_NAME"] = settings.TEST_DATABASE  # of the processes begun from here
        load()
        yield
    finally:
        server.stop()
