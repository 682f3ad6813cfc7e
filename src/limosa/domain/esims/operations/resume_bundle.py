from limosa.domain.esims.models import Bundle


def resume_bundle(*, order_number: str) -> None:
    """Have an order's bundle give data again, if it is open: its payment is disputed no more.

    Locks: the bundle, by one UPDATE.
    """
    Bundle.objects.filter(order_number=order_number).update(suspended_at=None)
