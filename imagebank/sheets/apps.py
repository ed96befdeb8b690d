from django.apps import AppConfig


class SheetsConfig(AppConfig):
    name = "imagebank.sheets"
    label = "sheets"
