from datetime import datetime

from limosa.domain.esims.engine.move_life import MOVE_LIFE, MoveEvent
from limosa.domain.esims.models import Device, Esim, EsimState, Move, MoveState
from limosa.domain.notifications.operations.notify import notify


def finish_move(*, esim: Esim, iccid: str, device: Device | None, now: datetime) -> bool:
    """Give an eSIM the profile that it was waiting for, now that a device has it; return whether it
    was waiting for that one.

    From then on the network knows the new ICCID alone, and the old profile is due to be retired. A
    device without a name gets the one that its person chose. The person is notified. The caller
    holds the eSIM.
    """
    waiting = Move.objects.filter(esim=esim, iccid=iccid, state=MoveState.WAITING)
    move = waiting.first()
    if move is None:
        return False
    move.state = MOVE_LIFE.after(move.state, MoveEvent.INSTALL).value
    move.ended_at = move.next_at = now
    move.save(update_fields=["state", "ended_at", "next_at"])
    esim.iccid, esim.activation_code = move.iccid, move.activation_code or ""
    esim.supplier_reference = move.supplier_reference
    esim.state, esim.installed_at = EsimState.INSTALLED, now
    esim.save(
        update_fields=[
            "iccid",
            "activation_code",
            "supplier_reference",
            "state",
            "installed_at",
        ]
    )
    if device is not None and not device.name:
        device.name, device.kind = move.name, move.kind
        device.save(update_fields=["name", "kind"])
    notify(
        subscriber_id=esim.subscriber_id,
        key=f"move-done:{move.number}",
        kind="esim_moved",
        parameters={
            "esim_id": esim.public_id,
            "esim_label": esim.label,
            "iccid_tail": move.iccid[-4:],
            "old_iccid_tail": move.old_iccid[-4:],
            "device_name": device.name if device else move.name,
        },
        now=now,
    )
    return True
