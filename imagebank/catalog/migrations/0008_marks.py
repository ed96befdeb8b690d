import hashlib
import json
import uuid
from collections.abc import Iterator
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
BATCH = 500


def calibrate(apps: Any, schema_editor: Any) -> None:
    """Regions of the clips that are there, as their kept headers tell them; what readers see holds them too."""
    clip, header = apps.get_model("catalog", "Clip"), apps.get_model("catalog", "Header")
    for row in header.objects.filter(elements__has_key="00186011").iterator(BATCH):
        clip.objects.filter(pk=row.pk).update(regions=regions_of(row.elements))
    for row, document in _documents(apps):
        pks = [told["id"] for told in document["clips"]]
        regions = dict(clip.objects.filter(pk__in=pks).values_list("pk", "regions"))
        for told in document["clips"]:
            told["regions"] = regions.get(uuid.UUID(told["id"]), [])
        _keep(row, document | {"marks": []})


def forget(apps: Any, schema_editor: Any) -> None:
    """The documents as they were."""
    for row, document in _documents(apps):
        for told in document["clips"]:
            told.pop("regions", None)
        document.pop("marks", None)
        _keep(row, document)


def _documents(apps: Any) -> Iterator[tuple[Any, dict[str, Any]]]:
    for row in apps.get_model("catalog", "PublicCase").objects.iterator(BATCH):
        yield row, row.document


def _keep(row: Any, document: dict[str, Any]) -> None:
    row.document = document
    row.etag = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    row.save(update_fields=["document", "etag"])


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
        migrations.RunPython(calibrate, forget),
    ]
