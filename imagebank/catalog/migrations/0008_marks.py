import json
import uuid
from itertools import islice
from typing import Any

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from imagebank.catalog.calibration import regions_of

FORWARD = """
CREATE FUNCTION catalog_guard_mark() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) - '{retired,label}'::text[] <> to_jsonb(OLD) - '{retired,label}'::text[]
           OR (NEW.label <> OLD.label AND NEW.label <> '{}') OR (OLD.retired AND NOT NEW.retired) THEN
            RAISE EXCEPTION 'a mark is superseded, never changed' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.supersedes_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM catalog_mark m
        WHERE m.id = NEW.supersedes_id AND m.id <> NEW.id AND m.case_id = NEW.case_id AND m.clip_id = NEW.clip_id
          AND m.number = NEW.number AND NOT m.retired
    ) THEN
        RAISE EXCEPTION 'a mark supersedes one of the same clip and number' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM catalog_clip c
        WHERE c.id = NEW.clip_id AND c.case_id = NEW.case_id AND NEW.frame_to <= c.frames
    ) THEN
        RAISE EXCEPTION 'a mark stands on a clip of its case, and on frames of it' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT NEW.retired AND EXISTS (
        SELECT 1 FROM catalog_mark m
        WHERE m.clip_id = NEW.clip_id AND m.number = NEW.number AND NOT m.retired
          AND m.id IS DISTINCT FROM NEW.supersedes_id
          AND NOT EXISTS (SELECT 1 FROM catalog_mark later WHERE later.supersedes_id = m.id)
    ) THEN
        RAISE EXCEPTION 'a number is given once in a clip' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER catalog_mark_rules BEFORE INSERT OR UPDATE ON catalog_mark
    FOR EACH ROW EXECUTE FUNCTION catalog_guard_mark();
"""
BACK = """
DROP TRIGGER catalog_mark_rules ON catalog_mark;
DROP FUNCTION catalog_guard_mark();
"""
# Readers' documents by one statement: a million of them go through PostgreSQL alone. The index of the text, which
# every moved row would enter anew, is made again after it, and the log says "everything" once.
DOCUMENTS = """
DROP INDEX catalog_publiccase_text;
ALTER TABLE catalog_publiccase DISABLE TRIGGER catalog_log_update;
UPDATE catalog_publiccase SET (document, etag) = (
    SELECT made, encode(sha256(convert_to(made::text, 'UTF8')), 'hex') FROM (SELECT {made} AS made OFFSET 0) AS once
);
ALTER TABLE catalog_publiccase ENABLE TRIGGER catalog_log_update;
CREATE INDEX catalog_publiccase_text ON catalog_publiccase USING gin (text);
INSERT INTO catalog_searchchange (xid, rows)
SELECT pg_current_xact_id()::text::bigint, NULL WHERE EXISTS (SELECT FROM catalog_publiccase);
"""
CLIPS = """
jsonb_build_object('clips', (
    SELECT coalesce(jsonb_agg({told} ORDER BY place), '[]')
    FROM jsonb_array_elements(document -> 'clips') WITH ORDINALITY AS clips (told, place){joined}
))
"""
WITH_REGIONS = CLIPS.format(
    told="told || jsonb_build_object('regions', coalesce(clip.regions, '[]'))",
    joined=" LEFT JOIN catalog_clip AS clip ON clip.id = (told ->> 'id')::uuid",
)
WITHOUT_REGIONS = CLIPS.format(told="told - 'regions'", joined="")
TOLD = DOCUMENTS.format(made=f"document || '{{\"marks\": []}}' || {WITH_REGIONS}")
FORGOTTEN = DOCUMENTS.format(made=f"(document - 'marks') || {WITHOUT_REGIONS}")
REGIONS = """
UPDATE catalog_clip AS clip SET regions = given.regions
FROM unnest(%s::uuid[], %s::jsonb[]) AS given (id, regions) WHERE clip.id = given.id
"""
BATCH = 2_000


def calibrate(apps: Any, schema_editor: Any) -> None:
    """Regions of the clips that are there, as their kept headers tell them."""
    headers = apps.get_model("catalog", "Header").objects.filter(elements__has_key="00186011").iterator(BATCH)
    while batch := list(islice(headers, BATCH)):
        regions = [json.dumps(regions_of(header.elements)) for header in batch]
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(REGIONS, [[header.pk for header in batch], regions])


class Migration(migrations.Migration):
    """Marks of experts on frames of clips, and what a pixel of a clip stands for."""

    dependencies = [
        ("catalog", "0007_small_cells"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="clip",
            name="regions",
            field=models.JSONField(default=list),
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("arrow", "arrow"),
                            ("box", "box"),
                            ("ellipse", "ellipse"),
                            ("polygon", "polygon"),
                            ("text", "text"),
                        ],
                        max_length=10,
                    ),
                ),
                ("points", models.JSONField()),
                ("frame_from", models.PositiveIntegerField()),
                ("frame_to", models.PositiveIntegerField()),
                ("label", models.JSONField(default=dict)),
                ("asserted_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("retired", models.BooleanField(default=False)),
                (
                    "asserted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="marks", to="catalog.case"
                    ),
                ),
                (
                    "clip",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="marks", to="catalog.clip"
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="catalog.mark",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["arrow", "box", "ellipse", "polygon", "text"])),
                        name="catalog_mark_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("frame_from__gte", 1), ("frame_to__gte", models.F("frame_from")), ("number__gte", 1)
                        ),
                        name="catalog_mark_counts_from_1",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACK),
        migrations.RunPython(calibrate, migrations.RunPython.noop),
        migrations.RunSQL(TOLD, FORGOTTEN),
    ]
