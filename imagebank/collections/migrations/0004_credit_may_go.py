"""The credit alone may be taken out of a published version: the person who wrote it has left (privacy.md 18)."""

from django.db import migrations

FREEZE = """
CREATE OR REPLACE FUNCTION collections_version_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_on IS NULL THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.credit = ''
       AND (NEW.title, NEW.description) IN (('{}'::jsonb, '{}'::jsonb), (OLD.title, OLD.description))
       AND (NEW.id, NEW.collection_id, NEW.number, NEW.published_on, NEW.draft)
         = (OLD.id, OLD.collection_id, OLD.number, OLD.published_on, OLD.draft) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a published version of a collection does not change';
END $$;
"""
BEFORE = FREEZE.replace(
    "(NEW.title, NEW.description) IN (('{}'::jsonb, '{}'::jsonb), (OLD.title, OLD.description))",
    "NEW.title = '{}' AND NEW.description = '{}'",
)


class Migration(migrations.Migration):
    dependencies = [("collections", "0003_revisions")]

    operations = [migrations.RunSQL(FREEZE, BEFORE)]
