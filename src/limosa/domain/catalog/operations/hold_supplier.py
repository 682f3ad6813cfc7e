from limosa.domain.catalog.models import Supplier


def hold_supplier(*, supplier_code: str, is_paused: bool) -> bool:
    """Pause a supplier for new orders, or resume it; return whether that changed anything.

    Locks:  the Supplier row. Raises: Supplier.DoesNotExist.
    """
    supplier = Supplier.objects.select_for_update().get(code=supplier_code)
    if supplier.is_paused == is_paused:
        return False
    supplier.is_paused = is_paused
    supplier.save(update_fields=["is_paused"])
    return True
