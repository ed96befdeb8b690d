"""What nodes say to each other, as plain data: canonical text, chain, signatures, shapes. No Django in here.

An item's commitment is a salted SHA-256 of what it says; its digest chains the commitment to the item before. So an
item that a reader may not have (`withheld`) or need not have any more (`superseded`) is sent as its commitment alone:
the chain verifies, the numbers are dense, and nothing else is told. The salt keeps a commitment from being guessed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, Literal, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

GENESIS: Final = "0" * 64
"""The digest before the first item."""
OPERATIONS: Final = ("put", "revise", "withdraw", "restrict")
STUBS: Final = ("withheld", "superseded")
COMMITTED: Final = ("seq", "op", "type", "id", "rev", "origin", "content", "blobs", "rights", "reason", "salt")
ROLES: Final = ("dicom", "playback", "small", "poster", "frames")
"""Of the blobs of a clip."""
Kind = Literal["page", "snapshot", "receipt", "endorsement"]
JSON = dict[str, Any]


class WireFault(Exception):
    """What was sent does not hold. `code`: shape, signature, key, node, epoch, dense, chain, digest, content, head."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code, self.detail = code, detail
        super().__init__(f"{code}: {detail}" if detail else code)


# --- canonical text and digests


def canonical(value: Any) -> bytes:
    """UTF-8 JSON: sorted keys, no spaces, no NaN. WireFault where JSON has no such value."""
    try:
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return text.encode()
    except (TypeError, ValueError, RecursionError):
        raise WireFault("shape", "no JSON") from None


def sha256(data: bytes) -> str:
    """Hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def content_digest(document: Mapping[str, Any]) -> str:
    """What an item's `content` says of its document."""
    return sha256(canonical(document))


def chain(previous: str, commitment: str) -> str:
    """The digest of the item whose predecessor has the digest `previous`."""
    return sha256(f"{previous}\n{commitment}".encode())


# --- signatures


def key_id(public: bytes) -> str:
    """The fingerprint of a raw Ed25519 public key (32 bytes), as people compare it."""
    return f"sha256:{sha256(public)}"


def sign(private: Ed25519PrivateKey, kind: Kind, body: Mapping[str, Any]) -> JSON:
    """`body` with its signature. The kind is signed too: a signature holds for nothing else."""
    value = base64.b64encode(private.sign(_signed(kind, body))).decode()
    return {**body, "signature": {"key": key_id(private.public_key().public_bytes_raw()), "value": value}}


def verify(kind: Kind, message: Mapping[str, Any], keys: Mapping[str, bytes]) -> None:
    """WireFault unless one of `keys` (fingerprint -> raw public key) signed the message."""
    signature = _object(message.get("signature"))
    public = keys.get(_text(signature, "key"))
    if public is None:
        raise WireFault("key", "the signing key is not trusted")
    body = {name: value for name, value in message.items() if name != "signature"}
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(_bytes(signature, "value"), _signed(kind, body))
    except (InvalidSignature, ValueError):
        raise WireFault("signature") from None


def _signed(kind: Kind, body: Mapping[str, Any]) -> bytes:
    return f"imagebank/1/{kind}\n".encode() + canonical(body)


# --- shapes


@dataclass(frozen=True, slots=True)
class Head:
    """The last number of a chain and its digest."""

    seq: int
    digest: str

    @classmethod
    def of(cls, data: Any) -> Self:
        """WireFault when it is no head."""
        data = _object(data)
        return cls(_number(data, "seq"), _digest(data, "digest"))

    def told(self) -> JSON:
        return {"seq": self.seq, "digest": self.digest}


START: Final = Head(0, GENESIS)


@dataclass(frozen=True, slots=True)
class Blob:
    """One stored object of an item: a rendition of a clip."""

    sha256: str
    size: int
    role: str
    clip: str

    @classmethod
    def of(cls, data: Any) -> Self:
        """WireFault when it is no blob."""
        data = _object(data)
        role = _text(data, "role")
        if role not in ROLES:
            raise WireFault("shape", "role of a blob")
        return cls(_digest(data, "sha256"), _number(data, "size"), role, _uuid(data, "clip"))

    def told(self) -> JSON:
        return {"sha256": self.sha256, "size": self.size, "role": self.role, "clip": self.clip}


