"""Logs."""

from limosa.config.settings.basics import SECRET_KEY
from limosa.config.settings.database import DATABASES
from limosa.config.settings.mail import EMAIL_HOST_PASSWORD
from limosa.config.settings.payments import PAYPAL, STRIPE, USAGE_FEED_KEY, WECHATPAY
from limosa.config.settings.reading import read_choice, read_text

# Logs carry ids only: no ICCID, no payload. Should a library quote one of these, it is blotted out.
_secrets = [
    SECRET_KEY,
    read_text("PIN_PEPPER"),
    *(key.partition(":")[2] for key in read_text("SEALING_KEYS").split(",")),
    DATABASES["default"]["PASSWORD"],
    EMAIL_HOST_PASSWORD,
    WECHATPAY["api_v3_key"],
    WECHATPAY["app_secret"],
    PAYPAL["client_secret"],
    STRIPE["secret_key"],
    STRIPE["webhook_secret"],
    USAGE_FEED_KEY,
]
LOG_LEVEL = read_choice(
    "LOG_LEVEL", "info", ("debug", "info", "warning", "error", "critical")
).upper()
LOG_FORMAT = read_choice("LOG_FORMAT", "line", ("line", "json"))
_FORMATTERS = {"line": "CarefulFormatter", "json": "CarefulJsonFormatter"}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": f"limosa.config.log_format.{_FORMATTERS[LOG_FORMAT]}",
            "secrets": _secrets,
        }
    },
    "filters": {"without_outages": {"()": "limosa.servers.outage.WithoutOutages"}},
    "handlers": {"standard_error": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["standard_error"], "level": LOG_LEVEL},
    "loggers": {
        # Else a line, by anybody's choice, for each address that is mistyped; and a second one for
        # each request that the gate refuses (web/gate.py).
        "django.request": {"level": "ERROR"},
        "procrastinate": {"level": "WARNING"},  # Else two lines per job.
        # The worker says once that the database is away; else each job and each try does.
        "procrastinate.utils": {"filters": ["without_outages"]},
        "procrastinate.worker": {"filters": ["without_outages"]},
        "procrastinate.worker.worker": {"filters": ["without_outages"]},
        "asyncio": {"filters": ["without_outages"]},
        "psycopg.pool": {"level": "ERROR"},
        "stripe": {"level": "WARNING"},  # Else two lines per call; at DEBUG with all that is sent.
    },
}
