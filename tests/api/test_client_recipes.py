"""The ten recipes of `api/client/README.md`, each as a reader would run it, against the web process itself."""

from __future__ import annotations

import hashlib
import importlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from imagebank.core.stores import STORES
from imagebank.intake import pipeline
from imagebank.intake.models import Original
from tests.collections.conftest import published_collection
from tests.factories import World, make_token
from tests.serving import web_server

CLIENT = Path(settings.BASE_DIR) / "api" / "client"
RECIPES = re.findall(r"^```python\n(.*?)^```", (CLIENT / "README.md").read_text(), re.M | re.S)


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(CLIENT))


def test_the_ten_recipes(world: World, dicom: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = world.published(world.stored())
    published_collection(world, case)
    (tmp_path / "given.dcm").write_bytes(dicom)
    assert len(RECIPES) == 10
    with web_server() as port:
        names: dict[str, Any] = {
            "URL": f"http://127.0.0.1:{port}",
            "TOKEN": make_token(world.contributor, "read", "deposit", "tag"),
            "FOLDER": tmp_path,
            "FILE": tmp_path / "given.dcm",
            "CONFIRMED": str(world.stored().pk),
        }
        for number, recipe in enumerate(RECIPES, 1):
            exec(compile(recipe, f"recipe {number}", "exec"), names)  # noqa: S102 - of our own README
            CHECKS[number](world, names, capsys.readouterr().out)
            if number == 5:  # the workers' part
                pipeline.process(Original.objects.get().pk)


def searched(world: World, names: dict[str, Any], out: str) -> None:
    assert out.startswith("1 cases\n") and "pleural-effusion-simple" in out
    assert names["found"]["facets"]["finding"]


def downloaded(world: World, names: dict[str, Any], out: str) -> None:
    clip = names["clip"]["id"]
    for name, role in (("clip.dcm", "dicom"), ("clip.mp4", "playback")):
        path = names["FOLDER"] / name
        (stored,) = world.contributor.clips.get(pk=clip).renditions.filter(role=role)
        with STORES[stored.store].open(stored.clip_id, role, stored.sha256) as handle:
            assert path.read_bytes() == handle.read()
    assert out.strip() == hashlib.sha256((names["FOLDER"] / "clip.dcm").read_bytes()).hexdigest()


def tagged(world: World, names: dict[str, Any], out: str) -> None:
    assert names["tagged"]["state"] == "draft"
    assert [finding["term"] for finding in names["tagged"]["findings"]] == ["pleural-effusion-simple"]
    assert out.endswith(f"{{'{names['draft']['id']}': None}}\n")
    with pytest.raises(importlib.import_module("imagebank_client").Problem, match="412 precondition"):
        names["bank"].tag(names["draft"]["id"], names["seen"], etag='"x"')


def exported(world: World, names: dict[str, Any], out: str) -> None:
    lines = (names["FOLDER"] / "cases.ndjson").read_text().splitlines()
    assert out == "1 cases\n2 resources\n" and [json.loads(line)["id"] for line in lines] == [names["case"]["id"]]


def followed(world: World, names: dict[str, Any], out: str) -> None:
    assert out == "waiting ['awaiting_confirmation']\n"


def refused(world: World, names: dict[str, Any], out: str) -> None:
    with names["Bank"](names["URL"], names["TOKEN"], client="contributor@bank.example") as granted:
        assert granted.me()["email"] == "contributor@bank.example"
        assert next(granted.audit(event="create"))["own"] is True
    french, problem = out.splitlines()
    assert french == names["terms"]["pleural-effusion-simple"] != "Pleural effusion"
    assert problem.startswith("422 invalid") and "indication" in problem


CHECKS = {
    1: searched,
    2: lambda world, names, out: names["devices"] or pytest.fail(out),
    3: lambda world, names, out: out or pytest.fail(out),
    4: downloaded,
    5: lambda world, names, out: out == "file 1 received \n" or pytest.fail(out),
    6: followed,
    7: tagged,
    8: lambda world, names, out: out == "Effusions 1\n" or pytest.fail(out),
    9: exported,
    10: refused,
}


class Stubborn(BaseHTTPRequestHandler):
    """Refuses once, then answers bytes under a checksum that is not theirs."""

    asked: list[str] = []

    def do_GET(self) -> None:
        Stubborn.asked.append(self.path)
        self.send_response(429 if len(self.asked) == 1 else 200)
        self.send_header("Retry-After", "0")
        self.send_header("ETag", '"' + "0" * 64 + '"')
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"body")

    def log_message(self, *_: Any) -> None:
        return


@contextmanager
def stubborn() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Stubborn)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_refusal_is_waited_for_and_damaged_bytes_are_not_kept(tmp_path: Path) -> None:
    client = importlib.import_module("imagebank_client")
    with stubborn() as port, client.Bank(f"http://127.0.0.1:{port}") as bank, pytest.raises(client.Damaged):
        bank.download("x", tmp_path / "clip.dcm")
    assert Stubborn.asked == ["/api/v1/clips/x/dicom"] * 2
    assert list(tmp_path.iterdir()) == []
