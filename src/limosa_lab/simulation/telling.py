"""How a simulated provider writes its notifications, and reads them again."""

from collections.abc import Mapping
from typing import Any

from limosa.domain.payments.status_reports import (
    DisputeOutcome,
    DisputeStatusReport,
    PaymentStatusReport,
    RefundOutcome,
    RefundStatusReport,
)

Report = PaymentStatusReport | RefundStatusReport | DisputeStatusReport
_KINDS = {
    PaymentStatusReport: "payment",
    RefundStatusReport: "refund",
    DisputeStatusReport: "dispute",
}


def written(report: Report) -> dict[str, Any]:
    """Return a report as JSON values."""
    return {"kind": _KINDS[type(report)], "report": report.to_json()}


def read(members: Mapping[str, Any]) -> Report:
    """Return the report that `written` wrote."""
    fields = members["report"]
    if members["kind"] == "payment":
        return PaymentStatusReport.from_json(fields)
    if members["kind"] == "refund":
        return RefundStatusReport(**fields | {"outcome": RefundOutcome(fields["outcome"])})
    return DisputeStatusReport(**fields | {"outcome": DisputeOutcome(fields["outcome"])})
