"""Typed readers of the environment. A value that can't be used stops the start with its name."""

import os
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from limosa.foundation.addresses import Networks, read_networks
from limosa.foundation.keys import read_keys

STAND_IN_KEY = "secret-key"


def read_text(name: str, default: str = "") -> str:
    return os.environ.get(f"LIMOSA_{name}", default)


def read_flag(name: str) -> bool:
    value = read_text(name, "0")
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"LIMOSA_{name} must be 0 or 1, not {value!r}.")
    return value == "1"


def read_number(name: str, default: int) -> int:
    value = read_text(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"LIMOSA_{name} must be a whole number, not {value!r}.")
    return int(value)


def read_named_keys(name: str, *, stand_in: bytes) -> dict[str, bytes]:
    """Return the keys of a setting, and last the one that stands in while none are set."""
    text = read_text(name)
    try:
        keys = read_keys(text) if text else {}
    except ValueError as error:
        raise ImproperlyConfigured(f"LIMOSA_{name} can't be used: {error}.") from error
    return keys | {STAND_IN_KEY: stand_in}


def read_limits(name: str, default: str) -> dict[str, int]:
    """Return {currency: minor units} of a text such as "USD:5000 CNY:35000"."""
    limits = {}
    for word in read_text(name, default).split():
        currency, _, minor = word.partition(":")
        if len(currency) != 3 or not currency.isupper() or not minor.isdecimal():
            raise ImproperlyConfigured(
                f"LIMOSA_{name} must be like USD:5000 CNY:35000, in minor units, not {word!r}."
            )
        limits[currency] = int(minor)
    return limits


def read_database(url: str) -> dict[str, Any]:
    """Return Django's settings for postgresql://user:password@host:port/name?host=/socket/folder."""
    parsed = urlsplit(url)
    if parsed.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://")
    query = dict(item.partition("=")[::2] for item in parsed.query.split("&") if item)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parsed.path.lstrip("/"),
        "USER": unquote(parsed.username or ""),
        "PASSWORD": unquote(parsed.password or ""),
        "HOST": unquote(query.get("host", parsed.hostname or "")),
        "PORT": str(query.get("port", parsed.port or "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        # A statement is planned once per connection: a fifth of a renewal's CPU (ADR 6).
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 2},
    }


def read_proxies(name: str) -> Networks:
    """Return the networks of a text such as "127.0.0.1, 10.0.0.0/8"; none when it is not set."""
    try:
        return read_networks(read_text(name))
    except ValueError as error:
        raise ImproperlyConfigured(f"LIMOSA_{name} can't be used: {error}.") from error


def read_choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    """Return one of the choices, in small letters."""
    value = read_text(name, default).lower()
    if value not in choices:
        raise ImproperlyConfigured(
            f"LIMOSA_{name} must be one of {', '.join(choices)}, not {value!r}."
        )
    return value
