"""Two nodes on one machine, each with its own database, store and web process: the server's side meets the mirror's."""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from imagebank.catalog.models import Case, Clip, Header
from imagebank.core import stores
from imagebank.embedded import services
from imagebank.embedded.cluster import Cluster
from imagebank.exchange import followers, sequencer
from imagebank.exchange.models import Change, Mirror
from imagebank.review.withdrawal import withdraw
from tests.factories import World, acting, make_token, make_world
from tests.serving import free_port, kill, web_process
from tests.waiting import wait_for

from .clips import numbered

SECOND = "second_node"


@contextmanager
def second_database(cluster: Cluster) -> Iterator[None]:
    """A copy of the tests' own, which holds the vocabulary and nothing else."""
    connection.close()
    with psycopg.connect(cluster.dsn("superuser", "postgres"), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {SECOND} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {SECOND} TEMPLATE {settings.TEST_DATABASE}")
        yield
        admin.execute(f"DROP DATABASE {SECOND} WITH (FORCE)")


@contextmanager
def second_node(folder: Path, port: int) -> Iterator[dict[str, str]]:
    """Its web process; what its commands need in the environment."""
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "imagebank.settings.testing", "IMAGEBANK_DATABASE_NAME": SECOND,
        "IMAGEBANK_STORAGE_URL": f"file://{folder}/storage", "IMAGEBANK_SILENCE_SECONDS": "2",
    }  # fmt: skip
    web = services.web(folder, environment, port)
    web.start()
    try:
        wait_for(lambda: status(f"http://127.0.0.1:{port}/healthz") == 200)
        yield environment
    finally:
        kill(web)


def mirror(environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "mirror", *arguments], cwd=settings.BASE_DIR,
        env={**environment, "IMAGEBANK_ROLE": "worker"}, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - a port of the test
            return int(answer.status)
    except urllib.error.HTTPError as problem:
        problem.close()
        return problem.code
    except OSError:
        return 0


def published(world: World) -> Case:
    """A case of one real, small clip."""
    clip = world.stored(synthetic=True)
    sha256, size = stores.bank.put(clip.pk, "dicom", io.BytesIO(numbered()))
    clip.renditions.filter(role="dicom").update(sha256=sha256, size=size)
    Header.objects.filter(clip=clip).update(sha256=sha256)
    return world.published(clip)


def seconds_until(condition: Callable[[], bool], most: float) -> float:
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < most, f"not within {most:.0f} s"
        time.sleep(0.05)
    return time.monotonic() - begun


@pytest.mark.long
@pytest.mark.timeout(900)
def test_publish_here_seen_there_withdraw_here_gone_there(bank_db: None, postgresql: Cluster, tmp_path: Path) -> None:
    ports = free_port(), free_port()
    there = f"http://127.0.0.1:{ports[1]}"
    with second_database(postgresql), web_process(ports[0]), second_node(tmp_path, ports[1]) as environment:
        world = make_world()
        token = tmp_path / "token"
        token.write_text(make_token(world.service, "mirror"))
        card = told(f"http://127.0.0.1:{ports[0]}/api/v1/node/")
        add = mirror(environment, "add", f"http://127.0.0.1:{ports[0]}", "--fingerprint", card["keys"][0]["id"],
                     "--token-file", str(token))  # fmt: skip
        assert add.communicate(timeout=60)[0].startswith("following "), add.returncode
        admit(world, told(f"{there}/api/v1/node/"))
        follower = mirror(environment, "run", "--pause", "0.5")
        try:
            first = published(world)
            sequencer.run()
            seconds_until(lambda: status(f"{there}/api/v1/cases/{first.pk}/") == 200, 300)
            case = published(world)
            clip = case.clips.get()
            sequencer.run()
            seen = seconds_until(lambda: status(f"{there}/api/v1/cases/{case.pk}/") == 200, 120)
            assert status(f"{there}/api/v1/clips/{clip.pk}/poster.webp") == 200
            withdraw(actor=acting(world.contributor), case=case)
            sequencer.run()
            gone = seconds_until(lambda: status(f"{there}/api/v1/cases/{case.pk}/") == 410, 60)
            assert status(f"{there}/api/v1/clips/{clip.pk}/poster.webp") == 410
            assert not (tmp_path / "storage" / "bank" / str(clip.pk)[:2] / str(clip.pk)).exists()
            row = Mirror.objects.get(account=world.service)
            receipt = seconds_until(lambda: acknowledged(row) == Change.objects.count(), 60)
            assert status(f"{there}/api/v1/cases/{first.pk}/") == 200
            print(f"seen after {seen:.1f} s, 410 after {gone:.1f} s, receipt {receipt:.1f} s later")
        finally:
            follower.kill()
            print(follower.communicate()[0])
            for clip in Clip.objects.all():
                stores.bank.purge(clip.pk)


def admit(world: World, card: dict[str, Any]) -> None:
    said = {
        "node": uuid.UUID(card["id"]), "key": card["keys"][0]["public"], "name": "There", "address": "",
        "region": "DK", "uses": ["teaching"], "audience": "registered",
    }  # fmt: skip
    assert base64.b64decode(said["key"])
    followers.register(actor=acting(world.steward), institution=world.north, account=world.service, said=said)


def acknowledged(row: Mirror) -> int:
    row.refresh_from_db()
    return row.acknowledged_seq


def told(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - a port of the test
        read: dict[str, Any] = json.loads(answer.read())
        return read
