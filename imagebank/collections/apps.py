from django.apps import AppConfig


class CollectionsConfig(AppConfig):
    name = "imagebank.collections"
    label = "collections"

    def ready(self) -> None:
        from imagebank.accounts.personal import on_erasure

        from .crediting import forget_credit

        on_erasure(forget_credit)
