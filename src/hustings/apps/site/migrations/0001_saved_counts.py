"""Saved counts, the queue they wait in, and recent uploads by hashed address."""
# ruff: noqa: RUF012  (the shape Django gives its migrations)

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="CountQueue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Count",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=32, unique=True)),
                ("folder", models.CharField(max_length=32, unique=True)),
                ("form_token", models.CharField(max_length=64, null=True, unique=True)),
                ("maker", models.CharField(blank=True, default="", max_length=64)),
                ("demonstration", models.CharField(max_length=64, null=True, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "kept until the form is right"),
                            ("waiting", "waiting for its turn"),
                            ("reading", "reading the ballots"),
                            ("counting", "counting"),
                            ("writing", "writing each ballot's path"),
                            ("done", "done"),
                            ("refused", "refused"),
                            ("interrupted", "interrupted"),
                        ],
                        default="waiting",
                        max_length=12,
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[("upload", "an uploaded file"), ("paste", "pasted text")],
                        default="upload",
                        max_length=8,
                    ),
                ),
                ("file_name", models.CharField(blank=True, default="", max_length=200)),
                ("title", models.CharField(blank=True, default="", max_length=300)),
                ("file_format", models.CharField(blank=True, default="", max_length=32)),
                ("rule", models.CharField(blank=True, default="", max_length=32)),
                ("seats", models.PositiveIntegerField(null=True)),
                ("options", models.JSONField(default=dict)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("digest", models.CharField(blank=True, default="", max_length=64)),
                ("bytes_read", models.PositiveBigIntegerField(default=0)),
                ("bytes_kept", models.PositiveBigIntegerField(default=0)),
                ("has_paths", models.BooleanField(default=False)),
                ("has_ballots", models.BooleanField(default=True)),
                ("refusal", models.JSONField(default=dict)),
                ("lease", models.CharField(blank=True, default="", max_length=32)),
                ("heartbeat_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField()),
                ("queued_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["state", "queued_at"], name="site_count_turn"),
                    models.Index(fields=["expires_at"], name="site_count_expiry"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecentUpload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("address", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["address", "at"], name="site_recent_upload")],
            },
        ),
    ]
