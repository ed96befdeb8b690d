from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "imagebank.review"
    label = "review"
