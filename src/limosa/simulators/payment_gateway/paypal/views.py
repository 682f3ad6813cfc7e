"""How orders, captures, refunds and disputes are shown in the API and in webhooks.

Source: developer.paypal.com, the schemas of Orders v2, Payments v2 and Disputes v1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from limosa.simulators.payment_gateway.paypal.disputes import Dispute
from limosa.simulators.payment_gateway.paypal.money import fee_of, written
from limosa.simulators.payment_gateway.paypal.orders import Order
from limosa.simulators.payment_gateway.paypal.refunds import Refund
from limosa.simulators.payment_gateway.wire import Json

APPROVE_PATH = "/paypal/approve"


def time_text(seconds: float) -> str:
    """Format a time as the API does: whole seconds, `Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Viewer:
    """Formats objects for one merchant."""

    base_url: str
    merchant_id: str

    def approve_url(self, order: Order) -> str:
        """Return where the payer approves."""
        return f"{self.base_url}{APPROVE_PATH}?token={order.id}"

    def order(self, order: Order, refunds: Sequence[Refund] = ()) -> Json:
        """Return an order, with what was captured and refunded."""
        unit: Json = {
            "reference_id": "default",
            "amount": written(order.amount, order.currency),
            "payee": self._payee(),
            "description": order.description,
            **self._numbers(order),
        }
        if order.capture_id:
            unit["payments"] = {
                "captures": [self.capture(order, refunds)],
                "refunds": [self.refund(one, order) for one in refunds],
            }
        view: Json = {
            "id": order.id,
            "intent": "CAPTURE",
            "status": order.status,
            "purchase_units": [unit],
            "create_time": time_text(order.created_at),
            "links": self._order_links(order),
        }
        if order.payer_email:
            view["payer"] = {"email_address": order.payer_email, "payer_id": _payer_id(order)}
            view["payment_source"] = {"paypal": _wallet(order)}
        return view

    def capture(self, order: Order, refunds: Sequence[Refund] = ()) -> Json:
        """Return the capture of an order."""
        given = sum(one.amount for one in refunds if one.status == "COMPLETED")
        status = order.capture_status
        if given:
            status = "REFUNDED" if given >= order.amount else "PARTIALLY_REFUNDED"
        fee = fee_of(order.amount)
        view: Json = {
            "id": order.capture_id,
            "status": status,
            "amount": written(order.amount, order.currency),
            "final_capture": True,
            "payee": self._payee(),
            **self._numbers(order),
            "supplementary_data": {"related_ids": {"order_id": order.id}},
            "create_time": time_text(order.captured_at or 0),
            "update_time": time_text(max([order.captured_at or 0, *_ends(refunds)])),
            "links": [self._link(f"/v2/payments/captures/{order.capture_id}", "self")],
        }
        if status == "PENDING":
            view["status_details"] = {"reason": "ECHECK"}
        else:
            view["seller_receivable_breakdown"] = {
                "gross_amount": written(order.amount, order.currency),
                "paypal_fee": written(fee, order.currency),
                "net_amount": written(order.amount - fee, order.currency),
            }
        return view

    def refund(self, refund: Refund, order: Order) -> Json:
        """Return a refund."""
        return {
            "id": refund.id,
            "status": refund.status,
            "amount": written(refund.amount, refund.currency),
            **self._numbers(refund),
            "create_time": time_text(refund.created_at),
            "links": [
                self._link(f"/v2/payments/refunds/{refund.id}", "self"),
                self._link(f"/v2/payments/captures/{order.capture_id}", "up"),
            ],
        }

    def dispute(self, dispute: Dispute, order: Order) -> Json:
        """Return a dispute."""
        view: Json = {
            "dispute_id": dispute.id,
            "create_time": time_text(dispute.created_at),
            "update_time": time_text(dispute.ended_at or dispute.created_at),
            "disputed_transactions": [
                {
                    "seller_transaction_id": order.capture_id,
                    "buyer_transaction_id": order.capture_id,
                    "invoice_number": order.invoice_id,
                    "custom": order.custom_id,
                    "seller": {"merchant_id": self.merchant_id},
                }
            ],
            "reason": dispute.reason,
            "status": "RESOLVED" if dispute.outcome else "OPEN",
            "dispute_amount": written(dispute.amount, dispute.currency),
            "dispute_life_cycle_stage": "INQUIRY",
            "links": [self._link(f"/v1/customer/disputes/{dispute.id}", "self")],
        }
        if dispute.outcome:
            said: Json = {"outcome_code": dispute.outcome}
            if dispute.outcome == "RESOLVED_BUYER_FAVOUR":
                said["amount_refunded"] = written(dispute.amount, dispute.currency)
            view["dispute_outcome"] = said
        return view

    def _order_links(self, order: Order) -> list[Json]:
        links = [self._link(f"/v2/checkout/orders/{order.id}", "self")]
        if order.is_open:
            rel = "payer-action" if order.status == "PAYER_ACTION_REQUIRED" else "approve"
            links.append({"href": self.approve_url(order), "rel": rel, "method": "GET"})
        if order.status == "APPROVED":
            links.append(self._link(f"/v2/checkout/orders/{order.id}/capture", "capture"))
        return links

    def _payee(self) -> Json:
        return {"email_address": "shop@limosa.example", "merchant_id": self.merchant_id}

    def _numbers(self, named: Order | Refund) -> Json:
        names = {"invoice_id": named.invoice_id, "custom_id": named.custom_id}
        return {name: text for name, text in names.items() if text}

    def _link(self, path: str, rel: str) -> Json:
        return {"href": self.base_url + path, "rel": rel, "method": "GET"}


def _wallet(order: Order) -> Json:
    wallet: Json = {
        "email_address": order.payer_email,
        "account_id": _payer_id(order),
        "account_status": "VERIFIED",
    }
    if order.vault_customer is not None and order.vault_id:
        wallet["attributes"] = {
            "vault": {
                "id": order.vault_id,
                "status": "VAULTED",
                "customer": {"id": order.vault_customer},
            }
        }
    return wallet


def _payer_id(order: Order) -> str:
    """Return an id that is always the same for one payer."""
    return f"{sum(order.payer_email.encode()) * 7919:013}"[-13:]


def _ends(refunds: Sequence[Refund]) -> list[float]:
    return [one.settles_at for one in refunds if one.status == "COMPLETED"]
