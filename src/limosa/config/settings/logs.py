"""Logs."""

from collections.abc import Iterable
from typing import Any

from limosa.config.settings.payments import PROVIDER_DECLARATIONS, SUPPLIER_DECLARATIONS
from limosa.config.settings.reading import Subject
from limosa.foundation.variables import Choice, Variable

_subject = Subject("Logs")
LOG_LEVEL = _subject.read(
    Variable(
        "LIMOSA_LOG_LEVEL",
        Choice(("debug", "info", "warning", "error", "critical")),
        default="info",
        about="`debug`, `info`, `warning`, `error` or `critical`",
    )
).upper()
LOG_FORMAT = _subject.read(
    Variable(
        "LIMOSA_LOG_FORMAT",
        Choice(("line", "json")),
        default="line",
        about="`line`, or `json`: one object per line, with time, level, logger, message and the "
        "request's id",
    )
)
_FORMATTERS = {"line": "CarefulFormatter", "json": "CarefulJsonFormatter"}


def logging_without(secrets: Iterable[str]) -> dict[str, Any]:
    """Return what Django's LOGGING is, with lines that don't hold these secrets."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": f"limosa.config.log_format.{_FORMATTERS[LOG_FORMAT]}",
                # Logs carry ids only. Should a library quote a secret, it is blotted out.
                "secrets": secrets,
            }
        },
        "filters": {"without_outages": {"()": "limosa.servers.outage.WithoutOutages"}},
        "handlers": {
            "standard_error": {
                "class": "limosa.config.log_stream.SummingStream",
                "formatter": "line",
                # Each line is a request that was refused before anybody signed in.
                "summed": ["limosa.servers.hosts", "limosa.web.gate", "django.security.csrf"],
            }
        },
        "root": {"handlers": ["standard_error"], "level": LOG_LEVEL},
        "loggers": {
            # Else a line, by anybody's choice, for each address that is mistyped; and a second one
            # for each request that the gate refuses (web/gate.py).
            "django.request": {"level": "ERROR"},
            "procrastinate": {"level": "WARNING"},  # Else two lines per job.
            # The worker says once that the database is away; else each job and each attempt does.
            "procrastinate.utils": {"filters": ["without_outages"]},
            "procrastinate.worker": {"filters": ["without_outages"]},
            "procrastinate.worker.worker": {"filters": ["without_outages"]},
            "asyncio": {"filters": ["without_outages"]},
            "psycopg.pool": {"level": "ERROR"},
            **{
                name: {"level": "WARNING"}
                for one in (*PROVIDER_DECLARATIONS, *SUPPLIER_DECLARATIONS)
                for name in one.quiet_loggers
            },
        },
    }
