"""A look at the header while the client waits, at most 1 s: what it is, its keyed UIDs, a patient who declined."""

from __future__ import annotations

import io
import os
import uuid
from dataclasses import dataclass, replace

from anonymize.keying import Keyer
from anonymize.policy import Limits
from anonymize.unpacking import is_archive
from imagebank.catalog.models import RefusedSubject

from .sandboxing import sandbox


@dataclass(frozen=True, slots=True)
class Peeked:
    """`code` is a refusal that is certain already; empty keys where the header tells nothing."""

    code: str = ""
    kind: str = ""
    """What the bytes look like, such as `dicom` or `archive`; `broken` when they cannot be read, empty without time."""
    sop_class: str = ""
    study_uid: str = ""
    series_uid: str = ""
    instance_key: str = ""
    """The SOP Instance UID that the clean object will have, like the two above."""
    patient_key: str = ""

    def declined(self, institution_id: uuid.UUID) -> bool:
        """The patient said no to this institution's deposits."""
        refused = RefusedSubject.objects.filter(institution_id=institution_id, patient_key=self.patient_key)
        return bool(self.patient_key) and refused.exists()


def peek(head: bytes, keyer: Keyer) -> Peeked:
    """Look at the first bytes of a file in the sandbox. What cannot be told in time is left to the worker."""
    if is_archive(head):
        return Peeked(kind="archive")
    descriptor = os.memfd_create("head", os.MFD_CLOEXEC)
    try:
        with io.FileIO(os.dup(descriptor), "w") as handle:
            handle.write(head)
        os.lseek(descriptor, 0, os.SEEK_SET)
        outcome = sandbox().run("peek", source=descriptor, keyer=keyer, limits=QUICK)
    finally:
        os.close(descriptor)
    if outcome.verdict == "refused" and outcome.code in CERTAIN:
        return Peeked(code=outcome.code)
    if outcome.verdict == "refused":
        return Peeked(kind="broken")
    found = outcome.result
    return Peeked(
        kind=found.get("kind", ""),
        sop_class=found.get("sop_class", ""),
        study_uid=found.get("study_uid", ""),
        series_uid=found.get("series_uid", ""),
        instance_key=found.get("sop_instance_uid", ""),
        patient_key=found.get("patient", ""),
    )


QUICK = replace(Limits(), wall_seconds=Limits().peek_seconds)
CERTAIN = frozenset({"refused.empty", "refused.not_an_image", "refused.sop_class"})
"""Refusals that a prefix of the file proves."""
