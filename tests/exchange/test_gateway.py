"""The edge gateway: only what is clean leaves, once, however long the bank was away. Without a database."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pydicom
import pytest

from deploy.benchmarks.dicomweb import clips
from imagebank.core import keys, stores
from imagebank.exchange.listening.forwarding import Forwarder, status
from imagebank.exchange.listening.ledger import Ledger
from imagebank.exchange.listening.listener import Listener
from imagebank.exchange.listening.sending import Bank
from imagebank.exchange.listening.spool import Spool
from imagebank.exchange.listening.stations import Stations
from tests.exchange.test_listening import call, sent
from tests.waiting import wait_for

STATIONS = Stations.listed([{"ae_title": "SONO1", "address": "127.0.0.1", "account": "-"}])
CONFLICT = b'{"00081198": {"vr": "SQ", "Value": [{"00081197": {"vr": "US", "Value": [273]}}]}}'


class Answering:
    """A bank that answers what it is told to, and keeps what it got."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, bytes]] = []
        self.bodies: list[bytes] = []
        self.tokens: set[str] = set()
        self._server: ThreadingHTTPServer | None = None

    def open(self, port: int = 0) -> int:
        bank = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                bank.tokens.add(self.headers["Authorization"])
                body = self.rfile.read(int(self.headers["Content-Length"]))
                code, told = bank.answers.pop(0) if bank.answers else (200, b"{}")
                bank.bodies += [body] if code == 200 else []
                self.send_response(code)
                self.send_header("Content-Length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Door)
        Thread(target=self._server.serve_forever, daemon=True).start()
        return int(self._server.server_address[1])

    def close(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()


@pytest.fixture
def bank() -> Iterator[Answering]:
    made = Answering()
    yield made
    made.close()


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    made = Spool(tmp_path / "spool")
    made.prepare()
    return made


def stored(spool: Spool, *objects: tuple[bytes, dict[str, Any]]) -> list[int]:
    """Each with changes, over one association to a listener that has just been started."""
    listener = Listener("BANK", STATIONS, spool, limit=1 << 24)
    line = call(listener.start("127.0.0.1", 0))
    answers = [sent(line, data, **changes) for data, changes in objects]
    line.release()
    listener.stop()
    return answers


def test_what_is_clean_arrives_once_though_the_bank_was_away(spool: Spool, bank: Answering, tmp_path: Path) -> None:
    (data,) = clips(1)
    token = tmp_path / "token"
    token.write_text("first\n")
    port = bank.open()
    bank.close()
    place = Bank(f"http://127.0.0.1:{port}/dicomweb", token)
    gateway = Forwarder(spool, STATIONS, place)
    gateway.permit()
    named = {"PatientName": "CANARY^ALPHA", "PatientID": "CANARY-77"}
    assert stored(spool, (data, named)) == [0]
    while gateway.round():
        pass
    assert Ledger(spool.root / "ledger.sqlite").states() == {"clean": 1}
    assert "  clean: line: ConnectionRefusedError: 1" in status(spool)
    clean = list((spool.root / "clean").iterdir())
    assert not any(b"CANARY" in path.read_bytes() for path in clean)
    assert not any(keys.data_key_exists(_id(path)) or stores.quarantine_path(_id(path)).exists() for path in clean)

    token.write_text("second\n")  # days later: another process, a token renewed, and a bank that is busy first
    bank.open(port)
    bank.answers = [(503, b"")]
    gateway = Forwarder(spool, STATIONS, place)
    wait_for(lambda: gateway.round() >= 0 and len(bank.bodies) == len(clean))
    assert bank.tokens == {"Bearer second"}
    assert not any(b"CANARY" in body or _uid(data).encode() in body for body in bank.bodies)
    assert not list((spool.root / "clean").iterdir())

    assert stored(spool, (data, named)) == [0], "a station sends the same again"
    gateway.permit()
    while gateway.round():
        pass
    assert Ledger(spool.root / "ledger.sqlite").states()["repeated"] == 1
    assert len(bank.bodies) == len(clean)


def test_what_the_bank_refuses_is_told_and_an_old_token_throws_nothing_away(
    spool: Spool, bank: Answering, tmp_path: Path
) -> None:
    token, clean = tmp_path / "token", tmp_path / "clean.dcm"
    token.write_text("x")
    clean.write_bytes(b"clean")
    place = Bank(f"http://127.0.0.1:{bank.open()}/dicomweb", token)
    ledger = Ledger(tmp_path / "ledger.sqlite")
    for answer, wanted in (
        ((409, CONFLICT), "Rejected 0111"),
        ((401, b""), "Later token"),
        ((429, b""), "Later bank: 429"),
        ((409, CONFLICT.replace(b"273", b"42752")), "Later bank: 409"),
        ((415, b"no"), "Rejected 415"),
        ((302, b""), "Rejected 302"),
    ):
        bank.answers = [answer]
        with pytest.raises(Exception, match=wanted.split()[-1]) as raised:
            place.give(clean)
        assert type(raised.value).__name__ == wanted.split()[0]
    assert not ledger.states()
    for address in ("http://bank.example/dicomweb", "ftp://127.0.0.1/"):
        with pytest.raises(ValueError, match="https"):
            Bank(address, token)


def _id(path: Path) -> uuid.UUID:
    return uuid.UUID(path.stem)


def _uid(data: bytes) -> str:
    return str(pydicom.dcmread(io.BytesIO(data), stop_before_pixels=True).SOPInstanceUID)
