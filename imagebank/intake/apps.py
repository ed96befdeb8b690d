from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "imagebank.intake"
    label = "intake"
