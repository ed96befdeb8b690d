from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_uploads")]

    operations = [
        migrations.AddField(model_name="deposit", name="defaults", field=models.JSONField(blank=True, default=dict)),
    ]
