"""The bank: search and take, give and follow, tag, collections, vocabulary."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, Self, cast

from .errors import Damaged, Problem
from .shapes import Case, Clip, Collection, Deposit, Finding, Found
from .transport import Transport

PIECE: Final = 1 << 20
MEDIA: Final = {"dicom": "dicom", "playback": "playback.mp4", "small": "small.mp4", "poster": "poster.webp"}
"""What there is of a clip -> the end of its address."""


class Bank:
    """One image bank. Every method raises `Problem` when the bank refuses.

    `token` is made in the account (scopes `read`, `deposit`, `tag` ...); without one only what is open is found. With
    `client` (the token's id or the account's e-mail address) it is sent to `/oauth/token/` alone, and what that gives
    is used for an hour. `lang` is that of labels and sentences: en, fr, de, es or da.
    """

    def __init__(
        self,
        url: str,
        token: str = "",
        *,
        client: str = "",
        lang: str = "en",
        timeout: float = 60.0,
        retries: int = 3,
    ) -> None:
        self._transport = Transport(url, token, lang, timeout, retries, client)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._transport.close()

    # --- finding

    def search(self, q: str = "", **filters: Any) -> Found:
        """One page. Filters are the parameters of `GET /api/v1/cases/`; a list means any of its values."""
        params = {"q": q, **filters} if q else filters
        return cast(Found, self._transport.json("GET", "cases/", params=params))

    def cases(self, q: str = "", **filters: Any) -> Iterator[Case]:
        """All pages, one case after the other."""
        found = self.search(q, **filters)
        yield from found["results"]
        while cursor := found["next"]:
            found = self.search(q, **{**filters, "cursor": cursor})
            yield from found["results"]

    def export(self, path: str | os.PathLike[str], q: str = "", **filters: Any) -> int:
        """All matching cases into a file, one JSON object a line (NDJSON); returns how many."""
        params, count = {"q": q, **filters} if q else filters, 0
        answer = self._transport.send("GET", "cases/export.ndjson", params=params, stream=True)
        with answer, open(path, "wb") as file:
            for piece in answer.iter_content(PIECE):
                count += piece.count(b"\n")
                file.write(piece)
        return count

    def case(self, case_id: str) -> Case:
        """One case."""
        return cast(Case, self._transport.json("GET", f"cases/{case_id}/"))

    def read(self, case_id: str, *, draft: bool = False) -> tuple[Case, str]:
        """A case with its entity tag: `tag` and `change` with this tag change nothing but what was read."""
        answer = self._transport.send("GET", f"cases/{case_id}/{'draft/' if draft else ''}")
        return cast(Case, answer.json()), answer.headers["ETag"]

    def fhir(self, case_id: str) -> dict[str, Any]:
        """The case as FHIR R4: a Bundle of an ImagingStudy and an Observation of each finding."""
        return cast(dict[str, Any], self._transport.json("GET", f"fhir/Bundle/{case_id}"))

    def similar(self, case_id: str) -> dict[str, Any]:
        """What to compare it with: look-alikes and contrasts."""
        return cast(dict[str, Any], self._transport.json("GET", f"cases/{case_id}/similar/"))

    def clip(self, clip_id: str) -> Clip:
        """One clip."""
        return cast(Clip, self._transport.json("GET", f"clips/{clip_id}/"))

    def download(self, clip_id: str, path: str | os.PathLike[str], what: str = "dicom") -> str:
        """A clip's `dicom`, `playback`, `small` or `poster` into a file; returns its SHA-256 in hex digits.

        The bank's entity tag is the SHA-256 of the bytes. Damaged when they are others, and then there is no file.
        """
        answer = self._transport.send("GET", f"clips/{clip_id}/{MEDIA[what]}", stream=True)
        target, digest = Path(path), hashlib.sha256()
        descriptor, partial = tempfile.mkstemp(prefix=".", dir=target.parent)
        try:
            with answer, os.fdopen(descriptor, "wb") as file:
                for piece in answer.iter_content(PIECE):
                    digest.update(piece)
                    file.write(piece)
            if answer.headers["ETag"].strip('"') != digest.hexdigest():
                raise Damaged(f"{clip_id}: the checksum is another")
            os.replace(partial, target)
        except BaseException:
            os.unlink(partial)
            raise
        return digest.hexdigest()

    # --- giving

    def deposit(self, *paths: str | os.PathLike[str], **said: Any) -> Deposit:
        """Give files together. `said`: `rights` (a mapping), `licence`, `consent_basis`, `purpose`, `setting`.

        File names stay here: they may name a patient. Each file is held in memory; one that is large, or a line that
        breaks, is for `/api/v1/uploads/` and any client of tus 1.0.
        """
        data = {name: json.dumps(value) if isinstance(value, Mapping) else value for name, value in said.items()}
        with ExitStack() as stack:
            files = [("file", ("file", stack.enter_context(open(path, "rb")).read())) for path in paths]
        return cast(Deposit, self._transport.json("POST", "deposits/", data=data, files=files))

    def deposit_state(self, deposit_id: str) -> Deposit:
        """Where each file is, with the reason in words."""
        return cast(Deposit, self._transport.json("GET", f"deposits/{deposit_id}/"))

    def follow(self, deposit_id: str, *, every: float = 2.0, patience: float = 600.0) -> Iterator[Deposit]:
        """The deposit each time that something of it has changed, until the machine is done with all its files.

        TimeoutError when it is not within `patience` seconds.
        """
        before, until = None, time.monotonic() + patience
        while time.monotonic() < until:
            now = self.deposit_state(deposit_id)
            if now != before:
                yield now
            if now["state"] != "working":
                return
            before = now
            time.sleep(every)
        raise TimeoutError(f"the bank is still at work on deposit {deposit_id}")

    def make_case(self, **said: Any) -> Case:
        """A draft from own confirmed clips; the fields are those of `POST /api/v1/cases/`."""
        return cast(Case, self._transport.json("POST", "cases/", json=said))

    def change(self, case_id: str, *, etag: str = "", **said: Any) -> Case:
        """Change a draft; with `etag` only while it is the version that was read (else Problem 412)."""
        headers = {"If-Match": etag} if etag else {}
        return cast(Case, self._transport.json("PATCH", f"cases/{case_id}/", json=said, headers=headers))

    def tag(self, case_id: str, findings: Sequence[Finding], *, etag: str = "") -> Case:
        """What is seen in a draft: these findings replace what was there."""
        return self.change(case_id, etag=etag, findings=list(findings))

    def tag_many(self, findings: Mapping[str, Sequence[Finding]]) -> dict[str, Problem | None]:
        """The findings of up to 100 drafts at once; {case: None, or why it was not changed}."""
        said = [{"id": case, "findings": list(seen)} for case, seen in findings.items()]
        told = self._transport.json("POST", "cases/tags/", json={"cases": said})["results"]
        return {one["id"]: Problem(one["status"], one["problem"]) if one["problem"] else None for one in told}

    # --- collections and words

    def collections(self) -> Iterator[dict[str, Any]]:
        """Published collections, the newest version first."""
        yield from self._listed("collections/")

    def collection(self, slug: str) -> Collection:
        """A collection as readers see it now."""
        return cast(Collection, self._transport.json("GET", f"collections/{slug}/"))

    def findings(self) -> list[dict[str, Any]]:
        """Every finding of the vocabulary; `indications` and `views` alike."""
        return list(self._listed("findings/"))

    def indications(self) -> list[dict[str, Any]]:
        return list(self._listed("indications/"))

    def views(self) -> list[dict[str, Any]]:
        return list(self._listed("views/"))

    def audit(self, **filters: str) -> Iterator[dict[str, Any]]:
        """One's own acts and what was done with one's own, the newest first; `event`, `institution`."""
        yield from self._listed("audit/", **filters)

    def me(self) -> dict[str, Any]:
        """The account behind the token, and its rights now."""
        return cast(dict[str, Any], self._transport.json("GET", "me/"))

    def _listed(self, path: str, **params: Any) -> Iterator[dict[str, Any]]:
        while True:
            page = self._transport.json("GET", path, params=params)
            yield from page["results"]
            if not page["next"]:
                return
            params["cursor"] = page["next"]
