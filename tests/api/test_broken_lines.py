"""The standard client of tus against the web process itself, over a line that is cut and a process that is killed."""

from __future__ import annotations

import io
import os

import pytest
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError, TusUploadFailed

from deploy.benchmarks.cutting import cut_line
from imagebank.core import stores
from imagebank.intake.models import Original, Upload
from imagebank.intake.services import open_deposit
from tests.factories import World, acting, make_token
from tests.serving import free_port, kill, web_process, web_server

SIZE = 4 << 20
RATE = 3 << 20
MOST = 1.1
"""Bytes that leave the client for each byte of the file."""


def client_of(world: World, port: int) -> TusClient:
    token = make_token(world.contributor, "deposit")
    return TusClient(f"http://127.0.0.1:{port}/uploads/", headers={"Authorization": f"Bearer {token}"})


def metadata_of(world: World) -> dict[str, str]:
    deposit = open_deposit(actor=acting(world.contributor), institution=world.north)
    return {"deposit": str(deposit.pk), "filename": "SPECIMEN^PATIENT.dcm"}


def arrived() -> bytes:
    row = Original.objects.get()
    return b"".join(stores.read_original(row.pk, row.institution_id))


def test_a_line_that_is_cut_costs_little(world: World) -> None:
    data = os.urandom(SIZE)
    with web_server() as port, cut_line(port, every_bytes=700_000, bytes_per_second=RATE) as line:
        uploader = client_of(world, line.port).uploader(
            file_stream=io.BytesIO(data), metadata=metadata_of(world), retries=50, retry_delay=0
        )
        uploader.upload()
    assert arrived() == data
    assert (line.cuts >= 5, line.sent / SIZE <= MOST) == (True, True), (line.cuts, line.sent / SIZE)


def test_a_killed_server_goes_on_from_what_it_told(world: World) -> None:
    data, port = os.urandom(SIZE), free_port()
    with web_process(port) as child:
        client, metadata = client_of(world, port), metadata_of(world)
        uploader = client.uploader(file_stream=io.BytesIO(data), metadata=metadata, chunk_size=SIZE // 2)
        uploader.upload_chunk()
        kill(child)
        with pytest.raises((TusUploadFailed, TusCommunicationError)):
            uploader.upload_chunk()
    assert Upload.objects.get().offset >= SIZE // 2
    with web_process(port):
        again = client.uploader(file_stream=io.BytesIO(data), url=uploader.url, upload_checksum=True)
        assert again.offset >= SIZE // 2
        again.upload()
    assert arrived() == data
