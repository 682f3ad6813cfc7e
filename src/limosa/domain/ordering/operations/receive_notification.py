from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from limosa.domain.ordering.operations.apply_payment_fact import apply_payment_fact
from limosa.domain.ordering.operations.apply_refund_fact import apply_refund_fact
from limosa.domain.payments.models import InboxMessage
from limosa.domain.payments.port import PaymentFact, ProviderNotification
from limosa.domain.payments.registry import provider_for
from limosa.domain.rows import insert_row_once


def receive_notification(
    *, provider_code: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> str:
    """Verify a notification over its raw bytes, apply it once, and keep it in the inbox.

    Inbox row, journal, fulfilment and messages commit together, before the provider is answered:
    a process that dies at any point leaves either everything or nothing, and the provider sends
    again. Returns what became of it. Raises: NotificationRefusedError; nothing is stored.
    """
    provider = provider_for(provider_code)
    notification = provider.parse_notification(headers=headers, body=body, now=now)
    with transaction.atomic():
        if isinstance(notification.fact, PaymentFact):
            result: str = apply_payment_fact(
                provider_code=provider_code, fact=notification.fact, now=now, is_answer=False
            )
        else:
            result = apply_refund_fact(fact=notification.fact, now=now)
        _keep(provider_code, notification, result, now)
    return result


def _keep(
    provider_code: str, notification: ProviderNotification, result: str, now: datetime
) -> None:
    """Store the message; one that came before stands as it was."""
    insert_row_once(
        InboxMessage(
            provider=provider_code,
            message_id=notification.message_id,
            payment_number=notification.fact.payment_number,
            fact=notification.fact.to_json(),
            received_at=now,
            result=result,
        )
    )
