from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "imagebank.web"
    label = "web"
