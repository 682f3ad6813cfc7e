"""Who is heard: a provider's notification is verified before anything else is done for it.

A forged one costs its verification, which calls nobody and stores nothing, and a number in a
counter. An address that sends many wrong ones is not even verified for a while, unless it has
also sent a genuine one lately: behind a proxy that hides addresses, provider and forger look alike.
"""

from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from limosa.domain.payments.facts import NotificationRefusedError, ProviderNotification
from limosa.domain.payments.registry import provider_for

WRONG_MAX = 20
WINDOW = timedelta(minutes=1)
TRUST_AFTER_GENUINE = timedelta(hours=1)
# Ours: what a flood from many addresses may take of a process's memory, about two megabytes.
ADDRESSES_MAX = 10_000
COUNT_EVERY = timedelta(seconds=5)
PAUSED = "address_paused"

Counts = Mapping[tuple[str, str, date], int]


class AddressPausedError(Exception):
    """So many wrong notifications came from this address that it is not heard for a while."""


@dataclass(slots=True)
class _Sender:
    window_began: datetime
    wrong: int = 0
    genuine_at: datetime | None = None


class Admission:
    """What one process knows of its senders. Used by one thread at a time."""

    def __init__(self) -> None:
        self._senders: OrderedDict[str, _Sender] = OrderedDict()
        self._counts: Counter[tuple[str, str, date]] = Counter()
        self._counted_at: datetime | None = None

    def admit(
        self,
        provider_code: str,
        address: str,
        *,
        headers: Mapping[str, str],
        body: bytes,
        now: datetime,
    ) -> ProviderNotification:
        """Return what a genuine notification says; nothing is stored.

        Raises: NotificationRefusedError, AddressPausedError; both are counted. KeyError for a
                provider that is not set up.
        """
        provider = provider_for(provider_code)
        self.check_heard(provider_code, address, now=now)
        sender = self._sender(address, now)
        try:
            notification = provider.parse_notification(headers=headers, body=body, now=now)
        except NotificationRefusedError as refused:
            sender.wrong += 1
            self._counts[provider_code, refused.reason, now.date()] += 1
            raise
        sender.genuine_at = now
        return notification

    def check_heard(self, provider_code: str, address: str, *, now: datetime) -> None:
        """Raise AddressPausedError, and count it, if the address is not heard for a while."""
        if self._is_paused(self._sender(address, now), now):
            self._counts[provider_code, PAUSED, now.date()] += 1
            raise AddressPausedError

    def take_counts(self, *, now: datetime) -> Counts:
        """Return what was refused since the last time, to be stored; at most every few seconds."""
        self._counted_at = self._counted_at or now
        if not self._counts or now - self._counted_at < COUNT_EVERY:
            return {}
        return self.take_all_counts(now=now)

    def take_all_counts(self, *, now: datetime) -> Counts:
        """Return what was refused since the last time, at once."""
        counts, self._counts = self._counts, Counter()
        self._counted_at = now
        return counts

    def _sender(self, address: str, now: datetime) -> _Sender:
        sender = self._senders.get(address)
        if sender is None:
            sender = self._senders[address] = _Sender(now)
            if len(self._senders) > ADDRESSES_MAX:
                self._senders.popitem(last=False)
        else:
            self._senders.move_to_end(address)
        if now - sender.window_began >= WINDOW:
            sender.window_began, sender.wrong = now, 0
        return sender

    def _is_paused(self, sender: _Sender, now: datetime) -> bool:
        if sender.wrong < WRONG_MAX:
            return False
        return sender.genuine_at is None or now - sender.genuine_at >= TRUST_AFTER_GENUINE
