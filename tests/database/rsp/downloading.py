"""Orders that a device downloads, and what is left of them in the rows."""

from typing import Any

from limosa.domain.rsp.models import DownloadOrder, ReceivedNotification
from tests.factories.rsp import make_download_order
from tests.fakes.device import Device


def ordered(device: Device, **fields: Any) -> DownloadOrder:
    """Return a released order that the device knows the matching id of."""
    order = make_download_order(**fields)
    device.matching_id = order.matching_id
    return order


def now_of(order: DownloadOrder) -> DownloadOrder:
    return DownloadOrder.objects.get(pk=order.pk)


def results() -> list[str]:
    """Return what became of the notifications, oldest first."""
    return list(ReceivedNotification.objects.order_by("id").values_list("result", flat=True))
