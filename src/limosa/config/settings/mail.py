"""Mail."""

from urllib.parse import unquote, urlsplit

from limosa.config.settings.reading import read_text, read_url

_mail = urlsplit(read_url("EMAIL_URL", "smtp://127.0.0.1:25", ("smtp", "smtp+tls", "smtps")))
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = _mail.hostname or "127.0.0.1"
EMAIL_PORT = _mail.port or 25
EMAIL_HOST_USER = unquote(_mail.username or "")
EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
EMAIL_USE_TLS = _mail.scheme == "smtp+tls"
EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = read_text("EMAIL_FROM", "Limosa <hello@limosa.example>")
