from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "imagebank.core"
    label = "core"
