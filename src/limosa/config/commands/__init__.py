"""The commands of `limosa`, one module each. To add one, add a module here; nothing else.

The file's name is the command: `web.py` is `limosa web`, `catalog_import.py` is
`limosa catalog import`. It holds:

- a docstring, whose first line is the command's line in `limosa --help`;
- `add_arguments(parser)`, which may be absent;
- `run(arguments) -> int`, which returns the exit code. It raises CommandFault for a fault that
  the person at the keyboard can mend.

Import Django and the domain inside `run`, after `set_up_django()`: `limosa --help` loads every
module here and must answer at once.
"""


class CommandFault(Exception):
    """The command cannot do what was asked; the text says why and what to do."""


def set_up_django() -> None:
    """Read the settings and load the apps. Raises CommandFault when a setting is wrong."""
    import os

    import django
    from django.core.exceptions import ImproperlyConfigured

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "limosa.config.settings")
    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise CommandFault(str(error)) from error
