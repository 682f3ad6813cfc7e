"""One comparison of a supplier's account at a time."""

from limosa.domain.payables.models import SupplierAccount


def hold_account(supplier_code: str) -> SupplierAccount:
    """Return a supplier's row, which is made if there is none, locked until the transaction ends.

    Taken before the differences of the supplier by everybody.
    """
    SupplierAccount.objects.get_or_create(supplier=supplier_code)
    return SupplierAccount.objects.select_for_update().get(supplier=supplier_code)
