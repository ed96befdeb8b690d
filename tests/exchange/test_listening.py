"""C-STORE in: who is let in, what each object is answered, and that success means it is kept (pynetdicom, DCMTK)."""

from __future__ import annotations

import dataclasses
import io
import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pydicom
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from pynetdicom import AE
from pynetdicom.association import Association

from deploy.benchmarks.dicomweb import clips
from imagebank.core import stores
from imagebank.exchange.listening.listener import CLASSES, SYNTAXES, VERIFICATION, Listener
from imagebank.exchange.listening.metrics import serve
from imagebank.exchange.listening.registering import Registrar
from imagebank.exchange.listening.spool import Spool
from imagebank.exchange.listening.stations import Stations
from imagebank.intake.models import Original
from tests.api.conftest import world
from tests.factories import World
from tests.waiting import wait_for

__all__ = ["world"]
LIST = """
[[station]]
ae_title = "SONO1"
address = "127.0.0.1"
account = "pacs@bank.example"
[[station]]
ae_title = "FAR"
address = "10.0.0.0/8"
account = "pacs@bank.example"
[[station]]
ae_title = "NOBODY"
address = "127.0.0.1"
account = "trainee@bank.example"
"""
COMMITMENT = "1.2.840.10008.1.20.1"


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    path = tmp_path / "stations.toml"
    path.write_text(LIST)
    return path


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    made = Spool(tmp_path / "spool")
    made.prepare()
    return made


@pytest.fixture
def registrar(world: World, listed: Path, spool: Spool) -> Registrar:
    made = Registrar(spool, Stations.read(listed))
    made.permit()
    return made


@pytest.fixture
def listener(registrar: Registrar, listed: Path, spool: Spool) -> Iterator[Listener]:
    made = Listener("BANK", Stations.read(listed), spool, limit=1 << 20)
    yield made
    made.stop()


@pytest.fixture
def port(listener: Listener) -> int:
    return listener.start("127.0.0.1", 0)


def call(port: int, ae_title: str = "SONO1", called: str = "BANK") -> Association:
    ae = AE(ae_title=ae_title)
    ae.acse_timeout = ae.dimse_timeout = ae.network_timeout = 30
    ae.add_requested_context(VERIFICATION)
    ae.add_requested_context(COMMITMENT)
    for uid in (CLASSES[1], CLASSES[0], "1.2.840.10008.5.1.4.1.1.2"):
        for syntax in (SYNTAXES[0], "1.2.840.10008.1.2.4.50"):
            ae.add_requested_context(uid, syntax)
    return ae.associate("127.0.0.1", port, ae_title=called)


def sent(line: Association, data: bytes, **changes: str | bytes) -> int:
    dataset = pydicom.dcmread(io.BytesIO(data))
    for name, value in changes.items():
        setattr(dataset, name, value)
    return int(line.send_c_store(dataset).Status)


def test_only_stations_of_the_list_are_let_in(port: int) -> None:
    for ae_title, called in (("OTHER", "BANK"), ("FAR", "BANK"), ("SONO1", "ELSE")):
        refused = call(port, ae_title, called)
        assert (refused.is_established, refused.is_rejected) == (False, True), ae_title
    line = call(port)
    assert line.is_established
    offered = {str(context.abstract_syntax) for context in line.accepted_contexts}
    assert offered == {VERIFICATION, *CLASSES[:2]}, "no storage commitment, no CT"
    assert int(line.send_c_echo().Status) == 0
    line.release()


def test_an_object_is_kept_before_it_is_acknowledged(
    port: int, world: World, spool: Spool, registrar: Registrar, listener: Listener
) -> None:
    first, second = clips(2)
    line = call(port)
    assert [sent(line, first), sent(line, second), sent(line, first)] == [0, 0, 0]
    (batch,) = spool.batches()
    entries = batch.entries(10)
    assert len(entries) == 2, "the same bytes again are taken once"
    assert not any(pydicom.dcmread(io.BytesIO(first)).PixelData[:64] in e.sealed.read_bytes() for e in entries)
    assert registrar.round() == 2
    assert (registrar.round(), spool.depth()) == (0, (0, 0))
    kept = Original.objects.exclude(state="refused").order_by("position")
    assert [row.position for row in kept] == [1, 2]
    assert {row.deposit.depositor for row in kept} == {world.service}
    assert {row.institution for row in kept} == {world.north}
    assert not any(row.deposit.rights.attester_id for row in kept), "a machine attests nothing"
    assert kept[0].deposit == kept[1].deposit, "a person attests once for an association"
    found = b"".join(stores.read_original(kept[0].pk, world.north.pk))
    assert pydicom.dcmread(io.BytesIO(found)) == pydicom.dcmread(io.BytesIO(first))
    assert sent(line, first, SeriesDescription="other") == 0x0111
    line.release()
    nobody = call(port, "NOBODY")
    assert sent(nobody, clips(1)[0]) == 0x0124, "an account that may not give"
    nobody.release()
    assert registrar.round() == 0
    assert kept.count() == 2
    told = listener.metrics()
    assert (told["received_total", ""], told["repeated_total", ""]) == (3, 1)
    assert (told["refused_total", "conflict"], told["refused_total", "not_authorised"]) == (1, 1)
    assert told["received_bytes_total", ""] == sum(row.size for row in kept)


