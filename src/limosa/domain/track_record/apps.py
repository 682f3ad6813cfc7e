from django.apps import AppConfig


class TrackRecordConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "limosa.domain.track_record"
    label = "track_record"
