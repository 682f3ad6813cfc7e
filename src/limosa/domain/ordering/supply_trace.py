"""A supplier's part of the trace: calls, callbacks, and the current state. No ICCID, no code."""

from typing import Any

from limosa.domain.connectivity.models import SupplierMessage, Supply

Line = dict[str, Any]


def supply_lines(order_number: str) -> list[Line]:
    """Return the lines about an order at its supplier, in no order; `at` is a datetime."""
    supply = Supply.objects.filter(order_number=order_number).first()
    if supply is None:
        return []
    line = {
        "at": supply.created_at,
        "what": "supply",
        "supplier": supply.supplier_id,
        "state": supply.state,
        "problem": supply.problem,
        "reference": supply.reference,
    }
    calls = [
        {
            "at": call.called_at,
            "what": "supplier_call",
            "call": call.call,
            "outcome": call.outcome,
            "duration_ms": call.duration_ms,
        }
        for call in supply.calls.all()
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
    return [line, *calls, *told]
