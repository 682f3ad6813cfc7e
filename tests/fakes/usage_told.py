"""How the fake supplier tells use in a callback."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from limosa.domain.connectivity.answers import SupplierCallback, SupplierEsim, SupplierUsage


def usage_body(usages: Sequence[SupplierUsage]) -> bytes:
    """Return the body of a callback that tells use."""
    said = [
        {
            "iccid": one.esim.iccid,
            "reference": one.esim.reference,
            "as_of": one.as_of.isoformat(),
            "used": one.used_bytes,
            "total": one.total_bytes,
        }
        for one in usages
    ]
    return json.dumps({"id": f"use-{len(said)}", "usages": said}).encode()


def usage_callback(said: Mapping[str, Any]) -> SupplierCallback:
    """Return what such a body says."""
    usages = tuple(
        SupplierUsage(
            esim=SupplierEsim(iccid=one["iccid"], reference=one["reference"]),
            as_of=datetime.fromisoformat(one["as_of"]),
            used_bytes=one["used"],
            total_bytes=one["total"],
        )
        for one in said["usages"]
    )
    return SupplierCallback(message_id=str(said["id"]), usages=usages)
