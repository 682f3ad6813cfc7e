from datetime import datetime

from limosa.domain.esims.models import Bundle


def answer_call(*, bundle_id: int, called_at: datetime) -> None:
    """Note that whoever asked to be called for a bundle has heard of it; a later call stands.

    Locks: the bundle; one UPDATE, conditional on the call that was heard.
    """
    Bundle.objects.filter(pk=bundle_id, called_at=called_at).update(
        call_at_bytes=None, called_at=None
    )
