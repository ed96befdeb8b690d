"""A small node to follow, in the process of the test: it serves the wire as it should, and lies where it is told to."""

from __future__ import annotations

import io
import json
import secrets
import tarfile
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from imagebank.exchange import wire
from imagebank.exchange.wire import Blob, Head, Item, Page

RIGHTS = {
    "licence": "LicenseRef-Imagebank-Teaching-1.0", "audience": "open", "uses": ["teaching"], "regions": [],
    "expires_on": None,
}  # fmt: skip


@dataclass
class SmallOrigin:
    """Its feed and its blobs, as a test says. Everything a test wants to spoil is a plain attribute."""

    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    name: str = "Small node"
    epoch: str = field(default_factory=lambda: str(uuid.uuid4()))
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    items: list[Item] = field(default_factory=list)
    blobs: dict[str, bytes] = field(default_factory=dict)
    receipts: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Paths."""
    revisions: dict[str, int] = field(default_factory=dict)
    hidden_head: int = 0
    """So many of the last items it denies."""
    snapshots: bool = False
    """Whether it has any; what is live then, in one pack."""
    padding: int = 0
    """Bytes that it sends after a blob, without saying so before."""
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def fingerprint(self) -> str:
        return wire.key_id(self.key.public_key().public_bytes_raw())

    @property
    def head(self) -> Head:
        return Head(self.items[-1].seq, self.items[-1].digest) if self.items else wire.START

    def put(self, document: dict[str, Any], clips: dict[str, bytes], *, op: str = "put", **said: Any) -> Item:
        """`clips`: the DICOM object of each clip."""
        blobs = []
        for clip, data in clips.items():
            sha256 = wire.sha256(data)
            self.blobs[sha256] = data
            blobs.append(Blob(sha256, len(data), "dicom", clip))
        told = {
            "document": document,
            "content": wire.content_digest(document),
            "blobs": tuple(blobs),
            "subject": "s" * 40,
        }
        return self._add(op, document["id"], **{"rights": RIGHTS, **told, **said})

    def revise(self, document: dict[str, Any], clips: dict[str, bytes], **said: Any) -> Item:
        return self.put(document, clips, op="revise", **said)

    def withdraw(self, object_id: str, *, reason: str = "patient_request", **said: Any) -> Item:
        """Its blobs are not to be had any more."""
        gone = {blob.sha256 for item in self.items if item.id == object_id for blob in item.blobs}
        for sha256 in gone:
            self.blobs.pop(sha256, None)
        return self._add("withdraw", object_id, reason=reason, **said)

    def restrict(self, object_id: str) -> Item:
        return self._add("restrict", object_id)

    def _add(self, op: str, object_id: str, **said: Any) -> Item:
        with self.lock:
            self.revisions[object_id] = said.pop("rev", self.revisions.get(object_id, 0) + 1)
            plain = {"type": "case", "origin": self.id, "rev": self.revisions[object_id], "salt": secrets.token_hex(8)}
            item = Item(
                seq=self.head.seq + 1, prev=self.head.digest, digest="", op=op, id=object_id, **{**plain, **said}
            )
            item = replace(item, digest=wire.chain(item.prev, item.commitment))
            self.items.append(item)
            return item

    # --- answers

    def card(self) -> dict[str, Any]:
        public = self.key.public_key().public_bytes_raw()
        key = wire.endorsement(self.id, public, 0) | {"retired_seq": None, "endorsed": None}
        return {"id": self.id, "name": self.name, "epoch": self.epoch, "head": self.head.told(), "keys": [key]}

    def page(self, since: int, limit: int) -> dict[str, Any]:
        with self.lock:
            items = self.items[: len(self.items) - self.hidden_head]
        over = {item.id: item.seq for item in items if not item.is_stub}
        told = [
            item.stub("superseded") if item.op in ("put", "revise") and over[item.id] > item.seq else item
            for item in items[since : since + limit]
        ]
        head = Head(items[-1].seq, items[-1].digest) if items else wire.START
        page = Page(self.id, self.epoch, tuple(told), head, f"c{told[-1].seq if told else since}")
        return wire.sign(self.key, "page", page.told())

    def snapshot(self) -> dict[str, Any]:
        over = {item.id: item for item in self.items}
        live = [item for item in over.values() if item.op in ("put", "revise")]
        lines = b"".join(json.dumps(item.told()).encode() + b"\n" for item in live)
        file = io.BytesIO()
        with tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            for name, data in [
                ("items.ndjson", lines),
                *((f"blobs/{sha}", self.blobs[sha]) for sha in self._hashes(live)),
            ]:
                member = tarfile.TarInfo(name)
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
        data = file.getvalue()
        pack = wire.Pack(wire.sha256(data), len(data), len(live), len(live))
        self.blobs[pack.sha256] = data
        told = wire.Snapshot(self.id, self.epoch, self.head, (pack,), f"c{self.head.seq}").told()
        return wire.sign(self.key, "snapshot", told)

    @staticmethod
    def _hashes(items: list[Item]) -> list[str]:
        return [blob.sha256 for item in items for blob in item.blobs]


class _Answers(BaseHTTPRequestHandler):
    node: SmallOrigin
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.node.asked.append(parts.path)
        if parts.path == "/api/v1/node/":
            self._json(self.node.card())
        elif parts.path == "/api/v1/changes/":
            asked = parse_qs(parts.query)
            since = int(asked.get("since", ["c0"])[0][1:])
            self._json(self.node.page(since, int(asked["limit"][0])))
        elif parts.path == "/api/v1/changes/snapshot/" and self.node.snapshots:
            self._json(self.node.snapshot())
        else:
            self._blob(parts.path.rpartition("/")[2])

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.node.receipts.append(body)
        self._json({}, 201)

    def _blob(self, sha256: str) -> None:
        data = self.node.blobs.get(sha256)
        if data is None:
            return self._json({}, 410)
        start = int(self.headers.get("Range", "bytes=0-")[6:-1])
        body = data[start:] + b"\0" * self.node.padding
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.end_headers()
        self.wfile.write(body)
        return None

    def _json(self, told: Any, status: int = 200) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@contextmanager
def serving(node: SmallOrigin) -> Iterator[SmallOrigin]:
    """The node on a port of its own, until the block ends."""
    handler = type("Answers", (_Answers,), {"node": node})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    node.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield node
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def document(case: str, *clips: str, **changes: Any) -> dict[str, Any]:
    """A complete document of the public projection."""
    return {
        "id": case, "state": "published", "revision": 1, "title": {"en": "Breathless for a week"}, "vignette": {},
        "indication": "pleural-effusion-suspected", "setting": "ed", "age_band": "adult-65-79", "sex": "female",
        "bmi_class": "", "country": "DK", "institution": {"slug": "west", "name": "West"},
        "findings": [{
            "term": "pleural-effusion-simple", "presence": "present", "polarity": "abnormal", "threat": "urgent",
            "severity": "", "clip": clips[0], "frames": None, "region": None,
        }],
        "marks": [], "clips": [told_clip(clip) for clip in clips],
        "confirmed": {"method": "ct", "certainty": "certain", "interval_days": None},
        "management": {"changed": None, "note": {}}, "licence": RIGHTS["licence"], "credit": "", "synthetic": True,
        "published_at": "2026-01-31", **changes,
    }  # fmt: skip


def told_clip(clip: str) -> dict[str, Any]:
    return {
        "id": clip, "view": "lung-plaps-right", "kind": "cine", "mode": "b-mode", "frames": 2, "fps": 25.0,
        "frame_times": [40.0], "width": 64, "height": 64, "pixel_spacing_mm": None, "regions": [], "depth_mm": 120.0,
        "vendor": "acme", "model": "one", "probe": "curvilinear", "laterality": "", "quality": 4, "media": {},
    }  # fmt: skip
