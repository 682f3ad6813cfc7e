from django.apps import AppConfig


class RspConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "limosa.domain.rsp"
    label = "rsp"
