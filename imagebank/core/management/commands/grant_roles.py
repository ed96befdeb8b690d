"""`manage.py grant_roles`: gives the web and worker roles their rights; run it as the owner after `migrate`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

GRANTS = Path(__file__).resolve().parents[2] / "grants.sql"


class Command(BaseCommand):
    help = "Give the database roles of web and worker their rights (run as the owner, after migrate)."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(GRANTS.read_text())
