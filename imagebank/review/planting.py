"""Planted cases: one in fifty of the queue is made up and holds a fault, to see whether reading notices it.

Each is a phantom that went through the real cleaner; then a made-up name is burnt into its frames, or its first finding
is turned into its contrary. In the queue it is a case like any other, also in what the database says of it: only its
row in `Planted` tells, and a trigger keeps it from being accepted or published. Who has read it is told at once.
"""

from __future__ import annotations

import os
import secrets
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, Final

from django.conf import settings
from django.db import transaction

from anonymize.phantom import scenes
from anonymize.phantom.demo import DemoClip, demo_clips
from anonymize.phantom.planted import burnt_in
from anonymize.phantom.write import write_clip
from anonymize.policy import Policy
from imagebank.accounts.models import Institution, User
from imagebank.catalog.models import Case, Clip, Look, Rendition, Subject
from imagebank.catalog.rights import rights_for
from imagebank.catalog.services import create_case, submit
from imagebank.core import stores
from imagebank.core.actor import Actor
from imagebank.core.models import AuditEvent, Node
from imagebank.intake.clips import technical
from imagebank.intake.headers import keep
from imagebank.intake.keying import InstitutionKeyer
from imagebank.intake.pipeline import CONTENT_TYPES, RENDERED
from imagebank.intake.sandboxing import descriptors, memory_files, rewound, sandbox, scratch_files

from .models import FAULTS, Planted

HOUSE: Final = "planted-cases"
"""The institution that stands behind them; never named in public."""
ADDRESS: Final = "planted-cases@node.invalid"
SYNTHETIC: Final = {"legal_basis": "synthetic", "consent_kind": "synthetic"}
PROBES: Final = {"convex": "curvilinear", "phased": "phased", "linear": "linear"}
CONTRARY: Final = {"present": "absent", "absent": "present", "uncertain": "present"}


def due() -> bool:
    """Whether enough cases were handed in since the last one."""
    if not settings.REVIEW_PLANTED_SHARE:
        return False
    last = Planted.objects.order_by("-planted_at").first()
    handed_in = AuditEvent.objects.filter(event="submit", object_type="case")
    if last:
        handed_in = handed_in.filter(recorded_at__gt=last.planted_at)
    return handed_in.count() >= (last.next_after if last else round(1 / settings.REVIEW_PLANTED_SHARE))


def plant(fault: str | None = None) -> Planted:
    """Make one and hand it in; `fault` by lot. Takes some seconds of the sandbox."""
    fault = fault or secrets.choice(FAULTS)
    spec = _some_clip()
    house, account = _house()
    with memory_files("clean") as files, scratch_files(*RENDERED) as rendered:
        report = _cleaned(spec, house, files["clean"])
        if fault == "name":
            burnt = burnt_in(rewound(files["clean"]).read(), spec.patient, spec.seed)
            rewound(files["clean"]).truncate()
            files["clean"].write(burnt)
        told = _run("render", rewound(files["clean"]).fileno(), rendered, {}, house)
        streams = {"dicom": files["clean"], **{RENDERED[name]: handle for name, handle in rendered.items()}}
        clip_id = uuid.uuid4()
        stored = {role: stores.bank.put(clip_id, role, rewound(s)) for role, s in streams.items() if s.seek(0, 2)}
    with transaction.atomic():
        clip = _clip(clip_id, house, account, technical(report, told), stored)
        Look.objects.create(clip=clip, vector=told["look"])
        keep(clip, stored["dicom"][0], told["header"])
        return _hand_in(spec, clip, account, fault)


# --- pieces


def _some() -> int:
    """Cases until the next one, so that the share is as the settings say in the mean."""
    share = settings.REVIEW_PLANTED_SHARE or 1
    return 1 + secrets.randbelow(max(1, round(2 / share) - 1))


def _some_clip() -> DemoClip:
    """A scene of the demonstration, drawn anew."""
    fitting = [clip for clip in demo_clips() if clip.encoding == "rgb" and clip.frames > 1]
    name = uuid.uuid4().hex
    return replace(secrets.choice(fitting), seed=secrets.randbelow(1 << 20), id=name, case=name)


def _house() -> tuple[Institution, User]:
    house, _ = Institution.objects.get_or_create(
        slug=HOUSE, defaults={"name": "Planted cases", "country": "XX", "state": "ended", "default_setting": "ed"}
    )
    account = User.objects.filter(email=ADDRESS).first()
    return house, account or User.objects.create_user(ADDRESS, None, kind="service", institution=house, is_active=False)


def _cleaned(spec: DemoClip, house: Institution, target: BinaryIO) -> dict[str, Any]:
    """The report of the cleaner, as it would be for a device's own file."""
    request = {"policy": Policy(sex="empty", names=True).as_json(), "study": f"2.25.{uuid.uuid4().int}"}
    source = os.memfd_create("planted", os.MFD_CLOEXEC)
    try:
        write_clip(spec, Path(f"/proc/self/fd/{source}"))
        os.lseek(source, 0, os.SEEK_SET)
        return _run("clean", source, {"clean": target}, request, house)
    finally:
        os.close(source)


def _run(
    job: str, source: int, outputs: dict[str, BinaryIO], request: dict[str, Any], house: Institution
) -> dict[str, Any]:
    keyer = InstitutionKeyer(house.pk)
    outcome = sandbox().run(job, source=source, outputs=descriptors(outputs), request=request, keyer=keyer)
    if outcome.verdict != "clean" or outcome.result is None:
        raise RuntimeError(f"a phantom came out of the job {job} as {outcome.code}")
    return outcome.result


def _clip(
    pk: uuid.UUID, house: Institution, account: User, told: dict[str, Any], stored: dict[str, tuple[str, int]]
) -> Clip:
    clip = Clip.objects.create(
        id=pk, institution=house, subject=Subject.objects.create(institution=house), depositor=account,
        rights=rights_for(house, SYNTHETIC, attester=account), state="private", features_answered_by=account,
        synthetic=Node.current().demo, **told,
    )  # fmt: skip
    for role, (sha256, size) in stored.items():
        kind = CONTENT_TYPES[role]
        Rendition.objects.create(clip=clip, role=role, store="bank", sha256=sha256, size=size, content_type=kind)
    return clip


def _hand_in(spec: DemoClip, clip: Clip, account: User, fault: str) -> Planted:
    actor = Actor(user_id=account.pk, via="command", memberships={clip.institution_id: frozenset({"contributor"})})
    case: Case = create_case(actor=actor, data=_data(spec, clip, fault))
    row = Planted.objects.create(case=case, fault=fault, next_after=_some())
    submit(actor=actor, case=case)
    return row


def _data(spec: DemoClip, clip: Clip, fault: str) -> dict[str, Any]:
    findings = [{"term": term, "presence": presence} for term, presence in spec.findings]
    if fault == "tag":
        findings[0]["presence"] = CONTRARY[findings[0]["presence"]]
    probe = PROBES[scenes[spec.scene].probe]
    return {
        "indication": spec.indication, "setting": spec.setting, "age_band": spec.age_band, "sex": spec.sex,
        "bmi_class": spec.bmi, "title": spec.title, "findings": findings,
        "confirmed": {"method": spec.method, "certainty": spec.certainty},
        "clips": [{"id": str(clip.pk), "view": spec.view, "probe": probe}],
    }  # fmt: skip
