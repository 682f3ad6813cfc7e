"""The type of DATABASE_URL: libpq's connection parameters, checked by libpq itself.

What libpq would refuse whenever it connects is an error of the setting, and not a database that is
away and to be waited for.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import PGconn

from limosa.foundation.variables import parts_of

_UNREADABLE = (
    "must be like postgresql://user:password@host:port/name, as libpq reads it: with the name of a "
    "database, ports from 1 to 65535, and no option that libpq does not know."
)
_PASSWORDS = (
    "password",
    "sslpassword",
    "oauth_client_secret",
    "scram_client_key",
    "scram_server_key",
)
# libpq looks at these only once it has an address, or even an answer.
_NUMBERS = (
    "connect_timeout",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
    "tcp_user_timeout",
)
_FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl")
_NOWHERE, _PORT = "/nonexistent", "5432"
Address = dict[str, Any]


class DatabaseAddress:
    """libpq's connection parameters: a URL, or `name=value` words. Parsed by libpq itself."""

    def parse(self, text: str) -> Address:
        """Return the libpq options in the text. Errors reveal no password of it."""
        try:
            address = conninfo_to_dict(text)
        except ProgrammingError:
            raise ValueError(_UNREADABLE) from None
        ports = str(address.get("port", "")).split(",")
        if not all(map(_can_be_port, ports)) or not (
            address.get("dbname") or address.get("service")
        ):
            raise ValueError(_UNREADABLE)
        if "client_encoding" in address:
            raise ValueError("must not name client_encoding, which is always UTF8.")
        if fault := _fault_of_values(address) or _refusal_of_libpq(address):
            raise ValueError(f"can't be used: {fault}.")
        return address

    def secrets_in(self, text: str) -> list[str]:
        """Return the passwords, both decoded and as they may be written."""
        try:
            address = conninfo_to_dict(text)
        except ProgrammingError:
            address = {}
        parts = parts_of(text)
        written = (parts.password or "") if parts else ""
        meant = [str(address.get(name, "")) for name in _PASSWORDS]
        return [written, unquote(written), *meant]


def _can_be_port(text: str) -> bool:
    return not text or (text.isascii() and text.isdecimal() and 1 <= int(text) <= 65_535)


def _fault_of_values(address: Address) -> str:
    """Return what is wrong with a number or a file; empty: nothing."""
    for name in _NUMBERS:
        value = str(address.get(name, ""))
        if value and not (value.isascii() and value.removeprefix("-").isdecimal()):
            return f"{name} is not a whole number"
    for name in _FILES:
        path = str(address.get(name, ""))
        is_file = path and path != "system" and not (name == "sslkey" and ":" in path)
        if is_file and not (Path(path).is_file() and os.access(path, os.R_OK)):
            return f"the file of {name}, {path}, can't be read"
    return ""


def _refusal_of_libpq(address: Address) -> str:
    """Return why libpq does not even begin to connect; empty if it does.

    It connects to a socket that does not exist, once with the options and once without: only what
    it says about the options differs. No host is looked up or called.
    """
    hosts, ports = (len(str(address.get(name, "")).split(",")) for name in ("host", "port"))
    place = {"host": ",".join([_NOWHERE] * hosts), "port": _PORT, "hostaddr": ""}
    said = _error_of({**address, **place, "port": ",".join([_PORT] * ports)})
    return "" if said == _error_of({"dbname": "none", **place}) else said


def _error_of(options: Address) -> str:
    connection = PGconn.connect_start(make_conninfo(**options).encode())
    error = " ".join(connection.get_error_message().split())
    connection.finish()
    return error.rstrip(".")
