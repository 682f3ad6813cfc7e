"""The page of a fault while LIMOSA_DEBUG is 1, and what is mailed of one: without secrets."""

from django.conf import settings
from django.views.debug import ExceptionReporter

from limosa.config.redaction import Redaction


class CarefulReporter(ExceptionReporter):
    """Django's own, which shows settings, requests and the variables of each frame."""

    def get_traceback_html(self) -> str:
        """Return the page, without the secrets of the settings."""
        return Redaction(settings.SECRET_TEXTS).blotted(super().get_traceback_html())

    def get_traceback_text(self) -> str:
        """Return the same as text."""
        return Redaction(settings.SECRET_TEXTS).blotted(super().get_traceback_text())
