"""The page of a fault while LIMOSA_DEBUG is 1, and what is mailed of one: without secrets."""

from django.conf import settings
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter

from limosa.config.redaction import Redaction


class CarefulReporter(ExceptionReporter):
    """Django's own, which shows settings, requests and the variables of each frame."""

    def get_traceback_html(self) -> SafeString:
        """Return the page, without the secrets of the settings."""
        return _careful(super().get_traceback_html())

    def get_traceback_text(self) -> SafeString:
        """Return the same as text."""
        return _careful(super().get_traceback_text())


def _careful(text: SafeString) -> SafeString:
    """Return what is left of a text that was escaped: nothing is added that would have to be."""
    return SafeString(Redaction(settings.SECRET_TEXTS).blotted(text))
