"""What the bank holds: subjects, rights, cases with their clips and findings, and what the public may see of them."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from pgvector.django import HalfVectorField, HnswIndex

from imagebank.accounts.models import Institution, User
from imagebank.core.states import choices, in_table
from imagebank.vocabulary.models import FindingTerm, Indication, View

from .states import CASE, CLIP

PURPOSES = ["bank", "own_learning"]
PRESENCE = ["present", "absent", "uncertain"]
AUDIENCES = ["open", "registered"]
USES = ["teaching", "research", "ai_training", "commercial"]
MARKS = ["arrow", "box", "ellipse", "polygon", "text"]
ROLES = ["dicom", "playback", "small", "poster", "frames", "after"]
LOOK_SIZE = 128
CELLS = (["sex", "age_band"], ["setting"], ["bmi_class"], ["credit"])
COUNTED = Q(live_revision__isnull=False, synthetic=False)
"""Cases that the k-check counts (coarsening), by the fields that it counts."""
IRREVOCABLE = ["explicit-release", "synthetic"]
"""Kinds of consent that cover a release which cannot be taken back, as Creative Commons licences are."""


class Subject(models.Model):
    """The bank's pseudonymous patient (privacy.md 1). Never in a public answer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT)
    patient_key = models.CharField(max_length=64, blank=True)
    """HMAC of patient id and issuer under the institution's subject key; empty when the file carries none."""
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "patient_key"], condition=~Q(patient_key=""), name="catalog_subject_once"
            )
        ]


class RefusedSubject(models.Model):
    """A patient who said no: nothing of theirs is taken again (privacy.md 1)."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT)
    patient_key = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "patient_key"], name="catalog_refusedsubject_once")
        ]


class Rights(models.Model):
    """What may be done with a deposit, copied by value at attestation and never changed (privacy.md 5, 6)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    legal_basis = models.CharField(max_length=40)
    consent_kind = models.CharField(max_length=40)
    policy_version = models.CharField(max_length=30)
    attester = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    """Null while a deposit of a service account waits for a person."""
    attested_at = models.DateTimeField(null=True)
    evidence_place = models.CharField(max_length=200, blank=True)
    uses = ArrayField(models.CharField(max_length=20), default=list)
    audience = models.CharField(max_length=12, default="open")
    regions = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    licence = models.CharField(max_length=60, default="LicenseRef-Imagebank-Teaching-1.0")
    embargo_until = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    child = models.BooleanField(default=False)
    deceased = models.BooleanField(default=False)
    ethics_reference = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(uses__contained_by=USES), name="catalog_rights_uses_known"),
            models.CheckConstraint(condition=Q(audience__in=AUDIENCES), name="catalog_rights_audience_known"),
            models.CheckConstraint(
                condition=~Q(licence__startswith="CC") | Q(consent_kind__in=IRREVOCABLE),
                name="catalog_rights_cc_needs_irrevocable_consent",
            ),
            models.CheckConstraint(
                condition=~Q(licence__startswith="CC") | Q(expires_on__isnull=True),
                name="catalog_rights_cc_has_no_expiry",
            ),
            models.CheckConstraint(
                condition=Q(attester__isnull=True, attested_at__isnull=True)
                | Q(attester__isnull=False, attested_at__isnull=False),
                name="catalog_rights_attested_whole",
            ),
        ]


class Origin(models.Model):
    """Another node whose cases this one shows. They keep their ids; nobody may change them here."""

    id = models.UUIDField(primary_key=True, editable=False)
    """Of the node, as it signs."""
    name = models.CharField(max_length=200)
    address = models.URLField(max_length=200)
    fingerprint = models.CharField(max_length=71)
    """Of the first key, known out of band."""
    account = models.OneToOneField(User, on_delete=models.PROTECT, related_name="+")
    """In whose name its cases stand: a service account without a way to log in."""
    created_at = models.DateTimeField(db_default=Now())


