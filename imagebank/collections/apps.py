from django.apps import AppConfig


class CollectionsConfig(AppConfig):
    name = "imagebank.collections"
    label = "collections"
