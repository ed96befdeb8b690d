"""The first sync by a snapshot: as the feed would have told it, in a few requests; and by the feed where that fails."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from imagebank.catalog.models import PublicCase

from .conftest import Followers
from .origin import SmallOrigin


def shown() -> set[str]:
    return {str(pk) for pk in PublicCase.objects.filter(hidden=False).values_list("case_id", flat=True)}


def test_what_is_live_comes_in_packs_and_the_feed_goes_on(mirror: Followers, settings: Settings) -> None:
    settings.MIRROR_SNAPSHOT_FROM = 1
    first, second = mirror.case()[0], mirror.case()[0]
    gone = mirror.case()[0]
    mirror.node.withdraw(gone)
    mirror.node.snapshots = True
    done = mirror.catch_up()
    assert (done.error, done.shown, done.at_head) == ("", 2, True), mirror.refusals()
    assert shown() == {first, second}
    assert (mirror.row.seq, mirror.row.digest) == (4, mirror.node.head.digest)
    assert not [path for path in mirror.node.asked if "/blobs/" in path]
    third = mirror.case()[0]
    mirror.node.withdraw(first)
    assert mirror.catch_up().error == ""
    assert shown() == {second, third}
    assert len([path for path in mirror.node.asked if path.endswith("/snapshot/")]) == 1


def test_a_spoilt_pack_is_no_harm(mirror: Followers, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MIRROR_SNAPSHOT_FROM = 1
    case = mirror.case()[0]
    mirror.node.snapshots = True
    honest = SmallOrigin.snapshot

    def spoilt(node: SmallOrigin) -> dict[str, object]:
        told = honest(node)
        sha256 = told["packs"][0]["sha256"]
        node.blobs[sha256] = node.blobs[sha256][:-1] + b"\1"
        return told

    monkeypatch.setattr(SmallOrigin, "snapshot", spoilt)
    assert mirror.catch_up().error == ""
    assert shown() == {case}
    assert [path for path in mirror.node.asked if "/blobs/" in path]


def test_a_folder_on_a_disk_is_as_good_as_a_line(mirror: Followers, tmp_path: Path) -> None:
    case = mirror.case()[0]
    data = tmp_path / "bag" / "data"
    (data / "packs").mkdir(parents=True)
    snapshot = mirror.node.snapshot()
    (data / "node.json").write_text(json.dumps(mirror.node.card()))
    (data / "snapshot.json").write_text(json.dumps(snapshot))
    sha256 = snapshot["packs"][0]["sha256"]
    (data / "packs" / sha256).write_bytes(mirror.node.blobs[sha256])
    told = StringIO()
    choice = {"url": mirror.node.url, "fingerprint": mirror.node.fingerprint, "token_file": mirror.token_file}
    call_command("import", str(tmp_path / "bag"), stdout=told, **choice)
    assert told.getvalue() == "Small node: 1 cases, 1 shown\n"
    assert shown() == {case}
    assert "/api/v1/changes/" not in mirror.node.asked
    second = mirror.case()[0]
    assert mirror.catch_up().shown == 1
    assert shown() == {case, second}
    with pytest.raises(CommandError):
        call_command("import", str(tmp_path / "bag"), **choice)
    status = StringIO()
    call_command("mirror", "status", stdout=status)
    assert "at 2 of 2" in status.getvalue()
    assert "2 live shown" in status.getvalue()
