from django.apps import AppConfig


class RedemptionConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "limosa.domain.redemption"
    label = "redemption"
