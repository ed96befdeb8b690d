from django.apps import AppConfig


class FollowingConfig(AppConfig):
    name = "imagebank.exchange.following"
    label = "following"
