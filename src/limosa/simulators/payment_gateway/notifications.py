"""A notification: made with the payment, built anew for each attempt, sent until acknowledged.

Source: pay.weixin.qq.com/doc/v3, "支付成功回调通知" and "退款结果通知".
"""

import json
import secrets
import sqlite3
import uuid
from dataclasses import astuple, dataclass, replace

from limosa.simulators.clock import beijing_time
from limosa.simulators.payment_gateway import crypto
from limosa.simulators.payment_gateway.faults import Corruption, NotificationFault
from limosa.simulators.payment_gateway.merchant import Merchant
from limosa.simulators.payment_gateway.validation import Json

RETRY_SECONDS = (
    15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600,
)  # fmt: skip
HELD_SECONDS_MAX = 30.0  # A notification held back for another goes out after this all the same.
_TEN_DAYS = 10 * 86_400
_UNKNOWN_SERIAL = "PUB_KEY_ID_" + "9" * 34
_SUMMARIES = {
    "TRANSACTION.SUCCESS": "支付成功",
    "REFUND.SUCCESS": "退款成功",
    "REFUND.ABNORMAL": "退款异常",
    "REFUND.CLOSED": "退款关闭",
}


@dataclass(frozen=True, slots=True)
class Notification:
    id: str
    out_trade_no: str
    original_type: str
    event_type: str
    summary: str
    notify_url: str
    resource: str
    created_at: float
    fault: str
    state: str
    attempts: int
    due_at: float


@dataclass(frozen=True, slots=True)
class Message:
    headers: dict[str, str]
    body: bytes


def make_notification(
    event_type: str, resource: Json, fault: NotificationFault, *, notify_url: str, now: float
) -> Notification:
    """Make the notification of an event, due at once unless the fault delays it."""
    delay = fault.delay_seconds or (HELD_SECONDS_MAX if fault.reorder else 0.0)
    return Notification(
        id=str(uuid.uuid4()),
        out_trade_no=str(resource["out_trade_no"]),
        original_type="refund" if event_type.startswith("REFUND") else "transaction",
        event_type=event_type,
        summary=_SUMMARIES[event_type],
        notify_url=notify_url,
        resource=json.dumps(resource, ensure_ascii=False),
        created_at=now,
        fault=json.dumps(fault.as_json()),
        state="held" if fault.reorder else "pending",
        attempts=0,
        due_at=now + delay,
    )


def insert_notification(db: sqlite3.Connection, notification: Notification) -> None:
    values = astuple(notification)
    marks = ", ".join("?" * len(values))
    db.execute(f"INSERT INTO notifications VALUES ({marks})", values)  # noqa: S608


def due_notifications(db: sqlite3.Connection, *, now: float) -> list[Notification]:
    """Return those to be sent now, the longest due first."""
    rows = db.execute(
        "SELECT * FROM notifications WHERE state IN ('pending', 'held') AND due_at <= ?"
        " ORDER BY due_at LIMIT 200",
        (now,),
    )
    return [Notification(**row) for row in rows.fetchall()]


def next_due_at(db: sqlite3.Connection, *, after: float) -> float | None:
    """Return when the next one is due that is not due yet."""
    at = db.execute(
        "SELECT min(due_at) AS at FROM notifications"
        " WHERE state IN ('pending', 'held') AND due_at > ?",
        (after,),
    ).fetchone()["at"]
    return None if at is None else float(at)


def record_attempt(
    db: sqlite3.Connection, sent: Notification, *, is_acknowledged: bool, time_scale: float,
    now: float,
) -> Notification:  # fmt: skip
    """Note an attempt and when the next is due, if there is one; free those held back for it."""
    attempts = sent.attempts + 1
    state, due_at = "acknowledged", now
    if not is_acknowledged:
        state = "given_up"
        if attempts <= len(RETRY_SECONDS):
            state, due_at = "pending", now + RETRY_SECONDS[attempts - 1] * time_scale
    db.execute(
        "UPDATE notifications SET attempts = ?, state = ?, due_at = ? WHERE id = ?",
        (attempts, state, due_at, sent.id),
    )
    db.execute(
        "UPDATE notifications SET state = 'pending', due_at = ?"
        " WHERE state = 'held' AND id <> ? AND created_at <= ?",
        (now, sent.id, sent.created_at),
    )
    return replace(sent, attempts=attempts, state=state, due_at=due_at)


def build_message(
    notification: Notification, merchant: Merchant, corruption: Corruption | None, *, now: float
) -> Message:
    """Seal and sign the notification as of now; corrupted where asked for."""
    resource = _altered(json.loads(notification.resource), corruption)
    is_missealed = corruption is Corruption.CIPHERTEXT
    sealed = crypto.seal(
        json.dumps(resource, ensure_ascii=False).encode(),
        apiv3_key="0" * 32 if is_missealed else merchant.apiv3_key,
        associated_data=notification.original_type,
    )
    envelope = {
        "id": notification.id,
        "create_time": beijing_time(notification.created_at),
        "resource_type": "encrypt-resource",
        "event_type": notification.event_type,
        "summary": notification.summary,
        "resource": {"original_type": notification.original_type, **sealed},
    }
    body = json.dumps(envelope, ensure_ascii=False).encode()
    shift = {Corruption.TIMESTAMP_STALE: -_TEN_DAYS, Corruption.TIMESTAMP_FUTURE: _TEN_DAYS}
    seconds = now + (shift.get(corruption, 0) if corruption else 0)
    headers = signature_headers(merchant, body, now=seconds)
    if corruption is Corruption.SERIAL:
        headers["Wechatpay-Serial"] = _UNKNOWN_SERIAL
    elif corruption is Corruption.SIGNATURE:
        headers["Wechatpay-Signature"] = crypto.sign(merchant.platform_key, b"something else")
    elif corruption is Corruption.SIGNTEST:
        headers["Wechatpay-Signature"] = "WECHATPAY/SIGNTEST/" + headers["Wechatpay-Signature"]
    elif corruption is Corruption.BODY:
        body = body.replace(b"SUCCESS", b"SUCCES5", 1)
    return Message({"Content-Type": "application/json", **headers}, body)


def signature_headers(merchant: Merchant, body: bytes, *, now: float) -> dict[str, str]:
    """Return the headers by which the merchant knows that a message is the platform's."""
    timestamp, nonce = str(int(now)), secrets.token_hex(16)
    message = crypto.reply_message(timestamp, nonce, body)
    return {
        "Wechatpay-Timestamp": timestamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Signature": crypto.sign(merchant.platform_key, message),
        "Wechatpay-Serial": merchant.public_key_id,
        "Wechatpay-Signature-Type": crypto.SCHEME,
    }


def _altered(resource: Json, corruption: Corruption | None) -> Json:
    amount = resource["amount"]
    if not isinstance(amount, dict):
        raise TypeError("amount")
    if corruption is Corruption.AMOUNT:
        return {**resource, "amount": {**amount, "total": 1, "payer_total": 1}}
    if corruption is Corruption.CURRENCY:
        return {**resource, "amount": {**amount, "currency": "JPY", "payer_currency": "JPY"}}
    if corruption is Corruption.MCHID:
        return {**resource, "mchid": "1" * 10}
    if corruption is Corruption.UNKNOWN_ORDER:
        return {**resource, "out_trade_no": "UNKNOWN-" + secrets.token_hex(8)}
    return resource
