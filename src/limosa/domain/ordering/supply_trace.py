"""A supplier's part of the trace: calls, callbacks, and the current state. No ICCID, no code."""

from typing import Any

from limosa.domain.connectivity.models import SupplierCall, SupplierMessage, Supply

Line = dict[str, Any]


def supply_lines(order_number: str) -> list[Line]:
    """Return the lines about an order at its supplier, in no order; `at` is a datetime."""
    supplies = Supply.objects.filter(order_number=order_number).order_by("id")
    lines = [
        {
            "at": supply.created_at,
            "what": "supply",
            "supplier": supply.supplier_id,
            "state": supply.state,
            "problem": supply.problem,
            "reference": supply.reference,
            "application": supply.application,
        }
        for supply in supplies
    ]
    calls = [
        {
            "at": call.called_at,
            "what": "supplier_call",
            "supplier": call.supply.supplier_id,
            "call": call.call,
            "outcome": call.outcome,
            "duration_ms": call.duration_ms,
        }
        for call in SupplierCall.objects.filter(supply__in=supplies).select_related("supply")
    ]
    told = [
        {
            "at": message.received_at,
            "what": "supplier_message",
            "message_id": message.message_id,
            "result": message.result,
        }
        for message in SupplierMessage.objects.filter(order_number=order_number)
    ]
    return [*lines, *calls, *told]
