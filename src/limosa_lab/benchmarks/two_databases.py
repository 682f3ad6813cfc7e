"""A small database beside the one at hand: the two take turns, so that other load on the machine
affects both alike."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import ProgrammingError, connection
from psycopg.errors import InsufficientPrivilege

from limosa.config.command import CommandFault


@contextmanager
def small_database(name: str, fill: Callable[[], None]) -> Iterator[None]:
    """Create a database on the same server and fill it; drop it at the end."""
    large = str(connection.settings_dict["NAME"])
    drop = f"DROP DATABASE IF EXISTS {name}"
    with connection.cursor() as cursor:
        cursor.execute(drop)
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        with in_database(name):
            call_command("migrate", interactive=False, verbosity=0)
            fill()
        yield
    finally:
        with in_database(large), connection.cursor() as cursor:
            cursor.execute(drop)


@contextmanager
def in_database(name: str) -> Iterator[None]:
    """Use a database of this server."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


@contextmanager
def databases_allowed() -> Iterator[None]:
    """Say what a command's user needs that may create no database. Raises CommandFault."""
    try:
        yield
    except ProgrammingError as error:
        if not isinstance(error.__cause__, InsufficientPrivilege):
            raise
        raise CommandFault(
            "The database user must be allowed to create databases (CREATEDB)."
        ) from error
