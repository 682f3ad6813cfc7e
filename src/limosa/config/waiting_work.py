"""Metrics of pending work, read from the database on request."""

from collections.abc import Iterable

from django.db import DatabaseError, connection
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from limosa.web.console import attention

_JOBS = "SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY status"

# Through the partial indexes of mail to be sent.
_MAILS = """
WITH waiting AS (
    SELECT created_at FROM notifications_accountmail WHERE next_mail_at IS NOT NULL
    UNION ALL
    SELECT created_at FROM notifications_notification WHERE next_mail_at IS NOT NULL
)
SELECT count(*), coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8
FROM waiting
"""


class WaitingWork(Collector):
    """What needs the worker or a person. Each count stops at COUNT_MAX of attention.py.

    Without a database only limosa_database_up is reported.
    """

    def describe(self) -> Iterable[Metric]:
        """Return nothing: the metrics are known only with the database, which may be unreachable
        now."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Yield the current numbers."""
        up = GaugeMetricFamily("limosa_database_up", "Whether the database answers.")
        waiting = GaugeMetricFamily(
            "limosa_waiting", "Work that waits, each counted to 100.", labels=("what",)
        )
        mails = GaugeMetricFamily("limosa_mails_waiting", "Mails that no server took yet.")
        oldest = GaugeMetricFamily(
            "limosa_mail_oldest_seconds", "How long the oldest mail waits; 0: none does."
        )
        jobs = GaugeMetricFamily("limosa_jobs", "Jobs by their state.", labels=("state",))
        try:
            for what, number in _waiting().items():
                waiting.add_metric((what,), number)
            with connection.cursor() as cursor:
                cursor.execute(_MAILS)
                number, seconds = cursor.fetchone()
                mails.add_metric((), number)
                oldest.add_metric((), seconds)
                cursor.execute(_JOBS)
                for state, number in cursor.fetchall():
                    jobs.add_metric((state,), number)
        except DatabaseError:
            up.add_metric((), 0)
            return (up,)
        finally:
            connection.close()  # Each request comes in another thread.
        up.add_metric((), 1)
        return (up, waiting, mails, oldest, jobs)


def _waiting() -> dict[str, int]:
    rows = {
        "payments_with_a_problem": attention.payments_to_look_at(),
        "orders_paid_not_delivered": attention.orders_waiting(),
        "refunds_open_long": attention.refunds_open_long(now=timezone.now()),
        "refunds_to_sign": attention.refunds_to_sign(),
        "disputes_open": attention.open_disputes(),
        "cases_waiting": attention.cases_waiting(),
    }
    return {what: attention.count(found).number for what, found in rows.items()}
