"""What was published stays as it was: only words may still be taken out of it, with what they were about."""

from django.db import migrations

FREEZE = """
CREATE FUNCTION collections_version_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_on IS NULL THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.title = '{}' AND NEW.description = '{}' AND NEW.credit = ''
       AND (NEW.id, NEW.collection_id, NEW.number, NEW.published_on, NEW.draft)
         = (OLD.id, OLD.collection_id, OLD.number, OLD.published_on, OLD.draft) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a published version of a collection does not change';
END $$;
CREATE TRIGGER collections_version_frozen BEFORE UPDATE OR DELETE ON collections_version
    FOR EACH ROW EXECUTE FUNCTION collections_version_is_frozen();

CREATE FUNCTION collections_item_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM collections_version WHERE published_on IS NOT NULL
                   AND id IN (COALESCE(NEW.version_id, OLD.version_id), COALESCE(OLD.version_id, NEW.version_id))) THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.note = '{}'
       AND (NEW.id, NEW.version_id, NEW.position, NEW.case_id, NEW.hide)
         = (OLD.id, OLD.version_id, OLD.position, OLD.case_id, OLD.hide)
       AND NEW.clip_id IS NOT DISTINCT FROM OLD.clip_id AND NEW.start_frame IS NOT DISTINCT FROM OLD.start_frame THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an item of a published version of a collection does not change';
END $$;
CREATE TRIGGER collections_item_frozen BEFORE INSERT OR UPDATE OR DELETE ON collections_item
    FOR EACH ROW EXECUTE FUNCTION collections_item_is_frozen();
"""
THAW = """
DROP TRIGGER collections_item_frozen ON collections_item;
DROP FUNCTION collections_item_is_frozen();
DROP TRIGGER collections_version_frozen ON collections_version;
DROP FUNCTION collections_version_is_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("collections", "0001_initial")]

    operations = [migrations.RunSQL(FREEZE, THAW)]
