from datetime import datetime

from limosa.domain.esims.models import Bundle


def suspend_bundle(*, order_number: str, now: datetime) -> None:
    """Suspend an order's bundle, because its payment is disputed: no data is deducted from it.

    Its state is unchanged, and its time keeps running. One already suspended keeps its date.
    Locks: the bundle, by one UPDATE.
    """
    Bundle.objects.filter(order_number=order_number, suspended_at__isnull=True).update(
        suspended_at=now
    )
