from limosa.domain.esims.models import Bundle


def resume_bundle(*, order_number: str) -> None:
    """Resume an order's suspended bundle, if it is open: its payment is no longer disputed.

    Locks: the bundle, by one UPDATE.
    """
    Bundle.objects.filter(order_number=order_number).update(suspended_at=None)
