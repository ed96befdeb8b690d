"""How a rule asks the server, and what it knows of what is there."""

from __future__ import annotations

import email
import http.client
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import pydicom

from deploy.benchmarks.dicomweb import clips, related

JSON: Final = "application/dicom+json"
XML: Final = 'multipart/related; type="application/dicom+xml"'
DICOM: Final = 'multipart/related; type="application/dicom"'
RELATED: Final = f"{DICOM}; boundary=benchmark-boundary"
STUDY, SERIES, INSTANCE = "0020000D", "0020000E", "00080018"
EXPLICIT: Final = "1.2.840.10008.1.2.1"
Level = Literal["must", "should", "may"]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    """Names in small letters."""
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body) if self.body else []

    @property
    def kind(self) -> str:
        """The media type without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip()

    def parts(self) -> list[tuple[str, bytes]]:
        """(media type, bytes) of each part of a multipart answer, as Python's own parser sees them."""
        head = f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode()
        message = email.message_from_bytes(head + self.body)
        if not message.is_multipart():
            return []
        listed: Any = message.get_payload()
        return [(str(each["Content-Type"]), each.get_payload(decode=True)) for each in listed]

    def datasets(self) -> list[pydicom.Dataset]:
        """Of a multipart/related answer with application/dicom."""
        return [pydicom.dcmread(io.BytesIO(data)) for _, data in self.parts()]


@dataclass
class Server:
    """One DICOMweb root. `there` is an instance with an object, several frames where there are such."""

    root: str
    token: str = ""
    given: list[bytes] = field(default_factory=lambda: clips(3))

    def ask(self, path: str, accept: str = JSON, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
        """`headers`: names with underscores; `authorization=""` asks as nobody."""
        parts = urlsplit(self.root)
        line = http.client.HTTPConnection(parts.netloc, timeout=120)
        said = {"Accept": accept, "Authorization": f"Bearer {self.token}" if self.token else ""}
        said |= {name.replace("_", "-").title(): value for name, value in headers.items()}
        line.request(method, parts.path.rstrip("/") + path, body or None, {k: v for k, v in said.items() if v})
        answer = line.getresponse()
        found = Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        line.close()
        return found

    def store(self, *objects: bytes, accept: str = JSON, to: str = "/studies", kind: str = RELATED) -> Answer:
        body = b"".join(related(each)[: -len(END)] for each in objects) + END
        return self.ask(to, accept, "POST", body, content_type=kind)

    @cached_property
    def listed(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("/instances?limit=40").json()
        return found

    @cached_property
    def there(self) -> dict[str, Any]:
        """The data set of a search for it."""
        alive = [each for each in self.listed if self.ask(f"{place(each)}/metadata").status == 200]
        return max(alive, key=lambda each: 1 < first(each, "00280008", 1) < 200)

    @property
    def instance(self) -> str:
        return place(self.there)

    @property
    def series(self) -> str:
        return self.instance.partition("/instances/")[0]

    @property
    def study(self) -> str:
        return self.instance.partition("/series/")[0]

    def uid(self, tag: str = STUDY) -> str:
        return str(first(self.there, tag))

    @cached_property
    def stored(self) -> pydicom.Dataset:
        """The object itself, in Explicit VR Little Endian."""
        return self.ask(self.instance, f"{DICOM}; transfer-syntax={EXPLICIT}").datasets()[0]


END: Final = b"\r\n--benchmark-boundary--\r\n"


def place(found: dict[str, Any]) -> str:
    """The address of an instance."""
    study, series, instance = (first(found, tag) for tag in (STUDY, SERIES, INSTANCE))
    return f"/studies/{study}/series/{series}/instances/{instance}"


def first(found: dict[str, Any], tag: str, usual: Any = "") -> Any:
    """The first value of an element of the DICOM JSON model."""
    return (found.get(tag, {}).get("Value") or [usual])[0]


def uids(answer: Answer, tag: str = STUDY) -> list[str]:
    return [first(each, tag) for each in answer.json()]


@dataclass(frozen=True, slots=True)
class Rule:
    """One sentence of the standard; `holds` may also raise: then it does not."""

    level: Level
    section: str
    sentence: str
    holds: Callable[[Server], object]


def rules(*listed: tuple[Level, str, str, Callable[[Server], object]]) -> Sequence[Rule]:
    return [Rule(*each) for each in listed]
