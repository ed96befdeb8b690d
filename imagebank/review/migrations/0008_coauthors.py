from importlib import import_module

from django.db import migrations

BEFORE = import_module("imagebank.review.migrations.0007_mirrored").FORWARD
ANOTHER = "r.reviewer_id <> NEW.author_id"
NO_CO_AUTHOR = """
          AND NOT EXISTS (
              SELECT 1 FROM catalog_coauthor a WHERE a.case_id = NEW.id AND a.user_id = r.reviewer_id)"""
FORWARD = BEFORE.replace(ANOTHER, ANOTHER + NO_CO_AUTHOR)


class Migration(migrations.Migration):
    """Whoever has a part in a case is not the other person who accepted it."""

    dependencies = [("review", "0007_mirrored"), ("catalog", "0010_coauthors")]
    operations = [migrations.RunSQL(FORWARD, BEFORE)]
