"""After acceptance nothing of the patient is left: database dump, data folder, keys, logs and temporary folders.

Canaries are planted in every place of the source: tag values, the file's own name, the pixels' bytes, the preamble.
"""

from __future__ import annotations

import base64
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pydicom
import pytest
from django.conf import settings
from django.test import Client

from imagebank.accounts.models import User
from imagebank.core import keys, stores
from imagebank.embedded.account import server_account
from imagebank.embedded.binaries import find
from imagebank.embedded.processes import Child
from imagebank.intake.acceptance import confirm
from imagebank.intake.models import Original
from tests.waiting import wait_for

from .conftest import World


def canary() -> str:
    return f"ZQ{secrets.token_hex(8).upper()}"


class Planted:
    """A clip with 20 canaries: 15 in the header, its file name, preamble, file meta, private group, pixel noise."""

    def __init__(self, data: bytes) -> None:
        self.texts = [canary() for _ in range(19)]
        self.noise = secrets.token_bytes(16)
        self.name = f"{self.texts[15]}.dcm"
        ds = pydicom.dcmread(BytesIO(data))
        self._header(ds)
        ds.preamble = self.texts[16].encode().ljust(128, b"\0")
        block = ds.private_block(0x0009, "MADE-UP", create=True)
        block.add_new(0x01, "LO", self.texts[18])
        pixels = bytearray(ds.PixelData)
        pixels[:16] = self.noise
        ds.PixelData = bytes(pixels)
        target = BytesIO()
        ds.save_as(target, enforce_file_format=True)
        self.data = target.getvalue()

    def _header(self, ds: pydicom.Dataset) -> None:
        texts = iter(self.texts)
        ds.PatientName = f"{next(texts)}^{next(texts)}"
        keywords = (
            "PatientID OtherPatientNames PatientAddress InstitutionName InstitutionAddress ReferringPhysicianName "
            "PerformingPhysicianName StudyID AccessionNumber StationName StudyDescription SeriesDescription "
            "PatientComments"
        )
        for keyword in keywords.split():
            setattr(
                ds,
                keyword,
                next(texts)[:16] if keyword in ("StudyID", "AccessionNumber", "StationName") else next(texts),
            )
        ds.file_meta.SourceApplicationEntityTitle = self.texts[17][:16]

    def needles(self) -> Iterator[bytes]:
        """As they may stand anywhere: plain, as UTF-16, in base64 or hex."""
        for text in self.texts:
            plain = text[:16].encode()
            yield from (plain, plain.lower(), text[:16].encode("utf-16-le"), plain.hex().encode())
            yield base64.b64encode(plain)[:20]
        yield self.noise
        yield self.noise.hex().encode()


def places() -> list[Path]:
    """Every folder that the service may have written to."""
    state = Path(os.environ["IMAGEBANK_STATE"])
    return [Path(settings.TEST_HOME), Path(settings.DATA_DIR), state, Path(settings.KEYS_DIR), Path("/dev/shm")]


def found(needles: list[bytes], folders: list[Path], since: float = 0) -> list[str]:
    """Paths of the files, changed since then, that hold a needle."""
    files = (Path(folder, name) for top in folders for folder, _, names in os.walk(top) for name in names)
    return [str(path) for path in files if path.is_file() and _changed(path, since) and _holds(path, needles)]


def _changed(path: Path, since: float) -> bool:
    try:
        return path.stat().st_mtime >= since
    except FileNotFoundError:
        return False


def _holds(path: Path, needles: list[bytes]) -> bool:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return False
    return any(needle in content for needle in needles)


def dump() -> bytes:
    program = find(server_account(), os.environ.get("IMAGEBANK_POSTGRES_BIN", "")).program("pg_dump")
    dsn = settings.CLUSTER.dsn("superuser", settings.TEST_DATABASE)
    return subprocess.run([program, dsn], check=True, capture_output=True).stdout


@pytest.fixture
def planted(dicom: bytes) -> Planted:
    return Planted(dicom)


@pytest.fixture
def broker(request: pytest.FixtureRequest) -> Iterator[str]:
    """The embedded broker: its tables lie in the same database and are searched with it."""
    yield ""


def upload(world: World, planted: Planted) -> Original:
    """As a browser does it: a session, a multipart body, the file's own name in it."""
    client = Client()
    client.force_login(User.objects.get(pk=world.contributor.known_id))
    answer = client.post("/api/v1/deposits/", {"file": BytesIO(planted.data)}, headers={"accept": "application/json"})
    assert answer.status_code == 201, answer.content
    body = BytesIO(planted.data)
    body.name = planted.name
    again = client.post("/api/v1/deposits/", {"file": body})
    assert again.json()["originals"][0]["code"] == "refused.duplicate"
    return Original.objects.get(pk=answer.json()["originals"][0]["id"])


@pytest.mark.timeout(200)
def test_no_canary_is_found_and_the_dump_of_before_opens_nothing(
    world: World, planted: Planted, worker: Child, tmp_path: Path
) -> None:
    needles, started = list(planted.needles()), time.time()
    original = upload(world, planted)
    wait_for(lambda: Original.objects.get(pk=original.pk).state == "awaiting_confirmation", 90)
    assert not found(needles, places(), since=started), "plaintext of an original lay on a disk"
    before = tmp_path / "quarantine"
    shutil.copytree(settings.QUARANTINE_DIR, before)

    original.refresh_from_db()
    confirm(actor=world.contributor, original=original)

    assert not found(needles, [*places(), Path(tempfile.gettempdir())], since=started)
    text = dump()
    assert b"core_auditevent" in text
    assert not [needle for needle in needles if needle in text]
    shutil.copytree(before, settings.QUARANTINE_DIR, dirs_exist_ok=True)
    assert stores.quarantine_path(original.pk).exists()
    with pytest.raises(FileNotFoundError):
        list(stores.read_original(original.pk, original.institution_id))
    assert not keys.data_key_exists(original.pk)


def test_the_search_would_find_one(planted: Planted, tmp_path: Path) -> None:
    (tmp_path / "left.bin").write_bytes(planted.data)
    assert found(list(planted.needles()), [tmp_path])
