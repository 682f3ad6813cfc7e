from collections.abc import Mapping
from datetime import datetime

from limosa.domain.connectivity.kept_callbacks import ReceivedCallback
from limosa.domain.connectivity.registry import adapter_for
from limosa.domain.ordering.operations.apply_supplier_callback import apply_supplier_callback


def receive_supplier_callback(
    *, supplier_code: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> bool:
    """Verify a supplier's callback and apply it; return whether the supplier may stop sending it.

    For callers without an event loop (the simulation); the web server verifies in its event loop
    and applies in a thread.
    Raises: CallbackRefusedError, SupplierNotSetUpError; nothing changed. Otherwise as
            apply_supplier_callback.
    """
    callback = adapter_for(supplier_code).read_callback(headers=headers, body=body, now=now)
    applied = apply_supplier_callback(
        supplier_code=supplier_code,
        callback=callback,
        now=now,
        received=ReceivedCallback(headers, body),
    )
    return applied.is_done
