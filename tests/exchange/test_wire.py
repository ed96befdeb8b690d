"""The wire between nodes: what holds and what does not. No database."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from imagebank.exchange import wire

NODE = "11111111-1111-4111-8111-111111111111"
EPOCH = "22222222-2222-4222-8222-222222222222"
CASE = "33333333-3333-4333-8333-333333333333"
CLIP = "44444444-4444-4444-8444-444444444444"
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = KEY.public_key().public_bytes_raw()
TRUSTED = {wire.key_id(PUBLIC): PUBLIC}


def item(seq: int, prev: str, op: str = "put", **said: Any) -> wire.Item:
    """A whole item with its digest."""
    document = {"title": {"en": f"Case {seq}"}} if op in ("put", "revise") else None
    fields: dict[str, Any] = {
        "type": "case", "id": CASE, "rev": seq, "origin": NODE, "salt": "0f" * 16, "document": document,
        "content": wire.content_digest(document) if document else None, "rights": {"regions": ["FR"]},
        "blobs": (wire.Blob("a" * 64, 12, "poster", CLIP),) if document else (),
    }  # fmt: skip
    bare = wire.Item(seq=seq, prev=prev, digest="", op=op, **(fields | said))
    return wire.Item(**{n: getattr(bare, n) for n in bare.__slots__} | {"digest": wire.chain(prev, bare.commitment)})


def page() -> dict[str, Any]:
    """A signed page of three: one whole, one stub, one withdrawal."""
    first = item(1, wire.GENESIS)
    second = item(2, first.digest).stub("withheld")
    third = item(3, second.digest, "withdraw", reason="patient")
    told = wire.Page(NODE, EPOCH, (first, second, third), wire.Head(3, third.digest), "c3").told()
    return wire.sign(KEY, "page", told)


def test_canonical_text_is_the_same_however_it_was_written() -> None:
    assert wire.canonical({"b": [1, "é"], "a": None}) == '{"a":null,"b":[1,"é"]}'.encode()


@pytest.mark.parametrize("value", [float("nan"), object(), "\ud800"], ids=["nan", "object", "surrogate"])
def test_what_is_no_json_is_refused(value: Any) -> None:
    with pytest.raises(wire.WireFault, match="shape"):
        wire.canonical({"a": value})


def test_a_page_comes_back_as_it_was_sent() -> None:
    read = wire.Page.of(page(), TRUSTED)
    assert [entry.op for entry in read.items] == ["put", "withheld", "withdraw"]
    assert read.items[0] == item(1, wire.GENESIS)
    assert wire.sign(KEY, "page", read.told()) == page()


def test_a_stub_tells_its_links_and_nothing_else() -> None:
    assert set(item(1, wire.GENESIS).stub("withheld").told()) == {"seq", "prev", "digest", "op", "commitment"}


def _change(path: str, value: Any) -> Any:
    def changed(message: dict[str, Any]) -> None:
        *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        target: Any = message
        for part in parents:
            target = target[part]
        target[last] = value

    return changed


RESIGNED = {
    "another-document": ("content", _change("items.0.document", {"title": {"en": "Other"}})),
    "another-reason": ("digest", _change("items.2.reason", "error")),
    "another-id": ("digest", _change("items.0.id", CLIP)),
    "another-blob": ("digest", _change("items.0.blobs.0.sha256", "b" * 64)),
    "another-commitment": ("digest", _change("items.1.commitment", "c" * 64)),
    "a-gap": ("dense", _change("items.2", item(4, "d" * 64, "withdraw").told())),
    "another-chain": ("chain", _change("items.2", item(3, "d" * 64, "withdraw").told())),
    "no-document": ("content", _change("items.0.document", None)),
    "strange-operation": ("shape", _change("items.0.op", "delete")),
    "strange-role": ("shape", _change("items.0.blobs.0.role", "before")),
    "negative-number": ("shape", _change("items.0.seq", -1)),
    "no-node": ("shape", _change("node", "here")),
    "no-list": ("shape", _change("items", {})),
}


@pytest.mark.parametrize(("code", "changed"), RESIGNED.values(), ids=RESIGNED)
def test_a_page_that_does_not_hold_is_refused_though_its_node_signed_it(code: str, changed: Any) -> None:
    message = copy.deepcopy(page())
    changed(message)
    del message["signature"]
    with pytest.raises(wire.WireFault) as fault:
        wire.Page.of(wire.sign(KEY, "page", message), TRUSTED)
    assert fault.value.code == code


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("signature", _change("head.seq", 9)),
        ("signature", _change("next", "c9")),
        ("key", _change("signature.key", "sha256:" + "0" * 64)),
        ("shape", _change("signature.value", "!")),
        ("shape", _change("signature", None)),
    ],
    ids=["head", "cursor", "key", "value", "unsigned"],
)
def test_a_page_changed_on_its_way_is_refused(code: str, changed: Any) -> None:
    message = copy.deepcopy(page())
    changed(message)
    with pytest.raises(wire.WireFault) as fault:
        wire.Page.of(message, TRUSTED)
    assert fault.value.code == code


def test_a_signature_holds_for_its_kind_alone() -> None:
    receipt = wire.Receipt(NODE, CLIP, EPOCH, 3, "e" * 64, (CASE,), "2031-05-06")
    message = wire.sign(KEY, "receipt", receipt.told())
    assert wire.Receipt.of(message, TRUSTED) == receipt
    with pytest.raises(wire.WireFault, match="signature"):
        wire.verify("page", message, TRUSTED)


def test_a_snapshot_comes_back_as_it_was_sent() -> None:
    snapshot = wire.Snapshot(NODE, EPOCH, wire.Head(3, "a" * 64), (wire.Pack("b" * 64, 10_240, 2, 8),), "c3")
    assert wire.Snapshot.of(wire.sign(KEY, "snapshot", snapshot.told()), TRUSTED) == snapshot


def _told_keys(*, endorsed_by: Ed25519PrivateKey) -> list[dict[str, Any]]:
    new = Ed25519PrivateKey.from_private_bytes(b"n" * 32).public_key().public_bytes_raw()
    words = wire.endorsement(NODE, new, 7)
    old = wire.endorsement(NODE, PUBLIC, 0)
    return [
        {name: old[name] for name in ("id", "public", "from_seq")} | {"retired_seq": 6, "endorsed": None},
        {name: words[name] for name in ("id", "public", "from_seq")}
        | {"retired_seq": None, "endorsed": wire.sign(endorsed_by, "endorsement", words)["signature"]},
    ]


def test_a_new_key_is_trusted_by_the_word_of_the_old_one_which_signs_no_more() -> None:
    trusted = wire.trusted_keys(NODE, _told_keys(endorsed_by=KEY), wire.key_id(PUBLIC))
    assert trusted.keys() == {_told_keys(endorsed_by=KEY)[1]["id"]}


def test_a_new_key_without_the_word_of_a_trusted_one_is_not_trusted() -> None:
    stranger = Ed25519PrivateKey.from_private_bytes(b"s" * 32)
    with pytest.raises(wire.WireFault, match="key"):
        wire.trusted_keys(NODE, _told_keys(endorsed_by=stranger), TRUSTED)
