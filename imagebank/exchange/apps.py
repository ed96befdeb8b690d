from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "imagebank.exchange"
    label = "exchange"
