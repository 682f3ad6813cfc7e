from django.apps import AppConfig


class EsimsConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "limosa.domain.esims"
    label = "esims"