class Case(models.Model):
    """One patient, one clinical question, its clips, what was found and how it was confirmed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="cases")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="cases")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="cases")
    state = models.CharField(max_length=20, default=CASE.initial, choices=choices(CASE))
    state_since = models.DateTimeField(db_default=Now())
    revision = models.PositiveIntegerField(default=1)
    live_revision = models.PositiveIntegerField(null=True)
    """What readers see while a later revision is in work."""
    indication = models.ForeignKey(Indication, on_delete=models.PROTECT)
    setting = models.CharField(max_length=40)
    title = models.JSONField(default=dict)
    vignette = models.JSONField(default=dict)
    age_band = models.CharField(max_length=30)
    sex = models.CharField(max_length=20, default="sex-unknown")
    bmi_class = models.CharField(max_length=20, default="bmi-unknown")
    confirmed_method = models.CharField(max_length=60, blank=True)
    confirmed_certainty = models.CharField(max_length=20, blank=True)
    confirmed_interval_days = models.PositiveIntegerField(null=True, blank=True)
    management_changed = models.BooleanField(null=True)
    management_note = models.JSONField(default=dict)
    rights = models.ForeignKey(Rights, on_delete=models.PROTECT)
    credit = models.CharField(max_length=200, blank=True)
    synthetic = models.BooleanField(default=False)
    origin = models.ForeignKey(Origin, on_delete=models.PROTECT, null=True, blank=True, related_name="cases")
    """Null of our own."""
    claimed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withheld = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    """Fields of which the public was once told less than they say: never told finer later (privacy.md 10)."""
    publish_after = models.DateTimeField(null=True)
    published_on = models.DateField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=fields, name=f"catalog_case_by_{fields[0]}", condition=COUNTED) for fields in CELLS
        ]
        constraints = [
            in_table(CASE),
            models.UniqueConstraint(
                fields=["id", "institution", "subject", "synthetic"], name="catalog_case_with_its_patient"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_method="", confirmed_certainty="", confirmed_interval_days__isnull=True)
                | ~Q(confirmed_method="") & ~Q(confirmed_certainty=""),
                name="catalog_case_confirmed_whole",
            ),
            models.CheckConstraint(
                condition=Q(live_revision__isnull=True) | Q(live_revision__lte=models.F("revision")),
                name="catalog_case_live_revision_exists",
            ),
            models.CheckConstraint(
                condition=Q(claimed_by__isnull=True) | Q(state="in_review"), name="catalog_case_claim_in_review"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["published", "suspended"])
                | (
                    Q(live_revision__isnull=False, published_on__isnull=False)
                    & ~Q(confirmed_method="")
                    & (Q(origin__isnull=False) | ~Q(setting="") & ~Q(age_band=""))
                ),
                name="catalog_case_published_is_complete",
            ),
        ]


class CoAuthor(models.Model):
    """Somebody of the same institution who writes a case with its author (authors.py). Never deleted: whoever had a
    part in a case never reads it for review, also when the part has ended."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="coauthors")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="catalog_coauthor_once")]

    @property
    def institution_id(self) -> uuid.UUID:
        return self.case.institution_id


class Clip(models.Model):
    """One clean DICOM object and what is known of it; in at most one case."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="clips")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="clips")
    rights = models.ForeignKey(Rights, on_delete=models.PROTECT)
    depositor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="clips")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="clips")
    position = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=20, default=CLIP.initial, choices=choices(CLIP))
    state_since = models.DateTimeField(db_default=Now())
    purpose = models.CharField(max_length=20, default="bank", choices=[(p, p) for p in PURPOSES])
    synthetic = models.BooleanField(default=False)
    origin = models.ForeignKey(Origin, on_delete=models.PROTECT, null=True, blank=True, related_name="clips")
    # what a person says
    view = models.ForeignKey(View, on_delete=models.PROTECT, null=True, blank=True)
    laterality = models.CharField(max_length=10, blank=True)
    screen_convention = models.CharField(max_length=20, blank=True)
    patient_position = models.CharField(max_length=30, blank=True)
    zone = models.CharField(max_length=30, blank=True)
    ventilation = models.CharField(max_length=30, blank=True)
    time_point = models.CharField(max_length=30, blank=True)
    probe = models.CharField(max_length=30, blank=True)
    quality_answers = models.JSONField(default=dict)
    quality = models.PositiveSmallIntegerField(null=True, blank=True)
    artefacts = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    # what the object says
    kind = models.CharField(max_length=10, choices=[("cine", "cine"), ("still", "still")])
    mode = models.CharField(max_length=30, default="b-mode")
    frames = models.PositiveIntegerField()
    fps = models.FloatField(null=True)
    frame_times = ArrayField(models.FloatField(), default=list)
    """Milliseconds of each frame after the first; empty for a still."""
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    pixel_spacing_mm = models.FloatField(null=True)
    regions = models.JSONField(default=list)
    """Where a pixel stands for how much (calibration.py)."""
    maker = models.CharField(max_length=64, blank=True)
    model = models.CharField(max_length=64, blank=True)
    transducer = models.CharField(max_length=64, blank=True)
    depth_mm = models.FloatField(null=True)
    sop_class_uid = models.CharField(max_length=64)
    sop_instance_uid = models.CharField(max_length=64, unique=True)
    series_uid = models.CharField(max_length=64, db_index=True)
    study_uid = models.CharField(max_length=64, db_index=True)
    pixel_sha256 = models.CharField(max_length=64, blank=True)
    """Of the pixel data as they lie in the clean object; known from acceptance on."""
    perceptual_hash = models.CharField(max_length=64, blank=True, db_index=True)
    name_keys = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    """HMACs of the words of people's names in the original: no typed text may repeat one (privacy.md 12)."""
    versions = models.JSONField(default=dict)
    """Of cleaner, profile and verifier, so that what older ones passed can be read again."""
    verifier_report = models.JSONField(null=True)
    features_answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    """Who answered that no face, skin mark, person or document is seen."""
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            in_table(CLIP),
            models.CheckConstraint(
                condition=~Q(state__in=["private", "public"])
                | Q(verifier_report__isnull=False) & (Q(features_answered_by__isnull=False) | Q(origin__isnull=False)),
                name="catalog_clip_accepted_was_verified_and_confirmed",
            ),
            models.CheckConstraint(
                condition=~Q(state="public") | Q(case__isnull=False), name="catalog_clip_public_in_case"
            ),
            models.CheckConstraint(
                condition=~Q(state="candidate") | Q(case__isnull=True), name="catalog_clip_candidate_in_no_case"
            ),
            models.CheckConstraint(
                condition=~Q(state="public") | Q(purpose="bank"), name="catalog_clip_public_is_for_bank"
            ),
            models.CheckConstraint(
                condition=Q(quality__isnull=True) | Q(quality__range=(1, 5)), name="catalog_clip_quality_1_to_5"
            ),
        ]


