from django.apps import AppConfig


class FeedsConfig(AppConfig):
    name = "limosa.web.feeds"
    label = "feeds"
