from datetime import datetime

from limosa.domain.catalog.models import Plan


def offer_plan(*, plan_code: str, on_sale: bool, now: datetime) -> bool:
    """Take a plan off sale, or put it back on sale; return whether that changed anything.

    Existing quotes remain valid.
    Locks:  the Plan row. Raises: Plan.DoesNotExist.
    """
    plan = Plan.objects.select_for_update().get(code=plan_code)
    if plan.on_sale == on_sale:
        return False
    plan.on_sale = on_sale
    if on_sale:
        plan.back_on_sale_at = now
    plan.save(update_fields=["on_sale", "back_on_sale_at"])
    return True
