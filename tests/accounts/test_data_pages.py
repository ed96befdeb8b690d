"""The pages of one's own data: a copy to download, and erasing, which asks for the password again."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

from django.utils import timezone

from imagebank.accounts import exporting
from imagebank.accounts.models import Erasure, Export
from tests.factories import PASSWORD, World, session


def test_a_copy_is_asked_for_made_and_downloaded(world: World) -> None:
    client = session(world.trainee)
    assert client.get("/account/data/archive.zip").status_code == 404
    client.post("/account/data/")
    assert "is being made" in client.get("/account/data/").content.decode()
    exporting.make(Export.objects.get().pk)
    assert "/account/data/archive.zip" in client.get("/account/data/").content.decode()
    answer = client.get("/account/data/archive.zip")
    assert answer.headers["Cache-Control"] == "no-store"
    assert zipfile.ZipFile(io.BytesIO(answer.content)).namelist() == ["account.json", "account.html"]
    assert session(world.contributor).get("/account/data/archive.zip").status_code == 404


def test_a_copy_goes_after_a_week_and_a_lost_message_is_made_up_for(world: World) -> None:
    session(world.trainee).post("/account/data/")
    exporting.make_waiting()
    assert Export.objects.get().made_at is None
    Export.objects.update(asked_at=timezone.now() - dt.timedelta(minutes=2))
    exporting.make_waiting()
    assert Export.objects.get().made_at is not None
    exporting.forget_old()
    Export.objects.update(asked_at=timezone.now() - exporting.WEEK * 2)
    exporting.forget_old()
    assert not Export.objects.exists()


def test_erasing_asks_for_the_password_again(world: World) -> None:
    client: Any = session(world.trainee)
    assert "What goes" in client.get("/account/erase/").content.decode()
    asked = client.post("/account/erase/")
    assert asked.headers["Location"].startswith("/account/reauthenticate/")
    assert not Erasure.objects.exists()
    client.post(asked.headers["Location"], {"password": "wrong"})
    assert not Erasure.objects.exists()
    client.post(asked.headers["Location"], {"password": PASSWORD})
    assert Erasure.objects.get().account == world.trainee
    assert "Keep my account" in client.get("/account/erase/").content.decode()
    client.post("/account/erase/undo/")
    assert not Erasure.objects.exists()
