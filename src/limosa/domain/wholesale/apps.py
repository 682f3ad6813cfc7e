from django.apps import AppConfig


class WholesaleConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "limosa.domain.wholesale"
    label = "wholesale"
