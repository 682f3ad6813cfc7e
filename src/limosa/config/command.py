"""What every command may use: a fault to raise, and the start of Django."""


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
