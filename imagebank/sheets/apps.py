from django.apps import AppConfig


class SheetsConfig(AppConfig):
    name = "imagebank.sheets"
    label = "sheets"

    def ready(self) -> None:
        from imagebank.accounts.personal import on_erasure

        from .crediting import forget_name

        on_erasure(forget_name)
