from datetime import datetime

from django.db.models import Case, Value, When

from limosa.domain.esims.models import Bundle


def call_at(*, bundle_id: int, used_bytes: int | None, now: datetime) -> None:
    """Have a bundle be called for once so many of its bytes are used; at once, if they are.

    The earlier call, if there is one, is answered by that. None: nobody is called for it any more.
    Locks: the bundle.
    """
    if used_bytes is None:
        asked = Bundle.objects.filter(pk=bundle_id, call_at_bytes__isnull=False)
        asked.update(call_at_bytes=None, called_at=None)
        return
    reached = When(used_bytes__gte=used_bytes, then=Value(now))
    Bundle.objects.filter(pk=bundle_id).update(
        call_at_bytes=used_bytes, called_at=Case(reached, default=None)
    )
