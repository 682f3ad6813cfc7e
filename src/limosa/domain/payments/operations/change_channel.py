from limosa.domain.payments.models import Channel


def change_channel(*, wanted: Channel) -> bool:
    """Set where and in which position a provider is offered; return whether that changed anything.

    `wanted`: the desired row, not saved yet. Payments already begun continue.
    Locks:  the Channel row.
    """
    before, _is_new = Channel.objects.select_for_update().get_or_create(provider=wanted.provider)
    if before.decision == wanted.decision:
        return False
    wanted.save(force_update=True)
    return True
