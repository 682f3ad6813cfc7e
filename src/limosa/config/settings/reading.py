"""Typed readers of the environment.

A reader notes what can't be used and returns the default, so that the settings can be read to their
end; then `refuse_faults` stops the start with all that was noted, a line each.
"""

import os
import re
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured

from limosa.foundation.addresses import Networks, read_networks
from limosa.foundation.keys import read_keys

STAND_IN_KEY = "secret-key"
PREFIX = "LIMOSA_"

_LIMIT = re.compile(r"([A-Z]{3}):([0-9]{1,12})")

_names: set[str] = set()
_faults: list[str] = []


def refuse_faults() -> None:
    """Raise ImproperlyConfigured with every fault that was noted, a line each."""
    if _faults:
        raise ImproperlyConfigured("\n".join(_faults))


def unknown_names() -> list[str]:
    """Return the variables LIMOSA_… of the environment that no setting reads, such as misspelt
    ones."""
    return sorted(
        name
        for name in os.environ
        if name.startswith(PREFIX) and name.removeprefix(PREFIX) not in _names
    )


def note_fault(name: str, what: str) -> None:
    """Note that a variable, named without its prefix, can't be used."""
    _faults.append(f"{PREFIX}{name} {what}")


def read_text(name: str, default: str = "") -> str:
    _names.add(name)
    return os.environ.get(f"{PREFIX}{name}", default)


def read_flag(name: str) -> bool:
    value = read_text(name, "0")
    if value not in {"0", "1"}:
        note_fault(name, f"must be 0 or 1, not {value!r}.")
    return value == "1"


def read_number(name: str, default: int, *, least: int = 0) -> int:
    value = read_text(name, str(default))
    if not (value.isascii() and value.isdecimal()):
        note_fault(name, f"must be a whole number, not {value!r}.")
        return default
    if int(value) < least:
        note_fault(name, f"must be {least} or more, not {value}.")
        return default
    return int(value)


def read_named_keys(name: str, *, stand_in: bytes) -> dict[str, bytes]:
    """Return the keys of a setting, and last the one that stands in while none are set."""
    text = read_text(name)
    try:
        keys = read_keys(text) if text else {}
    except ValueError as error:
        note_fault(name, f"can't be used: {error}.")
        keys = {}
    return keys | {STAND_IN_KEY: stand_in}


def read_limits(name: str, default: str) -> dict[str, int]:
    """Return {currency: minor units} of a text such as "USD:5000 CNY:35000"."""
    limits = {}
    for word in read_text(name, default).split():
        if limit := _LIMIT.fullmatch(word):
            limits[limit[1]] = int(limit[2])
        else:
            note_fault(name, f"must be like USD:5000 CNY:35000, in minor units, not {word!r}.")
    return limits


def read_database(url: str) -> dict[str, Any]:
    """Return Django's settings for postgresql://user:password@host:port/name?host=/socket/folder."""
    parsed = _parts_of(url)
    if parsed is None or parsed.scheme not in {"postgres", "postgresql"}:
        # Its value may hold a password.
        _faults.append("DATABASE_URL must be like postgresql://user:password@host:port/name")
        parsed = urlsplit("postgresql:")
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
        note_fault(name, f"can't be used: {error}.")
        return ()


def read_choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    """Return one of the choices, in small letters."""
    value = read_text(name, default).lower()
    if value not in choices:
        note_fault(name, f"must be one of {', '.join(choices)}, not {value!r}.")
        return default
    return value


def read_zone(name: str, default: str) -> str:
    """Return the name of a time zone that there is."""
    value = read_text(name, default)
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        note_fault(name, f"must be a time zone such as {default}, not {value!r}.")
        return default
    return value


def read_url(name: str, default: str, schemes: tuple[str, ...]) -> str:
    """Return a URL of one of the schemes, with a host, a port that can be, and no query.

    An empty default stands for none.
    """
    value = read_text(name, default)
    if value == default == "":
        return ""
    parts = _parts_of(value)
    if parts is None or parts.scheme not in schemes or not parts.hostname or parts.query:
        # Its value may hold a password.
        note_fault(name, f"must be an address that begins with {' or '.join(schemes)}://")
        return default
    return value


def _parts_of(url: str) -> SplitResult | None:
    """Return the parts of a URL; None when it can't be read: a port of letters, half an address."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts
