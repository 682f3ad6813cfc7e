"""The error page shown while LIMOSA_DEBUG is 1, and the mailed error report: without secrets."""

from django.conf import settings
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter

from limosa.config.redaction import Redaction


class CarefulReporter(ExceptionReporter):
    """Django's own, which shows settings, requests and the variables of each frame."""

    def get_traceback_html(self) -> SafeString:
        """Return the page, with the settings' secrets redacted."""
        return _careful(super().get_traceback_html())

    def get_traceback_text(self) -> SafeString:
        """Return the same as text."""
        return _careful(super().get_traceback_text())


def _careful(text: SafeString) -> SafeString:
    """Redact an escaped text: the replacements need no escaping."""
    return SafeString(Redaction(settings.SECRET_TEXTS).blotted(text))
