"""What commands about suppliers refuse alike."""

from django.conf import settings

from limosa.config.command import CommandFault


def check_is_set_up(code: str) -> None:
    """Raise CommandFault, with the suppliers that there are, unless one of them is meant."""
    if code not in settings.SUPPLIER_ADAPTERS:
        there = ", ".join(sorted(settings.SUPPLIER_ADAPTERS))
        raise CommandFault(f'no supplier "{code}" is set up; there is: {there}')
