"""What every command may use: a fault to raise, and the start of Django."""

from argparse import ArgumentTypeError


class CommandFault(Exception):
    """The command cannot do what was asked; the text says why and what to do."""


def host_and_port(text: str) -> tuple[str, int]:
    """Return what an option like 127.0.0.1:9101 or [::1]:9101 says. Raises ArgumentTypeError."""
    host, _, port = text.rpartition(":")
    if not host or not (port.isascii() and port.isdecimal()):
        raise ArgumentTypeError(f"{text!r} is not like 127.0.0.1:9101")
    return host.strip("[]"), int(port)


def set_up_django(*, work: str = "command") -> None:
    """Read the settings and load the apps. Raises CommandFault when a setting is wrong.

    work: the kind of work that the process does, by which the database limits what it takes
    (settings/database.py). It holds for the processes that this one starts, too.
    """
    import os

    import django
    from django.core.exceptions import ImproperlyConfigured

    os.environ["LIMOSA_WORK"] = work
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "limosa.config.settings")
    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise CommandFault(str(error)) from error
