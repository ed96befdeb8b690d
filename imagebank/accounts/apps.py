from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "imagebank.accounts"
    label = "accounts"
