"""Production refuses to start half-configured or on a demo's database (privacy.md 25); roles hold in the database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from imagebank.accounts.models import User
from imagebank.core.guard import refuse_demo_node
from imagebank.core.models import Node
from imagebank.embedded.processes import ROOT

COMPLETE = {
    "SECRET_KEY": "k" * 50,
    "MASTER_KEY": "ab" * 32,
    "KEYS": "/srv/keys",
    "DATABASE_URL": "postgresql://web:secret@db/bank?sslmode=require",
    "REDIS_URL": "redis://queue/0",
    "ALLOWED_HOSTS": "bank.example",
    "BASE_URL": "https://bank.example",
    "EMAIL_HOST": "mail.bank.example",
}


def _start(changes: dict[str, str], code: str = "import imagebank.settings.production") -> tuple[int, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("IMAGEBANK_")}
    own = {f"IMAGEBANK_{name}": value for name, value in {**COMPLETE, **changes}.items()}
    done = subprocess.run(
        [sys.executable, "-c", code], env={**clean, **own}, cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr + done.stdout


def test_complete_production_starts() -> None:
    code = "from imagebank.settings import production as p; print(p.DATABASES, p.DEBUG, p.DEMO_ALLOWED)"
    status, said = _start({}, code)
    assert status == 0
    assert "'HOST': 'db'" in said
    assert "'sslmode': 'require'" in said
    assert said.strip().endswith("False False")


@pytest.mark.parametrize("name", COMPLETE)
def test_production_names_what_is_missing(name: str) -> None:
    status, said = _start({name: ""})
    assert status != 0
    assert f"IMAGEBANK_{name}" in said


@pytest.mark.parametrize(
    ("name", "value"),
    [("SECRET_KEY", "short"), ("MASTER_KEY", "ab"), ("BASE_URL", "http://bank.example"), ("DEBUG", "1")],
)
def test_production_refuses_what_is_weak(name: str, value: str) -> None:
    status, said = _start({name: value})
    assert status != 0
    assert f"IMAGEBANK_{name}" in said


@pytest.mark.django_db
def test_demo_mark_and_demo_account_stop_a_real_node(settings: Settings) -> None:
    settings.DEMO_ALLOWED = False
    refuse_demo_node()
    Node.objects.filter(pk=Node.current().pk).update(demo=True)
    with pytest.raises(ImproperlyConfigured, match="marked as a demo"):
        refuse_demo_node()
    Node.objects.update(demo=False)
    User.objects.create_user("trainee@demo.example")
    with pytest.raises(ImproperlyConfigured, match="demo account"):
        refuse_demo_node()
    settings.DEMO_ALLOWED = True
    refuse_demo_node()


@pytest.mark.parametrize("role", ["web", "worker"])
@pytest.mark.parametrize(
    "act",
    [
        "UPDATE core_auditevent SET reason = ''",
        "DELETE FROM core_auditevent",
        "TRUNCATE core_auditlink",
        "DROP TABLE core_outbox",
        "CREATE TABLE x (y int)",
    ],
)
def test_web_and_worker_cannot_rewrite_the_trail_or_the_schema(role: str, act: str, django_db_setup: None) -> None:
    with (
        psycopg.connect(settings.CLUSTER.dsn(role, settings.TEST_DATABASE)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(act.encode())


@pytest.mark.parametrize("role", ["web", "worker"])
def test_web_and_worker_write_rows(role: str, django_db_setup: None) -> None:
    with psycopg.connect(settings.CLUSTER.dsn(role, settings.TEST_DATABASE)) as connection:
        connection.execute("INSERT INTO core_heartbeat VALUES ('somebody', now())")
        connection.execute("DELETE FROM core_heartbeat WHERE part = 'somebody'")
        connection.rollback()


def test_secrets_are_private_and_outside_of_the_data(postgresql: object) -> None:
    secrets = list(Path(settings.STATE_DIR).glob("postgresql-*"))
    assert len(secrets) >= 5
    assert {path.stat().st_mode & 0o777 for path in secrets} == {0o600}
    assert not Path(settings.STATE_DIR).is_relative_to(settings.DATA_DIR)
