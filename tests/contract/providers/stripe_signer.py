"""Stripe's side, written for the tests alone: events, objects and signatures.

It shares no line with the product, the SDK or the simulator, so that a mistake in any shows.
"""

import hashlib
import json
from datetime import datetime
from typing import Any

ACCOUNT = "acct_1TestAccount"
SECRET = "whsec_0123456789abcdef"
OTHER_SECRET = "whsec_fedcba9876543210"
NUMBER = "P20261122000001"
REFUND = "R20261122000001"
INTENT = "pi_3abcdefghijklmnop"
CREATED = 1_764_000_000


def hmac_sha256(key: bytes, message: bytes) -> str:
    """Return the HMAC as RFC 2104 writes it."""
    block = key if len(key) <= 64 else hashlib.sha256(key).digest()
    block = block.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + message).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in block) + inner).hexdigest()


def signature(body: bytes, *, at: datetime, secret: str = SECRET) -> str:
    """Return one signature."""
    return hmac_sha256(secret.encode(), f"{int(at.timestamp())}.".encode() + body)


def header(body: bytes, *, at: datetime, secrets: tuple[str, ...] = (SECRET,)) -> dict[str, str]:
    """Return the header by all secrets, as while one is being replaced."""
    signed = ",".join(f"v1={signature(body, at=at, secret=secret)}" for secret in secrets)
    return {"stripe-signature": f"t={int(at.timestamp())},{signed}"}


def event(kind: str, subject: Any, **changed: Any) -> bytes:
    """Return an event's body."""
    members = {
        "id": "evt_1Q2w3E4r5T6y",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": CREATED,
        "data": {"object": subject},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    } | changed
    return json.dumps(members).encode()


def session(**changed: Any) -> dict[str, Any]:
    """Return a session that was paid."""
    return {
        "id": "cs_test_a1b2c3",
        "object": "checkout.session",
        "amount_total": 2599,
        "client_reference_id": NUMBER,
        "currency": "usd",
        "livemode": False,
        "payment_intent": INTENT,
        "payment_status": "paid",
        "status": "complete",
        "url": None,
    } | changed


def intent(**changed: Any) -> dict[str, Any]:
    """Return a payment by a saved card that was made."""
    return {
        "id": INTENT,
        "object": "payment_intent",
        "amount": 2599,
        "amount_received": 2599,
        "currency": "usd",
        "customer": "cus_1",
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": {"payment_number": NUMBER, "method": "saved"},
        "setup_future_usage": None,
        "status": "succeeded",
    } | changed


def refund(**changed: Any) -> dict[str, Any]:
    """Return a refund that was made."""
    return {
        "id": "re_3abc",
        "object": "refund",
        "amount": 600,
        "currency": "usd",
        "metadata": {"refund_number": REFUND, "payment_number": NUMBER},
        "payment_intent": INTENT,
        "status": "succeeded",
    } | changed


def dispute(**changed: Any) -> dict[str, Any]:
    """Return a dispute that has begun."""
    return {
        "id": "du_1abc",
        "object": "dispute",
        "amount": 2599,
        "currency": "usd",
        "payment_intent": INTENT,
        "reason": "product_not_received",
        "status": "needs_response",
    } | changed