class Rendition(models.Model):
    """One stored object of a clip; in one store only."""

    clip = models.ForeignKey(Clip, on_delete=models.CASCADE, related_name="renditions")
    role = models.CharField(max_length=10, choices=[(r, r) for r in ROLES])
    store = models.CharField(max_length=10, choices=[("candidate", "candidate"), ("bank", "bank")])
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.BigIntegerField()
    content_type = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clip", "role"], name="catalog_rendition_one_per_role")]


class Header(models.Model):
    """What the clean object says of itself, read in the sandbox when it was made: for DICOMweb (PS3.18)."""

    clip = models.OneToOneField(Clip, on_delete=models.CASCADE, primary_key=True, related_name="header")
    sha256 = models.CharField(max_length=64)
    """Of the object that was read."""
    transfer_syntax = models.CharField(max_length=64)
    series_number = models.IntegerField(null=True)
    instance_number = models.IntegerField(null=True)
    elements = models.JSONField()
    """DICOM JSON (PS3.18 annex F) without the pixel data."""
    pixels = models.JSONField()
    """{vr, coded, frames: [[offset, length] in the file]}."""


class Look(models.Model):
    """What the masked picture of a clip looks like, in numbers (anonymize/render/look.py). Never leaves the server."""

    clip = models.OneToOneField(Clip, on_delete=models.CASCADE, primary_key=True, related_name="look")
    vector = HalfVectorField(dimensions=LOOK_SIZE)

    class Meta:
        indexes = [HnswIndex(name="catalog_look_near", fields=["vector"], opclasses=["halfvec_l2_ops"])]


class Finding(models.Model):
    """Something seen, not seen, or doubtful. Not asked is not absent. Never deleted: a later one supersedes it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="findings")
    clip = models.ForeignKey(Clip, on_delete=models.PROTECT, null=True, blank=True, related_name="findings")
    term = models.ForeignKey(FindingTerm, on_delete=models.PROTECT)
    presence = models.CharField(max_length=10, choices=[(p, p) for p in PRESENCE])
    severity = models.CharField(max_length=40, blank=True)
    frame_from = models.PositiveIntegerField(null=True, blank=True)
    frame_to = models.PositiveIntegerField(null=True, blank=True)
    region = models.JSONField(null=True, blank=True)
    asserted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asserted_at = models.DateTimeField(db_default=Now())
    blind = models.BooleanField(default=False)
    supersedes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="superseded_by")
    retired = models.BooleanField(default=False)
    """Taken back without a successor."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(presence__in=PRESENCE), name="catalog_finding_presence_known"),
            models.CheckConstraint(
                condition=Q(frame_from__isnull=True) | Q(frame_from__gte=1, frame_to__gte=models.F("frame_from")),
                name="catalog_finding_frames_from_1",
            ),
        ]