@dataclass(frozen=True, slots=True)
class Item:
    """One change. A stub (`op` of STUBS) has number, links and commitment only; the others everything but the latter.

    `document` and `blobs` are those of put and revise; `reason` is a code; `subject` is the patient as this mirror
    alone knows them, outside the digested content.
    """

    seq: int
    prev: str
    digest: str
    op: str
    stated: str = ""
    """The commitment as a stub states it."""
    type: str = ""
    id: str = ""
    rev: int = 0
    origin: str = ""
    content: str | None = None
    blobs: tuple[Blob, ...] = ()
    rights: JSON = field(default_factory=dict)
    reason: str = ""
    salt: str = ""
    document: JSON | None = None
    subject: str | None = None

    @property
    def is_stub(self) -> bool:
        return self.op in STUBS

    @property
    def commitment(self) -> str:
        """Stated by a stub, computed of a whole item."""
        if self.is_stub:
            return self.stated
        said = {name: getattr(self, name) for name in COMMITTED} | {"blobs": [blob.told() for blob in self.blobs]}
        return sha256(canonical(said))

    @classmethod
    def of(cls, data: Any) -> Self:
        """Read what was sent; WireFault when shape, digest or content do not hold."""
        data = _object(data)
        op = _text(data, "op")
        links: JSON = {"seq": _number(data, "seq"), "prev": _digest(data, "prev"), "digest": _digest(data, "digest")}
        if op in STUBS:
            item = cls(**links, op=op, stated=_digest(data, "commitment"))
        elif op in OPERATIONS:
            item = cls(**links, op=op, **_said(data))
        else:
            raise WireFault("shape", "operation of an item")
        item.check()
        return item

    def check(self) -> None:
        """WireFault unless the digest is that of what the item says, and the content that of its document."""
        if chain(self.prev, self.commitment) != self.digest:
            raise WireFault("digest")
        if self.document is not None and content_digest(self.document) != self.content:
            raise WireFault("content")
        if not self.is_stub and (self.document is None) == (self.op in ("put", "revise")):
            raise WireFault("content", "a document stands with put and revise, and nowhere else")

    def stub(self, op: str) -> Item:
        """The same item as it is told to whom it is `withheld` or for whom it is `superseded`."""
        return Item(seq=self.seq, prev=self.prev, digest=self.digest, op=op, stated=self.commitment)

    def told(self) -> JSON:
        """As it is sent."""
        if self.is_stub:
            return {name: getattr(self, name) for name in ("seq", "prev", "digest", "op")} | {"commitment": self.stated}
        said = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "stated"}
        return said | {"blobs": [blob.told() for blob in self.blobs]}


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the feed: what comes after a cursor, in order."""

    node: str
    epoch: str
    items: tuple[Item, ...]
    head: Head
    next: str

    @classmethod
    def of(cls, message: Any, keys: Mapping[str, bytes]) -> Self:
        """A signed page; WireFault when signature, shape, or the chain within it do not hold."""
        message = _object(message)
        verify("page", message, keys)
        items = tuple(map(Item.of, _list(message, "items")))
        page = cls(_uuid(message, "node"), _uuid(message, "epoch"), items, Head.of(message.get("head")),
                   _text(message, "next"))  # fmt: skip
        if items:
            follow(items, Head(items[0].seq - 1, items[0].prev))
        return page

    def told(self) -> JSON:
        """Without signature."""
        items = [item.told() for item in self.items]
        return {"node": self.node, "epoch": self.epoch, "items": items, "head": self.head.told(), "next": self.next}


@dataclass(frozen=True, slots=True)
class Pack:
    """One uncompressed tar: `items.ndjson` (an item a line) and `blobs/SHA256`. `items`, `blobs`: how many of each."""

    sha256: str
    size: int
    items: int
    blobs: int

    @classmethod
    def of(cls, data: Any) -> Self:
        data = _object(data)
        return cls(_digest(data, "sha256"), *(_number(data, name) for name in ("size", "items", "blobs")))

    def told(self) -> JSON:
        return {"sha256": self.sha256, "size": self.size, "items": self.items, "blobs": self.blobs}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was live at `head`; `next` is the cursor from which the feed goes on."""

    node: str
    epoch: str
    head: Head
    packs: tuple[Pack, ...]
    next: str

    @classmethod
    def of(cls, message: Any, keys: Mapping[str, bytes]) -> Self:
        """A signed snapshot; WireFault when signature or shape do not hold."""
        message = _object(message)
        verify("snapshot", message, keys)
        packs = tuple(map(Pack.of, _list(message, "packs")))
        head = Head.of(message.get("head"))
        return cls(_uuid(message, "node"), _uuid(message, "epoch"), head, packs, _text(message, "next"))

    def told(self) -> JSON:
        """Without signature."""
        packs = [pack.told() for pack in self.packs]
        return {"node": self.node, "epoch": self.epoch, "head": self.head.told(), "packs": packs, "next": self.next}


