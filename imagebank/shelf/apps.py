from django.apps import AppConfig


class ShelfConfig(AppConfig):
    name = "imagebank.shelf"
    label = "shelf"