class Mark(models.Model):
    """What an expert drew on frames of a clip. Never deleted: a later one of the same number supersedes it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="marks")
    clip = models.ForeignKey(Clip, on_delete=models.PROTECT, related_name="marks")
    number = models.PositiveSmallIntegerField()
    """Within the clip, from 1."""
    kind = models.CharField(max_length=10, choices=[(kind, kind) for kind in MARKS])
    points = models.JSONField()
    """[[x, y], ...] from 0 to 1 of the picture's width and height (marks.py)."""
    frame_from = models.PositiveIntegerField()
    frame_to = models.PositiveIntegerField()
    label = models.JSONField(default=dict)
    asserted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asserted_at = models.DateTimeField(db_default=Now())
    supersedes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="superseded_by")
    retired = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=MARKS), name="catalog_mark_kind_known"),
            models.CheckConstraint(
                condition=Q(number__gte=1, frame_from__gte=1, frame_to__gte=models.F("frame_from")),
                name="catalog_mark_counts_from_1",
            ),
        ]


class Revision(models.Model):
    """One change of a case: by which role, on which day, why, and what became different. Written by history.py."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="history")
    number = models.PositiveIntegerField()
    """From 1 in each case."""
    revision = models.PositiveIntegerField()
    event = models.CharField(max_length=20)
    role = models.CharField(max_length=20)
    on = models.DateField(db_default=Now())
    reason = models.CharField(max_length=200, blank=True)
    changes = models.JSONField(default=list)
    """[{what, about, clip, before, after}] for those who work on the case."""
    told = models.JSONField(null=True)
    """The same for readers; null when the change is not theirs to know."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="catalog_revision_once")]


class PublicCase(models.Model):
    """All that the public may see of a published case, made after coarsening (privacy.md 9): one row a case.

    Search, facets, labels, feed and ETags read this and nothing else. The columns marked "true" serve only the order of
    a varied page and the numbers of institutions and countries. A trigger logs every write in SearchChange.
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="projection")
    audience = models.CharField(max_length=12, choices=[(a, a) for a in AUDIENCES])
    """The widest: who has an account is told the same as everybody, so what is open needs no second row."""
    hidden = models.BooleanField(default=False)
    """Suspended: kept, not served."""
    document = models.JSONField()
    etag = models.CharField(max_length=64)
    terms = ArrayField(models.IntegerField(), default=list)
    """Numbers of facet values (vocabulary Facet)."""
    shuffle = models.BigIntegerField()
    """Fixed pseudo-random place in the varied order."""
    published_on = models.DateField()
    quality = models.PositiveSmallIntegerField(default=0)
    clips = models.PositiveSmallIntegerField(default=1)
    true_subject = models.UUIDField()
    true_look = models.BigIntegerField(default=0)
    """Of the picture on the card, for the order of a varied page (search/looks.py); 0 for none."""
    true_values = models.JSONField(default=dict)
    """True: {institution, country, vendor, model, probe, view, age_band, sex, bmi_class, severity, quality} -> list."""


class PublicText(models.Model):
    """The words of a row of the projection, in a table so narrow that to look through thousands takes few pages.

    A search by words reads it by `search/visible.words_shown_to`; a row without it has no words yet. A trigger puts the
    number of the row's block (search/index/wording.py) among the words.
    """

    row = models.OneToOneField(PublicCase, on_delete=models.CASCADE, primary_key=True, related_name="text")
    words = SearchVectorField()
    audience = models.CharField(max_length=12, default="")
    """This and the next follow the row of the projection: triggers write them."""
    hidden = models.BooleanField(default=True)

    class Meta:
        indexes = [GinIndex(fields=["words"], name="catalog_publictext_words")]


class SearchChange(models.Model):
    """What one statement changed of the projection, for the search's index of each process. Kept for a week."""

    seq = models.BigAutoField(primary_key=True)
    xid = models.BigIntegerField(db_index=True)
    """Its transaction."""
    rows = ArrayField(models.BigIntegerField(), null=True)
    """Primary keys; null when the table was emptied."""
    at = models.DateTimeField(db_default=Now(), db_index=True)


class OpenedCase(models.Model):
    """A case that somebody with an account has opened: the varied order shows them others first. Theirs alone."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    on = models.DateField(db_default=Now())
    """Of the first time; erased 24 months later (privacy.md 19)."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "case"], name="catalog_openedcase_once")]


class Tombstone(models.Model):
    """What was withdrawn, without clinical content; permanent."""

    object_id = models.UUIDField(primary_key=True)
    object_type = models.CharField(max_length=20)
    withdrawn_on = models.DateField(db_default=Now())
    reason = models.CharField(max_length=40)
