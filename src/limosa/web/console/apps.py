from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "limosa.web.console"
    label = "console"
