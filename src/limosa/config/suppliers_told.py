"""What commands about suppliers refuse alike."""

from django.conf import settings

from limosa.config.command import CommandFault


def check_is_set_up(code: str) -> None:
    """Raise CommandFault, with the suppliers that there are, unless one of them is meant."""
    if code not in settings.SUPPLIER_ADAPTERS:
        there = ", ".join(sorted(settings.SUPPLIER_ADAPTERS))
        raise CommandFault(f'no supplier "{code}" is set up; there is: {there}')


def check_lists_plans(code: str) -> None:
    """Raise CommandFault, with why and whose list can be fetched, unless this supplier's can."""
    from limosa.domain.connectivity.registry import capabilities_of
    from limosa.domain.wholesale.price_lists import suppliers_with_lists

    can = capabilities_of(code)
    if can.lists_plans:
        return
    there = ", ".join(suppliers_with_lists()) or "none that is set up"
    if can.leaves_bundles_to_us:
        why = f"{code} provides eSIMs and no plans, so it has no price list"
    else:
        why = (
            f"{code} has no list that can be fetched; import one from a file with `limosa "
            f"suppliers sheet import {code} FILE`"
        )
    raise CommandFault(f"{why}. There is a list to fetch of: {there}")


def known_suppliers() -> set[str]:
    """Return the codes of the suppliers that are set up, or that the catalogue has."""
    from limosa.domain.catalog.models import Supplier

    return {*settings.SUPPLIER_ADAPTERS, *Supplier.objects.values_list("code", flat=True)}
