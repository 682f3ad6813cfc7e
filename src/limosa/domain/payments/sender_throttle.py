"""Every notification is verified before anything else is done, and no sender is ever shut out.

A forgery costs its verification, which makes no outside call and stores nothing, and adds to a
count. However many forgeries an address sends, it is not blocked: behind a proxy that hides
addresses, a provider and a forger share one, and the provider must be heard.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from limosa.domain.payments.registry import provider_for
from limosa.domain.payments.status_reports import NotificationRefusedError, ProviderNotification

COUNT_EVERY = timedelta(seconds=5)

Counts = Mapping[tuple[str, str, date], int]


class SenderThrottle:
    """What one process has refused since it last reported. Used by one thread at a time."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, date]] = Counter()
        self._counted_at: datetime | None = None

    def admit(
        self, provider_code: str, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> ProviderNotification:
        """Return the content of a genuine notification; nothing is stored.

        Raises: NotificationRefusedError, which is counted; ProviderNotSetUpError.
        """
        provider = provider_for(provider_code)
        try:
            return provider.verify_webhook(headers=headers, body=body, now=now)
        except NotificationRefusedError as refused:
            self._counts[provider_code, refused.reason, now.date()] += 1
            raise

    def take_counts(self, *, now: datetime) -> Counts:
        """Return the counts since the last time, to be stored; at most every few seconds."""
        self._counted_at = self._counted_at or now
        if not self._counts or now - self._counted_at < COUNT_EVERY:
            return {}
        return self.take_all_counts(now=now)

    def take_all_counts(self, *, now: datetime) -> Counts:
        """Return the counts since the last time, at once."""
        counts, self._counts = self._counts, Counter()
        self._counted_at = now
        return counts
