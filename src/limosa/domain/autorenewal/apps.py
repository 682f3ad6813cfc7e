from django.apps import AppConfig


class AutorenewalConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "limosa.domain.autorenewal"
    label = "autorenewal"
