"""A mirror as one writes it first: takes items as they come, fetches at once, believes what it gets. It must fail."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path


class NaiveMirror:
    """The cursor first, then the items; bytes as they come; no look at chain, signature or hash."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder, self.cursor = url, folder, ""
        self.shown: dict[str, int] = {}
        self.withdrawn: set[str] = set()

    def round(self) -> None:
        """One page."""
        since = f"&since={self.cursor}" if self.cursor else ""
        with suppress(OSError, ValueError, HTTPException, KeyError):
            page = json.loads(self._get(f"/api/v1/changes/?limit=20{since}"))
            self.cursor = page["next"]
            for item in page["items"]:
                with suppress(OSError, HTTPException):
                    self._take(item)

    def _take(self, item: dict) -> None:
        if item["op"] in ("put", "revise"):
            for blob in item["blobs"]:
                (self.folder / blob["clip"]).write_bytes(self._get(f"/api/v1/blobs/{blob['sha256']}"))
            self.shown[item["id"]] = item["document"]["revision"]
        elif item["op"] in ("withdraw", "restrict"):
            self.shown.pop(item["id"], None)
            if item["op"] == "withdraw":
                self.withdrawn.add(item["id"])

    def _get(self, path: str) -> bytes:
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as answer:  # noqa: S310 - a port of the test
                data: bytes = answer.read()
                return data
        except urllib.error.HTTPError as problem:
            problem.close()
            raise
