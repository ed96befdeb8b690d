"""`manage.py make_messages`: collects the interface's strings into .po files and compiles them, without GNU gettext."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from imagebank.web.messages import LANGUAGES, compile_catalog, missing, update_catalog


class Command(BaseCommand):
    help = "Update and compile the translations; fails when one is missing."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        gaps = 0
        for language in LANGUAGES:
            catalog = update_catalog(language)
            compile_catalog(language, catalog)
            lacking = missing(catalog)
            gaps += len(lacking)
            self.stdout.write(f"{language}: {len(catalog)} strings, {len(lacking)} missing")
            for text in lacking:
                self.stdout.write(f"  {text}")
        if gaps:
            raise CommandError(f"{gaps} translations are missing.")
