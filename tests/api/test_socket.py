"""The web process itself, under its own database role, over a real socket."""

from __future__ import annotations

import http.client
import http.cookiejar
import json
import re
import socket
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from imagebank.core import keys
from imagebank.intake.models import Deposit, Original
from tests.factories import PASSWORD, World, make_token, stored_bytes
from tests.serving import web_server
from tests.waiting import wait_for

from .forms import FORM, multipart

FILM = stored_bytes()["playback"]


@pytest.fixture
def port(world: World) -> Iterator[int]:
    with web_server() as port:
        yield port


def test_media_and_deposits_over_a_socket(world: World, port: int, dicom: bytes) -> None:
    clip = world.published(world.stored()).clips.get()
    address = f"/api/v1/clips/{clip.pk}/playback.mp4"
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as line:
        for asked, status, wanted in (("bytes=5-9", 206, FILM[5:10]), ("", 200, FILM), ("bytes=-3", 206, FILM[-3:])):
            line.request("GET", address, headers={"Range": asked} if asked else {})
            answer = line.getresponse()
            assert (answer.status, answer.read()) == (status, wanted)
        line.request("HEAD", address)
        head = line.getresponse()
        assert (head.status, head.headers["Content-Length"], head.read()) == (200, str(len(FILM)), b"")
        token = make_token(world.service, "deposit", "read")
        headers = {"Authorization": f"Bearer {token}", "Content-Type": FORM}
        line.request("POST", "/api/v1/deposits/", multipart(dicom), headers)
        answer = line.getresponse()
        assert (answer.status, json.loads(answer.read())["originals"][0]["state"]) == (201, "received")


def test_a_refusal_reaches_a_client_that_sends_much(world: World, port: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as line:
        line.request("POST", "/api/v1/deposits/", multipart(b"x" * (8 << 20)), {"Content-Type": FORM})
        answer = line.getresponse()
        assert (answer.status, json.loads(answer.read())["code"]) == (401, "sign_in")


def test_a_line_that_breaks_leaves_nothing(world: World, port: int, dicom: bytes) -> None:
    body = multipart(dicom)
    head = (
        f"POST /api/v1/deposits/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {FORM}\r\nContent-Length: {len(body)}\r\n"
        f"Authorization: Bearer {make_token(world.service, 'deposit')}\r\n\r\n"
    )
    before = sorted(keys.folder("originals").iterdir())
    with closing(socket.create_connection(("127.0.0.1", port))) as line:
        line.sendall(head.encode() + body[: len(body) // 2])
        wait_for(lambda: sorted(keys.folder("originals").iterdir()) != before)
    wait_for(lambda: sorted(keys.folder("originals").iterdir()) == before)
    assert (Deposit.objects.count(), Original.objects.count()) == (0, 0)


def test_a_person_logs_in_by_the_form_and_gives(world: World, port: int, dicom: bytes) -> None:
    base, jar = f"http://127.0.0.1:{port}", http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = browser.open(f"{base}/account/login/").read().decode()
    form = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert form
    said = {"login": world.contributor.email, "password": PASSWORD, "csrfmiddlewaretoken": form[1]}
    browser.open(f"{base}/account/login/", urllib.parse.urlencode(said).encode())
    token = next(cookie.value for cookie in jar if "csrf" in cookie.name)
    headers = {"Content-Type": FORM, "X-CSRFToken": str(token)}
    answer = browser.open(urllib.request.Request(f"{base}/api/v1/deposits/", multipart(dicom), headers))  # noqa: S310
    assert (answer.status, json.loads(answer.read())["rights_attested"]) == (201, True)


def test_idle_connections_do_not_hold_the_node(world: World, port: int) -> None:
    """More than there are threads, each with an unfinished request."""
    with ExitStack() as idle:
        for _ in range(40):
            line = idle.enter_context(closing(socket.create_connection(("127.0.0.1", port))))
            line.sendall(b"POST /account/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Le")
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as asking:
            asking.request("GET", "/healthz")
            assert asking.getresponse().status == 200
