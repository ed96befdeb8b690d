import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE OR REPLACE FUNCTION catalog_guard_published() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_node uuid;
    shown uuid := CASE WHEN TG_TABLE_NAME = 'catalog_case' THEN to_jsonb(NEW) ->> 'id' ELSE to_jsonb(NEW) ->> 'case_id' END;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM catalog_case WHERE id = shown AND state = 'published') THEN
        RETURN NULL;
    END IF;
    SELECT origin_id INTO of_node FROM catalog_case WHERE id = shown;
    IF EXISTS (SELECT 1 FROM catalog_clip WHERE case_id = shown AND origin_id IS DISTINCT FROM of_node) THEN
        RAISE EXCEPTION 'a case and its clips are of one node' USING ERRCODE = 'check_violation';
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
    IF of_node IS NULL AND EXISTS (
        SELECT 1 FROM catalog_rights r WHERE r.attester_id IS NULL AND (
            r.id = (SELECT rights_id FROM catalog_case WHERE id = shown)
            OR r.id IN (SELECT rights_id FROM catalog_clip WHERE case_id = shown))
    ) THEN
        RAISE EXCEPTION 'a person attests the rights before a case is published' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION catalog_guard_origin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'where a case or clip is from never changes' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER catalog_case_origin BEFORE UPDATE OF origin_id ON catalog_case
    FOR EACH ROW WHEN (NEW.origin_id IS DISTINCT FROM OLD.origin_id) EXECUTE FUNCTION catalog_guard_origin();
CREATE TRIGGER catalog_clip_origin BEFORE UPDATE OF origin_id ON catalog_clip
    FOR EACH ROW WHEN (NEW.origin_id IS DISTINCT FROM OLD.origin_id) EXECUTE FUNCTION catalog_guard_origin();
"""
BACK = """
DROP TRIGGER catalog_clip_origin ON catalog_clip;
DROP TRIGGER catalog_case_origin ON catalog_case;
DROP FUNCTION catalog_guard_origin();
CREATE OR REPLACE FUNCTION catalog_guard_published() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""


class Migration(migrations.Migration):
    """Cases and clips of other nodes (exchange/following), and what the database asks of them."""

    dependencies = [
        ("accounts", "0002_people_in_charge_of_their_account"),
        ("catalog", "0008_marks"),
        ("vocabulary", "0002_editions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Origin",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=200)),
                ("address", models.URLField()),
                ("fingerprint", models.CharField(max_length=71)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="case",
            name="catalog_case_published_is_complete",
        ),
        migrations.RemoveConstraint(
            model_name="clip",
            name="catalog_clip_accepted_was_verified_and_confirmed",
        ),
        migrations.AddField(
            model_name="origin",
            name="account",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="origin",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="catalog.origin",
            ),
        ),
        migrations.AddField(
            model_name="clip",
            name="origin",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="clips",
                to="catalog.origin",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["published", "suspended"]), _negated=True),
                    models.Q(
                        ("live_revision__isnull", False),
                        ("published_on__isnull", False),
                        models.Q(("confirmed_method", ""), _negated=True),
                        models.Q(
                            ("origin__isnull", False),
                            models.Q(
                                models.Q(("setting", ""), _negated=True), models.Q(("age_band", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="catalog_case_published_is_complete",
            ),
        ),
        migrations.AddConstraint(
            model_name="clip",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["private", "public"]), _negated=True),
                    models.Q(
                        ("verifier_report__isnull", False),
                        models.Q(("features_answered_by__isnull", False), ("origin__isnull", False), _connector="OR"),
                    ),
                    _connector="OR",
                ),
                name="catalog_clip_accepted_was_verified_and_confirmed",
            ),
        ),
        migrations.RunSQL(FORWARD, BACK),
    ]
