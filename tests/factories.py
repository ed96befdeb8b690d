"""People, institutions, files and cases for tests: made through the product's own services, never of a patient."""

from __future__ import annotations

import datetime as dt
import io
import os
import time
import uuid
import zipfile
from dataclasses import dataclass
from pathlib import Path

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client
from django.utils import timezone

from anonymize.phantom.demo import DemoClip, demo_clips
from anonymize.phantom.write import write_clip
from imagebank.accounts.actors import actor_for
from imagebank.accounts.models import Agreement, ApiToken, Institution, Membership, NodeRole, User
from imagebank.accounts.services import TOKEN_PREFIX, hash_token
from imagebank.catalog.models import Case, Clip, Header, Subject
from imagebank.catalog.rights import rights_for
from imagebank.catalog.services import create_case, submit
from imagebank.core import stores
from imagebank.core.actor import Actor
from imagebank.intake import pipeline, services
from imagebank.intake.acceptance import confirm
from imagebank.intake.models import Original
from imagebank.review.services import publish, review

PASSWORD = "correct horse battery"
FINDINGS = [{"term": "pleural-effusion-simple", "presence": "present"}]


def make_institution(slug: str, **fields: object) -> Institution:
    """With a current agreement, publishing without delay."""
    defaults: dict[str, object] = {"name": slug.title(), "country": "DK", "default_setting": "ed"}
    delay = {"delay_days_least": 0, "delay_days_most": 0}
    row = Institution.objects.create(slug=slug, **{**defaults, **delay, **fields})
    Agreement.objects.create(institution=row, version="1", signed_on=timezone.now().date())
    return row


def make_person(name: str, institution: Institution | None = None, member: str = "", role: str = "") -> User:
    """Has accepted the terms."""
    user = User.objects.create_user(f"{name}@bank.example", PASSWORD, name=name, accepted_terms="draft-1")
    if institution:
        Membership.objects.create(user=user, institution=institution, role=member)
    if role:
        NodeRole.objects.create(user=user, role=role)
    return user


def make_service(name: str, institution: Institution) -> User:
    return User.objects.create_user(f"{name}@bank.example", None, name=name, kind="service", institution=institution)


def make_token(owner: User, *scopes: str) -> str:
    """A live token of this account."""
    token = f"{TOKEN_PREFIX}{owner.pk.hex}{len(scopes)}{time.monotonic_ns()}"
    until = timezone.now() + dt.timedelta(days=1)
    ApiToken.objects.create(owner=owner, name="test", digest=hash_token(token), scopes=list(scopes), expires_at=until)
    return token


def session(user: User | None = None, *, second_factor: bool = True, **options: bool) -> Client:
    """A browser, logged in as allauth would note it."""
    client = Client(**options)  # type: ignore[arg-type]
    if user is not None:
        client.force_login(user)
        if second_factor:
            store = client.session
            store[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "type": "totp", "at": time.time()}]
            store["account_authentication_methods_user"] = str(user.pk)
            store.save()
    return client


def bearer(token: str) -> Client:
    """A program with a token."""
    return Client(headers={"Authorization": f"Bearer {token}"})


def acting(user: User) -> Actor:
    """In a session with a second factor."""
    return actor_for(user, second_factor=True)


