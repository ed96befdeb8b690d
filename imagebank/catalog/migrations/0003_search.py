"""One row of the projection a case, the log of its changes, and what a learner has opened."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

ONE_ROW = """
DELETE FROM catalog_publiccase AS own USING catalog_publiccase AS wider
WHERE own.audience = 'registered' AND wider.audience = 'open' AND wider.case_id = own.case_id
"""
# One entry a statement: what a load of a million rows costs is a few entries.
LOGGED = """
CREATE FUNCTION catalog_log_search_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        INSERT INTO catalog_searchchange (xid, rows) VALUES (pg_current_xact_id()::text::bigint, NULL);
    ELSE
        INSERT INTO catalog_searchchange (xid, rows)
        SELECT pg_current_xact_id()::text::bigint, array_agg(id) FROM changed HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_log_insert AFTER INSERT ON catalog_publiccase REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_log_search_change();
CREATE TRIGGER catalog_log_update AFTER UPDATE ON catalog_publiccase REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_log_search_change();
CREATE TRIGGER catalog_log_delete AFTER DELETE ON catalog_publiccase REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_log_search_change();
CREATE TRIGGER catalog_log_truncate AFTER TRUNCATE ON catalog_publiccase
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_log_search_change();
"""
# Rows of up to a page stay as they are: pressing documents of a kilobyte together saves a seventh and takes a
# third of the speed of a load.
UNPRESSED = "ALTER TABLE catalog_publiccase SET (toast_tuple_target = 8160)"
PRESSED = "ALTER TABLE catalog_publiccase RESET (toast_tuple_target)"
NOT_LOGGED = "DROP FUNCTION catalog_log_search_change() CASCADE"


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0002_name_keys"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RunSQL(ONE_ROW, migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="publiccase", name="catalog_publiccase_once"),
        migrations.RemoveIndex(model_name="publiccase", name="catalog_publiccase_terms"),
        migrations.RemoveIndex(model_name="publiccase", name="catalog_publiccase_shuffle"),
        migrations.RemoveIndex(model_name="publiccase", name="catalog_publiccase_newest"),
        migrations.AlterField(
            model_name="publiccase",
            name="case",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="projection", to="catalog.case"
            ),
        ),
        migrations.CreateModel(
            name="SearchChange",
            fields=[
                ("seq", models.BigAutoField(primary_key=True, serialize=False)),
                ("xid", models.BigIntegerField(db_index=True)),
                (
                    "rows",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), null=True, size=None
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), db_index=True),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OpenedCase",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("on", models.DateField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="catalog.case"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "case"), name="catalog_openedcase_once")],
            },
        ),
        migrations.RunSQL(LOGGED, NOT_LOGGED),
        migrations.RunSQL(UNPRESSED, PRESSED),
    ]
