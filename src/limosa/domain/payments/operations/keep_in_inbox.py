from datetime import datetime

from limosa.domain.payments.models import InboxMessage
from limosa.domain.payments.status_reports import ProviderNotification
from limosa.domain.rows import insert_row_once


def keep_in_inbox(
    *, provider_code: str, notification: ProviderNotification, result: str, now: datetime
) -> None:
    """Store a verified notification with its result; one stored before is left unchanged.

    Commits with the caller's transaction, like everything that the notification did. One statement.
    """
    insert_row_once(
        InboxMessage(
            provider=provider_code,
            message_id=notification.message_id,
            payment_number=notification.report.payment_number,
            report=notification.report.to_json(),
            received_at=now,
            result=result,
        )
    )