@dataclass(frozen=True, slots=True)
class Receipt:
    """A mirror has purged what it had to, up to `seq`, whose digest is `head`. `at` is a day."""

    node: str
    mirror: str
    epoch: str
    seq: int
    head: str
    purged: tuple[str, ...]
    at: str

    @classmethod
    def of(cls, message: Any, keys: Mapping[str, bytes]) -> Self:
        """A signed receipt; WireFault when signature or shape do not hold."""
        message = _object(message)
        verify("receipt", message, keys)
        purged = tuple(_uuid({"purged": entry}, "purged") for entry in _list(message, "purged"))
        names = (_uuid(message, "node"), _uuid(message, "mirror"), _uuid(message, "epoch"))
        return cls(*names, _number(message, "seq"), _digest(message, "head"), purged, _text(message, "at"))

    def told(self) -> JSON:
        """Without signature."""
        return {f.name: getattr(self, f.name) for f in fields(self)} | {"purged": list(self.purged)}


# --- chains and keys


def follow(items: Iterable[Item], head: Head) -> Head:
    """The head after these items; WireFault unless they are the next ones, without a gap."""
    for item in items:
        if item.seq != head.seq + 1:
            raise WireFault("dense", f"{item.seq} after {head.seq}")
        if item.prev != head.digest:
            raise WireFault("chain", f"at {item.seq}")
        head = Head(item.seq, item.digest)
    return head


def endorsement(node: str, public: bytes, from_seq: int) -> JSON:
    """What the old key signs of the new one (kind `endorsement`)."""
    return {"node": node, "id": key_id(public), "public": base64.b64encode(public).decode(), "from_seq": from_seq}


def trusted_keys(node: str, told: Any, pinned: Mapping[str, bytes] | str) -> dict[str, bytes]:
    """Fingerprint -> public key of what may be trusted of a node's `keys`.

    `pinned`: the fingerprint known out of band, or the keys trusted so far. From there on each key needs the
    endorsement of one that is trusted; a key without is left out, and so is one that signs no more. WireFault when
    none is left.
    """
    told = [_object(entry) for entry in (told if isinstance(told, list) else [])]
    held = {} if isinstance(pinned, str) else dict(pinned)
    for entry in sorted(told, key=lambda entry: _number(entry, "from_seq")):
        public = _bytes(entry, "public")
        name = key_id(public)
        if name == pinned or name in held or _endorsed(node, entry, public, held):
            held[name] = public
    retired = {key_id(_bytes(entry, "public")) for entry in told if entry.get("retired_seq") is not None}
    if not held.keys() - retired:
        raise WireFault("key", "no key of this node is trusted")
    return {name: public for name, public in held.items() if name not in retired}


def _endorsed(node: str, entry: JSON, public: bytes, held: Mapping[str, bytes]) -> bool:
    message = endorsement(node, public, _number(entry, "from_seq")) | {"signature": entry.get("endorsed")}
    try:
        verify("endorsement", message, held)
    except WireFault:
        return False
    return True


# --- reading what was sent


def _said(data: JSON) -> JSON:
    document, content, subject = data.get("document"), data.get("content"), data.get("subject")
    return {
        "type": _text(data, "type"),
        "id": _uuid(data, "id"),
        "rev": _number(data, "rev"),
        "origin": _uuid(data, "origin"),
        "content": None if content is None else _digest(data, "content"),
        "blobs": tuple(map(Blob.of, _list(data, "blobs"))),
        "rights": _object(data.get("rights")),
        "reason": _text(data, "reason"),
        "salt": _text(data, "salt"),
        "document": None if document is None else _object(document),
        "subject": None if subject is None else _text(data, "subject"),
    }


def _object(value: Any) -> JSON:
    if not isinstance(value, dict):
        raise WireFault("shape", "an object is missing")
    return value


def _list(data: JSON, name: str) -> list[Any]:
    value = data.get(name)
    if not isinstance(value, list):
        raise WireFault("shape", name)
    return value


def _text(data: JSON, name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str):
        raise WireFault("shape", name)
    return value


def _number(data: JSON, name: str) -> int:
    value = data.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 63:
        raise WireFault("shape", name)
    return value


def _digest(data: JSON, name: str) -> str:
    text = _text(data, name)
    if len(text) != 64 or set(text) - set("0123456789abcdef"):
        raise WireFault("shape", name)
    return text


def _uuid(data: JSON, name: str) -> str:
    text = _text(data, name)
    try:
        known = str(uuid.UUID(text)) == text
    except ValueError:
        known = False
    if not known:
        raise WireFault("shape", name)
    return text


def _bytes(data: JSON, name: str) -> bytes:
    try:
        return base64.b64decode(_text(data, name), validate=True)
    except (binascii.Error, ValueError):
        raise WireFault("shape", name) from None
