"""STOW-RS: PS3.18 10.5 and annex I.2; capabilities: 8.9; what is asked of every answer: 8.5."""

from __future__ import annotations

import io
import uuid
from typing import Final

import pydicom

from .asking import JSON, Server, first, rules

TAKEN, FAILED = "00081199", "00081198"
CLASS, UID, ADDRESS, REASON = "00081150", "00081155", "00081190", "00081197"
BROKEN: Final = b"this is no DICOM object"


def taken(server: Server) -> dict[str, object]:
    """What is said of an object that was taken."""
    found: dict[str, object] = server.store(server.given[0]).json()[TAKEN]["Value"][0]
    return found


def another(server: Server) -> bytes:
    """The first object with other content."""
    dataset = pydicom.dcmread(io.BytesIO(server.given[0]))
    dataset.SeriesDescription = "other"
    out = io.BytesIO()
    dataset.save_as(out)
    return out.getvalue()


def of_another_study(server: Server) -> bool:
    answer = server.store(server.given[2], to=f"/studies/2.25.{uuid.uuid4().int}")
    return answer.status == 409 and FAILED in answer.json()


RULES = rules(
    ("must", "10.5.3.1", "all taken is 200", lambda s: s.store(*s.given[:2]).status == 200),
    ("must", "I.2", "each one taken is named by class and instance",
     lambda s: {CLASS, UID} <= taken(s).keys() and first(taken(s), UID)),
    ("must", "I.2", "and says where it can be retrieved", lambda s: "/studies/" in str(first(taken(s), ADDRESS))),
    ("must", "10.5.3.1", "some taken is 202, and the others have a reason",
     lambda s: (a := s.store(s.given[0], BROKEN)).status == 202 and first(a.json()[FAILED]["Value"][0], REASON)),
    ("must", "10.5.3.1", "none taken is 409, with a reason",
     lambda s: (a := s.store(BROKEN)).status == 409 and first(a.json()[FAILED]["Value"][0], REASON)),
    ("must", "10.5.1", "400 for a body that is not what its media type says",
     lambda s: s.ask("/studies", JSON, "POST", b"no parts", content_type=KIND).status == 400),
    ("must", "10.5.2", "415 for a media type that is not taken",
     lambda s: s.ask("/studies", JSON, "POST", b"a,b", content_type="text/csv").status == 415),
    ("must", "10.5.3", "an answer in XML",
     lambda s: "xml" in s.store(s.given[0], accept="application/dicom+xml").kind),
    ("must", "10.5.1", "an object of another study than the address is not taken", of_another_study),
    ("must", "8.9", "capabilities by OPTIONS or GET of the root",
     lambda s: any(s.ask("/", "application/vnd.sun.wadl+xml", method).body for method in ("OPTIONS", "GET"))),
    ("must", "8.5", "405 tells what is allowed",
     lambda s: (a := s.ask("/studies", method="PUT", body=b"x")).status == 405 and "GET" in a.headers.get("allow", "")),
    ("should", "10.5.3", "the same object again is taken, once",
     lambda s: first(taken(s), UID) == first(taken(s), UID)),
    ("should", "10.5.1", "the same instance with other content is not taken",
     lambda s: taken(s) and s.store(another(s)).status == 409),
    ("should", "11", "worklists are declined with 501", lambda s: s.ask("/workitems").status in (200, 204, 501)),
    ("may", "10.5.2", "a single object without parts",
     lambda s: s.ask("/studies", JSON, "POST", s.given[1], content_type="application/dicom").status == 200),
)  # fmt: skip
KIND: Final = 'multipart/related; type="application/dicom"; boundary=benchmark-boundary'
