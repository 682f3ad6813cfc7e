from datetime import datetime

from limosa.domain.esims.models import Bundle


def suspend_bundle(*, order_number: str, now: datetime) -> None:
    """Have an order's bundle give no data from now on, because its payment is disputed.

    Its state stays, and its time goes on. One that is suspended already stays so since then.
    Locks: the bundle, by one UPDATE.
    """
    Bundle.objects.filter(order_number=order_number, suspended_at__isnull=True).update(
        suspended_at=now
    )
