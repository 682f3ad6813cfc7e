"""Mail."""

from urllib.parse import unquote, urlsplit

from limosa.config.settings.reading import Subject
from limosa.foundation.variables import Sender, Url, Variable

_subject = Subject("Mail")
_mail = urlsplit(
    _subject.read(
        Variable(
            "LIMOSA_EMAIL_URL",
            Url(("smtp", "smtp+tls", "smtps")),
            default="smtp://127.0.0.1:25",
            is_secret=True,
            about="`smtp://`, `smtp+tls://` or `smtps://user:password@host:port`, with user and "
            "password percent-encoded: `/` as `%2F`, `#` as `%23`, `?` as `%3F`, `@` as `%40`",
        )
    )
)
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = _mail.hostname or "127.0.0.1"
EMAIL_PORT = _mail.port or 25
EMAIL_HOST_USER = unquote(_mail.username or "")
EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
EMAIL_USE_TLS = _mail.scheme == "smtp+tls"
EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = _subject.read(
    Variable(
        "LIMOSA_EMAIL_FROM",
        Sender(),
        default="Limosa <hello@limosa.example>",
        about="the sender of messages: one address, with or without a name",
    )
)
