"""One clean object to a bank by STOW-RS (PS3.18 10.5), with a token."""

from __future__ import annotations

import http.client
import ipaddress
import json
import os
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

FAILED, REASON = "00081198", "00081197"
AGAIN: Final = (0xA700, 0x0110)
"""FailureReasons that pass: no room, no time."""
PATIENCE: Final = 60.0
"""Seconds without a byte after which an attempt is given up."""


class Later(Exception):
    """Not now: the line is down, or the bank is busy. The text is a code."""


class Rejected(Exception):
    """Never: the bank said so. The text is a code."""


@dataclass(frozen=True, slots=True)
class Bank:
    """The DICOMweb root of a bank and the file that holds the token, read at each attempt so that it can be renewed."""

    root: str
    token_file: Path
    ca: Path | None = None

    def __post_init__(self) -> None:
        """ValueError for an address that would send the token in clear."""
        parts = urlsplit(self.root)
        if parts.scheme != "https" and not (parts.scheme == "http" and _loopback(parts.hostname or "")):
            raise ValueError("the bank's address begins with https:// (or http:// on loopback)")

    def give(self, clean: Path) -> None:
        """Return once the bank has it durably; Later or Rejected."""
        try:
            status, told = self._post(clean)
        except (OSError, http.client.HTTPException) as error:
            raise Later(f"line: {type(error).__name__}") from None
        if status == 200:
            return
        if status in (401, 403):
            raise Later("token")  # until the operator renews it: nothing is thrown away
        reason = _reason(told)
        if status in (408, 429) or status >= 500 or reason in AGAIN:
            raise Later(f"bank: {status}")
        raise Rejected(f"{reason:04X}" if reason else str(status))

    def _post(self, clean: Path) -> tuple[int, bytes]:
        boundary = os.urandom(16).hex()
        head = f"--{boundary}\r\nContent-Type: application/dicom\r\n\r\n".encode()
        tail = f"\r\n--{boundary}--\r\n".encode()
        parts = urlsplit(self.root)
        line = self._line(parts.netloc, parts.scheme)
        try:
            line.putrequest("POST", f"{parts.path.rstrip('/')}/studies")
            for name, value in self._headers(boundary, len(head) + clean.stat().st_size + len(tail)).items():
                line.putheader(name, value)
            line.endheaders(head)
            with clean.open("rb") as source:
                while piece := source.read(1 << 20):
                    line.send(piece)
            line.send(tail)
            answer = line.getresponse()
            return answer.status, answer.read(1 << 20)
        finally:
            line.close()

    def _headers(self, boundary: str, length: int) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.token_file.read_text().strip()}",
            "Accept": "application/dicom+json",
            "Content-Type": f'multipart/related; type="application/dicom"; boundary={boundary}',
            "Content-Length": str(length),
        }

    def _line(self, host: str, scheme: str) -> http.client.HTTPConnection:
        if scheme == "http":
            return http.client.HTTPConnection(host, timeout=PATIENCE)
        context = ssl.create_default_context(cafile=str(self.ca) if self.ca else None)
        return http.client.HTTPSConnection(host, timeout=PATIENCE, context=context)


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _reason(told: bytes) -> int:
    """The first FailureReason of a Store Instances Response; 0 where there is none."""
    try:
        items: list[dict[str, Any]] = json.loads(told)[FAILED]["Value"]
        return int(items[0][REASON]["Value"][0])
    except (ValueError, KeyError, TypeError, IndexError):
        return 0
