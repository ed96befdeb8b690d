import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import pgvector.django.halfvec
import pgvector.django.indexes
from django.db import migrations, models
from django.db.models import F, Q
from pgvector.django import VectorExtension

FORWARD = """
ALTER TABLE catalog_clip ADD CONSTRAINT catalog_clip_of_its_case
    FOREIGN KEY (case_id, institution_id, subject_id, synthetic)
    REFERENCES catalog_case (id, institution_id, subject_id, synthetic) DEFERRABLE INITIALLY DEFERRED;

CREATE FUNCTION catalog_guard_finding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) - 'retired' <> to_jsonb(OLD) - 'retired' OR (OLD.retired AND NOT NEW.retired) THEN
            RAISE EXCEPTION 'a finding is superseded, never changed' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.supersedes_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM catalog_finding f
        WHERE f.id = NEW.supersedes_id AND f.id <> NEW.id AND f.case_id = NEW.case_id AND f.term_id = NEW.term_id
          AND f.clip_id IS NOT DISTINCT FROM NEW.clip_id AND NOT f.retired
    ) THEN
        RAISE EXCEPTION 'a finding supersedes one of the same case, term and clip' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.clip_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM catalog_clip c
        WHERE c.id = NEW.clip_id AND c.case_id = NEW.case_id AND COALESCE(NEW.frame_to, 1) <= c.frames
    ) THEN
        RAISE EXCEPTION 'a finding names a clip of its case, and frames of that clip' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT NEW.retired AND EXISTS (
        SELECT 1 FROM catalog_finding f
        WHERE f.case_id = NEW.case_id AND f.term_id = NEW.term_id AND f.clip_id IS NOT DISTINCT FROM NEW.clip_id
          AND NOT f.retired AND f.id IS DISTINCT FROM NEW.supersedes_id
          AND NOT EXISTS (SELECT 1 FROM catalog_finding later WHERE later.supersedes_id = f.id)
    ) THEN
        RAISE EXCEPTION 'a term is said once of a clip or a case' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER catalog_finding_rules BEFORE INSERT OR UPDATE ON catalog_finding
    FOR EACH ROW EXECUTE FUNCTION catalog_guard_finding();

CREATE FUNCTION catalog_guard_published() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    shown uuid := CASE WHEN TG_TABLE_NAME = 'catalog_case' THEN to_jsonb(NEW) ->> 'id' ELSE to_jsonb(NEW) ->> 'case_id' END;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM catalog_case WHERE id = shown AND state = 'published') THEN
        RETURN NULL;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM catalog_clip WHERE case_id = shown)
       OR EXISTS (SELECT 1 FROM catalog_clip WHERE case_id = shown AND (state <> 'public' OR view_id IS NULL)) THEN
        RAISE EXCEPTION 'a published case has clips, all of them public and with a view' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM catalog_finding f WHERE f.case_id = shown AND NOT f.retired
          AND NOT EXISTS (SELECT 1 FROM catalog_finding later WHERE later.supersedes_id = f.id)
    ) THEN
        RAISE EXCEPTION 'a published case says what is present, absent or uncertain' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM catalog_rights r WHERE r.attester_id IS NULL AND (
            r.id = (SELECT rights_id FROM catalog_case WHERE id = shown)
            OR r.id IN (SELECT rights_id FROM catalog_clip WHERE case_id = shown))
    ) THEN
        RAISE EXCEPTION 'a person attests the rights before a case is published' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER catalog_case_published AFTER INSERT OR UPDATE ON catalog_case
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'published')
    EXECUTE FUNCTION catalog_guard_published();
CREATE CONSTRAINT TRIGGER catalog_clip_published AFTER INSERT OR UPDATE ON catalog_clip
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.case_id IS NOT NULL AND NEW.state <> 'public')
    EXECUTE FUNCTION catalog_guard_published();
CREATE TRIGGER catalog_revision_stays BEFORE DELETE ON catalog_revision
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""
BACK = """
DROP TRIGGER catalog_revision_stays ON catalog_revision;
DROP TRIGGER catalog_clip_published ON catalog_clip;
DROP TRIGGER catalog_case_published ON catalog_case;
DROP FUNCTION catalog_guard_published();
DROP TRIGGER catalog_finding_rules ON catalog_finding;
DROP FUNCTION catalog_guard_finding();
ALTER TABLE catalog_clip DROP CONSTRAINT catalog_clip_of_its_case;
"""


class Migration(migrations.Migration):
    """The look of clips, the history of cases, what was withheld, and rules that the database itself holds."""

    dependencies = [("catalog", "0003_search"), ("core", "0002_audit_is_append_only")]
    operations = [
        VectorExtension(),
        migrations.CreateModel(
            name="Look",
            fields=[
                (
                    "clip",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="look",
                        serialize=False,
                        to="catalog.clip",
                    ),
                ),
                ("vector", pgvector.django.halfvec.HalfVectorField(dimensions=128)),
            ],
            options={
                "indexes": [
                    pgvector.django.indexes.HnswIndex(
                        fields=["vector"], name="catalog_look_near", opclasses=["halfvec_l2_ops"]
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="history", to="catalog.case"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("revision", models.PositiveIntegerField()),
                ("event", models.CharField(max_length=20)),
                ("role", models.CharField(max_length=20)),
                ("on", models.DateField(db_default=django.db.models.functions.datetime.Now())),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("changes", models.JSONField(default=list)),
                ("told", models.JSONField(null=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("case", "number"), name="catalog_revision_once")],
            },
        ),
        migrations.AddField(
            model_name="case",
            name="withheld",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20), blank=True, default=list, size=None
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                fields=("id", "institution", "subject", "synthetic"), name="catalog_case_with_its_patient"
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=Q(confirmed_method="", confirmed_certainty="", confirmed_interval_days__isnull=True)
                | ~Q(confirmed_method="") & ~Q(confirmed_certainty=""),
                name="catalog_case_confirmed_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=Q(live_revision__isnull=True) | Q(live_revision__lte=F("revision")),
                name="catalog_case_live_revision_exists",
            ),
        ),
        migrations.RemoveConstraint(model_name="case", name="catalog_case_published_is_complete"),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=~Q(state__in=["published", "suspended"])
                | Q(live_revision__isnull=False, published_on__isnull=False)
                & ~Q(confirmed_method="")
                & ~Q(setting="")
                & ~Q(age_band=""),
                name="catalog_case_published_is_complete",
            ),
        ),
        migrations.AddConstraint(
            model_name="clip",
            constraint=models.CheckConstraint(
                condition=~Q(state="candidate") | Q(case__isnull=True), name="catalog_clip_candidate_in_no_case"
            ),
        ),
        migrations.RunSQL(FORWARD, BACK),
    ]