def test_there_is_room_or_the_sender_waits(
    port: int, spool: Spool, registrar: Registrar, monkeypatch: pytest.MonkeyPatch
) -> None:
    (data,) = clips(1)
    line = call(port)
    assert sent(line, data, EncapsulatedDocument=b"\0" * (1 << 20)) == 0xA700, "larger than the limit"
    monkeypatch.setattr("imagebank.exchange.listening.spool.FREE", 1 << 60)
    assert sent(line, data) == 0xA700, "the disk is short"
    monkeypatch.undo()
    monkeypatch.setattr(settings, "LIMITS", dataclasses.replace(settings.LIMITS, quarantine_bytes=0))
    registrar.permit()
    assert sent(line, data) == 0xA700, "the institution's room is used up"
    monkeypatch.undo()
    registrar.permit()
    assert not list(spool.arriving.glob("*/*")), "nothing is left of what was not taken"
    assert sent(line, data) == 0
    line.release()


def test_what_breaks_off_leaves_nothing_and_what_was_acknowledged_survives(
    port: int, spool: Spool, registrar: Registrar, listener: Listener
) -> None:
    (data,) = clips(1)
    line = call(port)
    assert sent(line, data) == 0
    assert line.dul.socket is not None
    line.dul.socket.send(bytes([4, 0, *(100).to_bytes(4, "big")]))  # a P-DATA that does not come
    line.dul.socket.close()
    wait_for(lambda: listener.metrics()["associations", ""] == 0)
    (entry,) = next(spool.batches()).entries(10)
    half = entry.sealed.with_name(f"{entry.id}0.part")
    half.write_bytes(b"half")
    cut = entry.sealed.with_name("00000000-0000-0000-0000-000000000001.999.sealed")
    cut.write_bytes(entry.sealed.read_bytes())
    assert spool.sweep() == 1, "what was half written when a process was killed"
    assert registrar.round() == 1, "what a power cut shortened was never acknowledged"
    assert not list(spool.arriving.glob("*/*"))
    assert Original.objects.count() == 1


def test_the_same_entry_is_registered_once(port: int, spool: Spool, registrar: Registrar, tmp_path: Path) -> None:
    """The process died between its commit and its tidying."""
    line = call(port)
    assert sent(line, clips(1)[0]) == 0
    (batch,) = spool.batches()
    shutil.copytree(batch.folder, tmp_path / "before")
    assert registrar.round() == 1
    shutil.copytree(tmp_path / "before", batch.folder, dirs_exist_ok=True)
    assert registrar.round() == 1
    assert (Original.objects.count(), spool.depth()) == (1, (0, 0))


def test_metrics_as_prometheus_reads_them(port: int, listener: Listener) -> None:
    page = serve(0, listener.metrics)
    line = call(port)
    line.release()
    with urllib.request.urlopen(f"http://127.0.0.1:{page.server_address[1]}/metrics") as answer:
        told = answer.read().decode()
    page.shutdown()
    page.server_close()
    assert "imagebank_listen_associations_total 1\n" in told
    assert "# TYPE imagebank_listen_refused_total counter" in told
    names = [text.split()[0] for text in told.splitlines() if not text.startswith("#")]
    assert len(names) == len(set(names)) >= 9


def test_off_loopback_only_with_mutual_tls(listed: Path) -> None:
    for host, more in (("192.0.2.1", []), ("::", []), ("127.0.0.1", ["--tls-cert", "x.pem"])):
        with pytest.raises(CommandError):
            call_command("listen", "--stations", str(listed), "--host", host, *more)
    listed.write_text('[[station]]\nae_title = "X"\naddress = "nowhere"\naccount = "a"')
    with pytest.raises(CommandError, match="station 1"):
        call_command("listen", "--stations", str(listed))


@pytest.mark.long
def test_dcmtk_echoes_and_stores(world: World, listed: Path, tmp_path: Path) -> None:
    """The command itself, as a process."""
    if shutil.which("storescu") is None:
        pytest.skip("storescu is not installed (Debian: dcmtk)")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "imagebank.settings.testing", "IMAGEBANK_ROLE": "web",
                   "IMAGEBANK_DATABASE_NAME": settings.TEST_DATABASE}  # fmt: skip
    command = [sys.executable, "manage.py", "listen", "--stations", str(listed), "--port", port, "--ae-title", "BANK"]
    log = tmp_path / "listen.log"
    with log.open("w") as out, subprocess.Popen(command, env=environment, stdout=out, stderr=out) as listener:
        try:
            wait_for(lambda: "listening" in log.read_text() or listener.poll() is not None)
            files = []
            for number, data in enumerate(clips(3)):
                files.append(str(tmp_path / f"{number}.dcm"))
                Path(files[-1]).write_bytes(data)
            who = ["-aet", "SONO1", "-aec", "BANK", "127.0.0.1", port]
            assert subprocess.run(["echoscu", *who], check=False).returncode == 0, log.read_text()
            told = subprocess.run(["storescu", "-xy", *who, *files], check=False, capture_output=True, text=True)
            assert told.returncode == 0, told.stderr + log.read_text()
            assert subprocess.run(["echoscu", "-aet", "OTHER", *who[2:]], check=False).returncode != 0
        finally:
            listener.terminate()
            assert listener.wait(20) == 0
    assert Original.objects.exclude(state="refused").count() == 3
    uids = [str(pydicom.dcmread(path).SOPInstanceUID) for path in files]
    assert not any(uid in log.read_text() for uid in uids), "logs tell no identifier"
