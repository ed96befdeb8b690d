from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "imagebank.catalog"
    label = "catalog"
