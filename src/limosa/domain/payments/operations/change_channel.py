from limosa.domain.payments.models import Channel


def change_channel(*, wanted: Channel) -> bool:
    """Decide where and in which order a provider is offered; return whether that was a change.

    `wanted`: the row as it is to be, not saved yet. Payments that have begun go on.
    Locks:  the Channel row.
    """
    before, _is_new = Channel.objects.select_for_update().get_or_create(provider=wanted.provider)
    if before.decision == wanted.decision:
        return False
    wanted.save(force_update=True)
    return True
