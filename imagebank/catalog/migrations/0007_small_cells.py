"""The k-check finds the few patients that share a rare value without reading the whole bank."""

from django.db import migrations, models
from django.db.models import Q

COUNTED = Q(live_revision__isnull=False, synthetic=False)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0006_headers")]
    operations = [
        migrations.AddIndex("case", models.Index(fields=fields, name=f"catalog_case_by_{fields[0]}", condition=COUNTED))
        for fields in (["sex", "age_band"], ["setting"], ["bmi_class"], ["credit"])
    ]
