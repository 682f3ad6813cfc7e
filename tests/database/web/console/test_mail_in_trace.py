"""The trace of an order says how the mails about it stand."""

from datetime import timedelta
from typing import Any

import pytest

from limosa.domain.ordering.queries import order_trace
from limosa.web.console.trace import TraceLine, trace_lines
from tests.factories import MOMENT
from tests.factories.notifications import make_notification
from tests.factories.ordering import make_order

pytestmark = pytest.mark.django_db


def lines_with(**fields: Any) -> list[TraceLine]:
    """Return the lines of an order that is late about the message that says so, and its mail."""
    order = make_order()
    make_notification(key=f"late:{order.number}", **fields)
    lines = trace_lines(order_trace(order=order))
    return [line for line in lines if line.title in {"Message sent", "Email sent"}]


@pytest.mark.parametrize(
    ("fields", "detail", "tone"),
    [
        ({}, "order is late · not emailed yet", ""),
        ({"mail_attempts": 1}, "order is late · not emailed yet · 1 attempt", ""),
        (
            {"mail_attempts": 8, "next_mail_at": None},
            "order is late · email given up · 8 attempts",
            "fault",
        ),
    ],
)
def test_a_message_says_how_its_mail_stands(fields: dict[str, Any], detail: str, tone: str) -> None:
    (line,) = lines_with(**fields)
    assert (line.detail, line.tone) == (detail, tone)


def test_a_mail_that_went_out_has_its_own_time() -> None:
    mailed_at = MOMENT + timedelta(seconds=5)
    message, mailed = lines_with(mail_attempts=1, next_mail_at=None, mailed_at=mailed_at)
    assert message.detail == "order is late · emailed · 1 attempt"
    assert (mailed.at, mailed.detail) == (mailed_at, "order is late")


def test_a_trace_that_was_kept_before_mails_were_told_is_still_read() -> None:
    (line,) = trace_lines([{"at": MOMENT.isoformat(), "what": "message", "kind": "order_late"}])
    assert line.detail == "order is late"
