"""What every command may use: errors to raise, option parsers, and Django's set-up."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from math import isfinite

PORT_MAX = 65_535


class CommandFault(Exception):
    """The command can't do what was asked; the text says why and what to do. Exit code 1."""


class WrongCall(Exception):
    """The options contradict each other; the text says why. Exit code 2, as for an invalid
    option."""


def whole_number(least: int, most: int | None = None) -> Callable[[str], int]:
    """Return a parser for an option of plain digits within limits, which raises
    ArgumentTypeError."""
    limits = f"{least:,} or more" if most is None else f"{least:,} to {most:,}"

    def read(text: str) -> int:
        number = int(text) if text.isascii() and text.isdecimal() else None
        if number is None or number < least or (most is not None and number > most):
            raise ArgumentTypeError(f"{text!r} is not a whole number, {limits}")
        return number

    return read


def add_number(parser: ArgumentParser, name: str, *, least: int, default: int, about: str) -> None:
    """Add an option of plain digits, `least` or more; its help ends with the default."""
    parser.add_argument(
        name,
        type=whole_number(least),
        default=default,
        metavar="N",
        help=f"{about} (%(default)s)",
    )


def add_by(parser: ArgumentParser) -> None:
    """Add the option that names who does it."""
    parser.add_argument(
        "--by",
        metavar="EMAIL",
        default="",
        help="the member of the staff to record in the audit log; otherwise: the system",
    )


def seconds(text: str) -> float:
    """Return an option's duration. Raises ArgumentTypeError."""
    try:
        span = float(text)
    except ValueError:
        span = 0.0
    if not text.isascii() or not isfinite(span) or span <= 0:
        raise ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return span


def host_and_port(text: str) -> tuple[str, int]:
    """Parse an option such as 127.0.0.1:9101 or [::1]:9101. Raises ArgumentTypeError."""
    host, _, port = text.rpartition(":")
    if not host or not (port.isascii() and port.isdecimal()):
        raise ArgumentTypeError(f"{text!r} is not like 127.0.0.1:9101")
    return host.strip("[]"), port_number(port)


def port_number(text: str) -> int:
    """Parse an option's port number. Raises ArgumentTypeError."""
    return whole_number(1, PORT_MAX)(text)


def printable(text: object) -> str:
    """Return a text, such as a file's name, in which nothing steers a terminal."""
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode() for one in str(text)
    )


def counted(number: int, thing: str) -> str:
    """Return a number of things whose plural ends in s: 1 row, 2 rows."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def set_up_django(*, work: str = "command") -> None:
    """Read the settings and load the apps. Raises CommandFault if a setting is wrong, or
    DJANGO_SETTINGS_MODULE names no module.

    work: the process's kind of work, which determines its database limits (settings/database.py).
    It also applies to the processes that this one starts.
    """
    import os

    import django
    from django.core.exceptions import ImproperlyConfigured

    os.environ["LIMOSA_WORK"] = work
    module = os.environ.setdefault("DJANGO_SETTINGS_MODULE", "limosa.config.settings")
    try:
        django.setup()
    except ModuleNotFoundError as error:
        if not error.name or not f"{module}.".startswith(f"{error.name}."):
            raise
        raise CommandFault(
            f"DJANGO_SETTINGS_MODULE names {module!r}, which is not installed. Remove it: "
            "limosa.config.settings is then used."
        ) from None
    except ImproperlyConfigured as error:
        raise CommandFault(str(error)) from error
