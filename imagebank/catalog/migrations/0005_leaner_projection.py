"""Columns that nobody reads go (the revision stands in the document, the institution in true_values); looks come."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_features")]
    operations = [
        migrations.RemoveField(model_name="publiccase", name="revision"),
        migrations.RemoveField(model_name="publiccase", name="true_institution"),
        migrations.AddField(model_name="publiccase", name="true_look", field=models.BigIntegerField(default=0)),
    ]
