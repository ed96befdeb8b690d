"""A person says: this is clean. The clip moves to the bank; the original and its picture go with their keys."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, BinaryIO

from django.db import transaction

from imagebank.accounts.permissions import check
from imagebank.catalog.models import Clip, Rendition
from imagebank.catalog.states import CLIP
from imagebank.core import stores
from imagebank.core.actor import Actor
from imagebank.core.errors import Conflict, Denied
from imagebank.core.states import transition

from . import headers, memory
from .keying import InstitutionKeyer
from .models import Original
from .sandboxing import memory_files, rewound, sandbox
from .services import require_attested
from .states import ORIGINAL


def confirm(*, actor: Actor, original: Original, visible_features: bool = False) -> Original:
    """Accept a clean candidate. `visible_features` answers: is a face, skin mark, person or document seen?

    A person in a session only (privacy.md 5). "Yes" holds the file instead. The answer is written into the header in
    the sandbox; the pixels must be the same by hash and the object is verified again.
    """
    if not actor.is_person:
        raise Denied("person")
    check(actor, "original.handle", original, see="original.see")
    ORIGINAL.next(original.state, "accept")
    if visible_features:
        return _doubt(original, actor)
    require_attested(original.deposit)
    clip = original.clip
    assert clip is not None
    with memory_files("clean") as files:
        told = _attest(clip, files["clean"])
        return _accept(original, clip, files["clean"], actor, told)


def _doubt(original: Original, actor: Actor) -> Original:
    return transition(original, "doubt", actor=actor, table=ORIGINAL, changes={"code": "held.visible_features"})


def _attest(clip: Clip, target: BinaryIO) -> dict[str, Any]:
    """RecognizableVisualFeatures = NO (PS3.3 C.7.6.1.1) into the header; returns what the job `attest` told."""
    dicom = clip.renditions.get(role="dicom")
    with stores.candidate.open(clip.id, "dicom", dicom.sha256) as source:
        outcome = sandbox().run(
            "attest",
            source=source.fileno(),
            outputs={"clean": target.fileno()},
            request={"policy": {"visible_features": "NO"}},
            keyer=InstitutionKeyer(clip.institution_id),
        )
    told = outcome.result
    if outcome.verdict != "clean" or told["pixels_before"] != told["pixels_after"] or _suspicious(target):
        raise Conflict("not_verified")
    return told


def _suspicious(candidate: BinaryIO) -> bool:
    """The second look at the header as it will be kept; the pixels are those that were looked at, by their hash."""
    return sandbox().run("verify", source=rewound(candidate).fileno(), request={"pixels": False}).verdict != "clean"


def _accept(original: Original, clip: Clip, clean: BinaryIO, actor: Actor, told: Mapping[str, Any]) -> Original:
    sha256, size = stores.bank.put(clip.id, "dicom", rewound(clean))
    kept = clip.renditions.exclude(role__in=["dicom", "after"])
    for rendition in kept:
        stores.candidate.share(stores.bank, clip.id, rendition.role, rendition.sha256)
    with transaction.atomic():
        row = transition(
            original, "accept", actor=actor, table=ORIGINAL, changes={"sealed": False, "has_preview": False}
        )
        answered = {"features_answered_by_id": actor.user_id, "pixel_sha256": told["pixels_after"]}
        transition(clip, "accept", actor=actor, table=CLIP, changes=answered)
        memory.remember(row)
        clip.renditions.filter(role="after").delete()
        clip.renditions.filter(role="dicom").update(sha256=sha256, size=size)
        Rendition.objects.filter(clip=clip).update(store="bank")
        headers.keep(clip, sha256, told["header"])
        transaction.on_commit(lambda: _finish(original.pk, clip.id))
    return row


def _finish(original_id: uuid.UUID, clip_id: uuid.UUID) -> None:
    """After commit; the sweeper repeats it when the process dies before."""
    stores.destroy_original(original_id)
    stores.candidate.purge(clip_id)
