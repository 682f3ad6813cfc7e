"""Decide where and in which order a payment provider is offered."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.payments.models import Channel
from limosa.domain.support.duties import staff_deed
from limosa.domain.support.models import StaffActionKind
from limosa.domain.support.operations.record_staff_action import record_staff_action


@staff_deed(StaffActionKind.SET_CHANNEL)
@transaction.atomic
def set_channel(*, wanted: Channel, actor: Subscriber, now: datetime) -> bool:
    """Return whether that was a change; what is so already is not recorded again.

    `wanted`: the row as it is to be, not saved yet. Payments that have begun go on. The record
    tells the whole decision: "offered 1 CN US", "stopped 0".
    Locks:  the Channel row.
    Raises: RoleTooLowError.
    """
    before, _is_new = Channel.objects.select_for_update().get_or_create(provider=wanted.provider)
    if _decision(before) == _decision(wanted):
        return False
    wanted.save(force_update=True)
    record_staff_action(
        actor=actor,
        action=StaffActionKind.SET_CHANNEL,
        subject=wanted.provider,
        detail=_decision(wanted),
        now=now,
    )
    return True


def _decision(channel: Channel) -> str:
    words = ["offered" if channel.is_offered else "stopped", str(channel.position)]
    return " ".join([*words, *sorted(channel.countries)])
