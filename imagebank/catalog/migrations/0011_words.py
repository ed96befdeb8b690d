"""The words of the projection in a narrow table of their own: to rank by words reads no documents any more."""

import django.db.models.deletion
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import migrations, models

MOVED = """
ALTER TABLE catalog_publictext SET (toast_tuple_target = 8160);
INSERT INTO catalog_publictext (row_id, words, audience, hidden)
SELECT id, text || array_to_tsvector(ARRAY[' ' || (id >> 13)]), audience, hidden FROM catalog_publiccase WHERE text IS NOT NULL ORDER BY id
"""
MOVED_BACK = """
ALTER TABLE catalog_publiccase DISABLE TRIGGER catalog_log_update;
UPDATE catalog_publiccase SET text = ts_delete(words, ' ' || (id >> 13)) FROM catalog_publictext WHERE row_id = id;
ALTER TABLE catalog_publiccase ENABLE TRIGGER catalog_log_update
"""
# Who may see a row is said once, in the projection; what is looked through for words only follows it. The number of the
# row's block stands among the words, behind a space, as no word does: the index of the words then finds the newest rows
# that hold a word without reading all that hold it (search/index/wording.py).
FOLLOWS = """
CREATE FUNCTION catalog_words_as_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT audience, hidden INTO STRICT NEW.audience, NEW.hidden FROM catalog_publiccase WHERE id = NEW.row_id;
    NEW.words := NEW.words || array_to_tsvector(ARRAY[' ' || (NEW.row_id >> 13)]);
    RETURN NEW;
END $$;
CREATE TRIGGER catalog_words_as_row BEFORE INSERT OR UPDATE ON catalog_publictext
    FOR EACH ROW EXECUTE FUNCTION catalog_words_as_row();
CREATE FUNCTION catalog_words_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalog_publictext SET hidden = NEW.hidden WHERE row_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_words_follow AFTER UPDATE OF audience, hidden ON catalog_publiccase FOR EACH ROW
    WHEN (OLD.audience <> NEW.audience OR OLD.hidden <> NEW.hidden) EXECUTE FUNCTION catalog_words_follow();
"""
ALONE = """
DROP TRIGGER catalog_words_follow ON catalog_publiccase;
DROP FUNCTION catalog_words_follow();
DROP TRIGGER catalog_words_as_row ON catalog_publictext;
DROP FUNCTION catalog_words_as_row();
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0010_coauthors")]
    operations = [
        migrations.RemoveIndex("publiccase", "catalog_publiccase_text"),
        migrations.CreateModel(
            name="PublicText",
            fields=[
                (
                    "row",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="text",
                        serialize=False,
                        to="catalog.publiccase",
                    ),
                ),
                ("words", SearchVectorField()),
                ("audience", models.CharField(default="", max_length=12)),
                ("hidden", models.BooleanField(default=True)),
            ],
        ),
        migrations.RunSQL(MOVED, MOVED_BACK),
        migrations.RemoveField("publiccase", "text"),
        migrations.AddIndex("publictext", GinIndex(fields=["words"], name="catalog_publictext_words")),
        migrations.RunSQL(FOLLOWS, ALONE),
    ]