@dataclass(frozen=True)
class World:
    """Two institutions and one of everybody."""

    north: Institution
    south: Institution
    trainee: User
    contributor: User
    steward: User
    stranger: User
    """Steward of the other institution."""
    reviewer: User
    curator: User
    admin: User
    service: User

    def original(self, data: bytes, giver: User | None = None) -> Original:
        """A file given by the contributor, as it waits for a worker."""
        actor = acting(giver or self.contributor)
        deposit = services.open_deposit(actor=actor, institution=self.north)
        intake = services.open_intake(self.north, actor)
        intake.write(data)
        intake.finish()
        return services.register(actor=actor, deposit=deposit, outcomes=[intake])[0]

    def candidate(self, data: bytes, giver: User | None = None) -> Original:
        """A file that the real pipeline has cleaned."""
        row = self.original(data, giver)
        pipeline.process(row.pk)
        row.refresh_from_db()
        assert row.state == "awaiting_confirmation", row.code
        return row

    def clip(self, data: bytes) -> Clip:
        """A confirmed clip."""
        clip = confirm(actor=acting(self.contributor), original=self.candidate(data)).clip
        assert clip is not None
        clip.refresh_from_db()
        return clip

    def stored(self, giver: User | None = None, **fields: object) -> Clip:
        """A confirmed clip whose objects are known bytes in the bank's store; no pipeline needed."""
        giver = giver or self.contributor
        actor = acting(giver)
        subject = Subject.objects.create(institution=self.north)
        rights = rights_for(self.north, fields.pop("rights", {}), attester=giver)  # type: ignore[arg-type]
        uid = f"2.25.{uuid.uuid4().int}"
        clip = Clip.objects.create(
            institution=self.north, subject=subject, rights=rights, depositor=giver, state="private", kind="cine",
            frames=2, fps=25.0, frame_times=[40.0], width=640, height=480, maker="acme", model="one",
            probe="curvilinear", sop_class_uid="1.2.840.10008.5.1.4.1.1.3.1", sop_instance_uid=uid, series_uid=uid,
            study_uid=uid, pixel_sha256="0" * 64, verifier_report={"problems": []},
            features_answered_by_id=actor.user_id, **fields,
        )  # fmt: skip
        for role, data in stored_bytes().items():
            sha256, size = stores.bank.put(clip.pk, role, io.BytesIO(data))
            kind = pipeline.CONTENT_TYPES[role]
            clip.renditions.create(role=role, store="bank", sha256=sha256, size=size, content_type=kind)
        Header.objects.create(
            clip=clip, sha256=clip.renditions.get(role="dicom").sha256, transfer_syntax="1.2.840.10008.1.2.1",
            elements={}, pixels={"vr": "OB", "coded": False, "frames": [[0, 64], [64, 64]]},
        )  # fmt: skip
        return clip

    def draft(self, clip: Clip) -> Case:
        return create_case(actor=acting(self.contributor), data=case_data(clip))

    def submitted(self, clip: Clip) -> Case:
        return submit(actor=acting(self.contributor), case=self.draft(clip))

    def accepted(self, clip: Clip) -> Case:
        return self.accepted_draft(self.draft(clip))

    def accepted_draft(self, case: Case, giver: User | None = None) -> Case:
        submit(actor=acting(giver or self.contributor), case=case)
        review(actor=acting(self.reviewer), case=case, verdict="accept")
        case.refresh_from_db()
        return case

    def published(self, clip: Clip) -> Case:
        return publish(actor=acting(self.curator), case=self.accepted(clip))


def make_world() -> World:
    north, south = make_institution("north"), make_institution("south", named_in_public=True)
    return World(
        north=north,
        south=south,
        trainee=make_person("trainee"),
        contributor=make_person("contributor", north, "contributor"),
        steward=make_person("steward", north, "steward"),
        stranger=make_person("stranger", south, "steward"),
        reviewer=make_person("reviewer", role="reviewer"),
        curator=make_person("curator", role="curator"),
        admin=make_person("admin", role="admin"),
        service=make_service("pacs", north),
    )


def stored_bytes() -> dict[str, bytes]:
    """What `World.stored` keeps for each role: 200,000 different bytes of film, two frames."""
    film = b"".join(number.to_bytes(4, "big") for number in range(50_000))
    frames = io.BytesIO()
    with zipfile.ZipFile(frames, "w") as archive:
        for number in (1, 2):
            archive.writestr(zipfile.ZipInfo(f"{number:04d}.webp"), b"RIFF" + bytes([number]))
    return {"dicom": b"\0" * 128 + b"DICM", "playback": film, "small": film[:999], "poster": b"RIFFposter",
            "frames": frames.getvalue()}  # fmt: skip


def case_data(clip: Clip, **changes: object) -> dict[str, object]:
    """A complete case around one clip."""
    return {
        "indication": "pleural-effusion-suspected",
        "setting": "ed",
        "age_band": "adult-65-79",
        "sex": "female",
        "title": {"en": "Breathless for a week", "fr": "Essoufflé depuis une semaine"},
        "clips": [{"id": str(clip.pk), "view": "lung-plaps-right"}],
        "findings": FINDINGS,
        "confirmed": {"method": "ct", "certainty": "certain"},
        **changes,
    }


def specimens() -> list[DemoClip]:
    """Short loops of the phantom as DICOM, native ones first."""
    loops = [clip for clip in demo_clips() if clip.encoding != "mp4" and clip.frames > 1]
    return sorted(loops, key=lambda clip: (clip.encoding != "rgb", clip.frames))


def written(spec: DemoClip) -> bytes:
    """The file as its device would write it, from memory."""
    descriptor = os.memfd_create("clip")
    with os.fdopen(descriptor, "rb") as handle:
        write_clip(spec, Path(f"/proc/self/fd/{descriptor}"))
        handle.seek(0)
        return handle.read()
