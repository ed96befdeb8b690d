import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalog", "0009_origins"),
    ]

    operations = [
        migrations.CreateModel(
            name="Following",
            fields=[
                (
                    "origin",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="following",
                        serialize=False,
                        to="catalog.origin",
                    ),
                ),
                ("token_file", models.CharField(max_length=500)),
                (
                    "licences",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2), blank=True, default=list, size=None
                    ),
                ),
                (
                    "indications",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                    ),
                ),
                ("keys", models.JSONField(default=dict)),
                ("epoch", models.UUIDField(null=True)),
                ("cursor", models.TextField(blank=True)),
                ("seq", models.BigIntegerField(default=0)),
                ("digest", models.CharField(max_length=64)),
                ("seen_seq", models.BigIntegerField(default=0)),
                ("receipted_seq", models.BigIntegerField(default=0)),
                (
                    "purged",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), blank=True, default=list, size=None
                    ),
                ),
                ("stopped", models.CharField(blank=True, max_length=20)),
                ("error", models.CharField(blank=True, max_length=40)),
                ("synced_at", models.DateTimeField(null=True)),
                ("stale", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("receipted_seq__lte", models.F("seq"))), name="following_receipt_behind"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Followed",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("object_type", models.CharField(max_length=40)),
                ("object_id", models.UUIDField()),
                ("rev", models.BigIntegerField()),
                ("said", models.CharField(max_length=64)),
                (
                    "held",
                    models.CharField(
                        choices=[
                            ("live", "live"),
                            ("restricted", "restricted"),
                            ("frozen", "frozen"),
                            ("withdrawn", "withdrawn"),
                        ],
                        max_length=12,
                    ),
                ),
                ("seq", models.BigIntegerField()),
                (
                    "made",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", ""),
                            ("shown", "shown"),
                            ("waiting", "waiting"),
                            ("filtered", "filtered"),
                            ("refused", "refused"),
                        ],
                        max_length=10,
                    ),
                ),
                ("item", models.JSONField(null=True)),
                (
                    "following",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="followed", to="following.following"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("following", "object_id"), name="following_object_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("held__in", ["live", "restricted", "frozen", "withdrawn"]),
                            ("made__in", ["", "shown", "waiting", "filtered", "refused"]),
                        ),
                        name="following_object_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("item__isnull", False), ("made", "waiting")),
                            models.Q(models.Q(("made", "waiting"), _negated=True), ("item__isnull", True)),
                            _connector="OR",
                        ),
                        name="following_waiting_has_its_item",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Refusal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("seq", models.BigIntegerField()),
                ("object_id", models.UUIDField(null=True)),
                ("code", models.CharField(max_length=40)),
                ("where", models.CharField(blank=True, max_length=100)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "following",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="refusals", to="following.following"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("following", "seq", "object_id", "code", "where"),
                        name="following_refusal_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
    ]
