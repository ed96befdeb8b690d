"""Addresses that others gave: which may be asked at all, and that an answer sends us nowhere else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from pytest_django import Settings

from imagebank.exchange.outgoing import Unreachable, ask, checked, read

NEVER = [
    "ftp://example.org/", "https://user@example.org/", "https:///path", "https://224.0.0.1/", "https://0.0.0.0/",
    "http://8.8.8.8/", "https://[::]/", "https://host:port/", "file:///etc/passwd", "",
]  # fmt: skip
PRIVATE = [
    "https://127.0.0.1/", "https://10.1.2.3/", "https://192.168.0.1/", "https://169.254.169.254/", "https://[::1]/",
    "https://[::ffff:127.0.0.1]/", "https://[fe80::1]/", "https://[fd00::1]/", "https://localhost/", "https://2130706433/",
    "http://127.0.0.1/", "https://100.64.0.1/",
]  # fmt: skip


@pytest.mark.parametrize("url", NEVER)
def test_what_may_never_be_asked(url: str, settings: Settings) -> None:
    for settings.OUTGOING_PRIVATE in (False, True):
        with pytest.raises(Unreachable) as told:
            checked(url)
        assert told.value.code == "address"


@pytest.mark.parametrize("url", PRIVATE)
def test_private_addresses_only_where_the_operator_allows_them(url: str, settings: Settings) -> None:
    settings.OUTGOING_PRIVATE = False
    with pytest.raises(Unreachable) as told:
        checked(url)
    assert told.value.code == "address"
    settings.OUTGOING_PRIVATE = True
    assert checked(url).ip


def test_a_public_address_is_pinned(settings: Settings) -> None:
    settings.OUTGOING_PRIVATE = False
    place = checked("https://8.8.8.8:8443/a/b?c=d")
    assert (place.ip, place.port, place.target, place.named) == ("8.8.8.8", 8443, "/a/b?c=d", "8.8.8.8:8443")


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """A server that sends everybody to another place, and says a lot."""

    class Sends(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()
            self.wfile.write(b"x" * 100)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Sends)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_redirect_is_an_answer_and_a_long_body_is_cut(elsewhere: str) -> None:
    with ask("GET", elsewhere) as answer:
        assert answer.status == 302
        with pytest.raises(Unreachable) as told:
            read(answer, 99)
    assert told.value.code == "size"
    with pytest.raises(Unreachable) as told, ask("GET", "http://127.0.0.1:1/"):
        pass
    assert told.value.code == "connection"
