"""Snapshots: what is live, as files; nothing of it is served once something in it is gone."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from imagebank.core import stores
from imagebank.exchange import packing, wire
from imagebank.exchange.models import Mirror
from imagebank.review.withdrawal import withdraw
from tests.api.conftest import world
from tests.factories import World, acting, make_service

from .reading import Reader

__all__ = ["world"]
SNAPSHOT = "/api/v1/changes/snapshot/"


def test_a_snapshot_holds_what_is_live_until_something_is_not(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "ITEMS", 2)
    cases = [world.published(world.stored()) for _ in range(3)]
    closed = world.published(world.stored())
    type(closed.rights).objects.filter(pk=closed.rights_id).update(uses=["research"])
    withdraw(actor=acting(world.contributor), case=cases.pop())
    reader = Reader.of(world.service)
    reader.read()
    held = reader.live()
    assert held.keys() == {str(case.pk) for case in cases}

    waiting = reader.client.get(SNAPSHOT)
    assert (waiting.status_code, waiting.json()["code"]) == (503, "snapshot_wait")
    while packing.make_next():
        pass
    told = wire.Snapshot.of(reader.client.get(SNAPSHOT).json(), reader.keys())
    assert told.head == reader.head and sum(pack.items for pack in told.packs) == 2
    found: dict[str, wire.Item] = {}
    for pack in told.packs:
        items, blobs = opened(reader, pack)
        found |= items
        assert set(blobs) == {blob.sha256 for item in items.values() for blob in item.blobs if blob.role == "dicom"}
    assert found == held
    fresh = Reader(reader.client, cursor=told.next, head=told.head)
    assert fresh.read() == []

    stranger = Reader.of(make_service("second", world.north))
    address = f"/api/v1/changes/packs/{told.packs[0].sha256}"
    assert stranger.client.get(address).status_code == 404
    for case in cases:
        withdraw(actor=acting(world.contributor), case=case)
    addresses = [f"/api/v1/changes/packs/{pack.sha256}" for pack in told.packs]
    assert {reader.client.get(address).status_code for address in addresses} == {410}
    mirror = Mirror.objects.get(account=world.service)
    assert packing.purge() == 1 and not stores.packs.folder(mirror.pk).exists()
    assert reader.client.get(SNAPSHOT).status_code == 503


def opened(reader: Reader, pack: wire.Pack) -> tuple[dict[str, wire.Item], dict[str, bytes]]:
    """(items by id, blobs by hash) of a pack as it was fetched, in two parts."""
    address = f"/api/v1/changes/packs/{pack.sha256}"

    def part(span: str) -> Any:
        return reader.client.get(address, headers={"Range": f"bytes={span}"}).getvalue()

    data = part("0-999") + part("1000-")
    assert hashlib.sha256(data).hexdigest() == pack.sha256 and len(data) == pack.size
    return unpacked(data)


def unpacked(data: bytes) -> tuple[dict[str, wire.Item], dict[str, bytes]]:
    """The same of its bytes."""
    blobs: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for member in tar:
            handle = tar.extractfile(member)
            assert handle is not None
            blobs[member.name.removeprefix("blobs/")] = handle.read()
    lines = blobs.pop("items.ndjson").decode().splitlines()
    assert all(hashlib.sha256(content).hexdigest() == name for name, content in blobs.items())
    return {item.id: item for item in (wire.Item.of(json.loads(line)) for line in lines)}, blobs


def test_a_bag_is_the_same_on_a_disk(world: World, tmp_path: Path) -> None:
    """The manifests hold; snapshot and packs verify as those over the line do; nothing of others is in it."""
    case = world.published(world.stored())
    closed = world.published(world.stored())
    type(closed.rights).objects.filter(pk=closed.rights_id).update(uses=["research"])
    reader = Reader.of(world.service)
    reader.read()
    bag = tmp_path / "bag"
    call_command("export", bag=bag, account=world.service.email, stdout=io.StringIO())
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        lines = (bag / manifest).read_text().splitlines()
        for digest, path in (line.split("  ") for line in lines):
            assert hashlib.sha256((bag / path).read_bytes()).hexdigest() == digest
    listed = {line.split("  ")[1] for line in (bag / "manifest-sha256.txt").read_text().splitlines()}
    assert listed == {path.relative_to(bag).as_posix() for path in (bag / "data").rglob("*") if path.is_file()}

    node = json.loads((bag / "data/node.json").read_text())
    keys = wire.trusted_keys(node["id"], node["keys"], node["keys"][0]["id"])
    told = wire.Snapshot.of(json.loads((bag / "data/snapshot.json").read_text()), keys)
    (pack,) = told.packs
    items, blobs = unpacked((bag / "data/packs" / pack.sha256).read_bytes())
    assert items.keys() == {str(case.pk)} and len(blobs) == pack.blobs == 1
    crate = json.loads((bag / "data/ro-crate-metadata.json").read_text())["@graph"]
    root = next(entity for entity in crate if entity["@id"] == "./")
    assert {part["@id"] for part in root["hasPart"]} == {"node.json", "snapshot.json", f"packs/{pack.sha256}"}
    with pytest.raises(CommandError, match="already"):
        call_command("export", bag=bag, account=world.service.email)
