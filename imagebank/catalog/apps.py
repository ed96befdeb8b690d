from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "imagebank.catalog"
    label = "catalog"

    def ready(self) -> None:
        from imagebank.accounts.personal import on_erasure

        from .crediting import forget_credit

        on_erasure(forget_credit)
