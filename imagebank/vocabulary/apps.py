from django.apps import AppConfig


class VocabularyConfig(AppConfig):
    name = "imagebank.vocabulary"
    label = "vocabulary"
