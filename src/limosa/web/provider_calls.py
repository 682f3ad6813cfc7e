"""Calls that pages make to payment providers: few at a time, and none longer than a person waits.

A frozen provider costs its own payers five seconds each, and others nothing: the threads that wait
here come on top of those that serve pages (config/asgi.py). A call that nobody waits for any more
keeps running, and keeps its slots until it ends.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import cache
from typing import Generic, TypeVar

from django.conf import settings
from django.db import connections

from limosa.domain.payments.calling import Caller, ProviderBusyError, ProviderSlowError

WAIT_SECONDS_MAX = 5.0
OF_ORDER_MAX = 1
OF_PERSON_MAX = 2
_Answer = TypeVar("_Answer")


class ProviderCalls:
    """One process's calls: at most `calls_max`, and one fewer to any one provider."""

    def __init__(self, *, calls_max: int, wait_seconds_max: float = WAIT_SECONDS_MAX) -> None:
        self._calls_max = calls_max
        self._wait_seconds_max = wait_seconds_max
        self._pool = ThreadPoolExecutor(calls_max, thread_name_prefix="providers")
        self._lock = threading.Lock()
        self._running: Counter[str] = Counter()

    def caller(self, *, subscriber_id: int, order_number: str = "", link: str = "") -> Caller:
        """Return the caller for one page, which waits five seconds for all of its calls.

        subscriber_id: the person it calls for, whose concurrent calls are limited too. link: of an
        order that others placed for that person (Order); their calls leave the person's own alone.
        """
        who = f"link {link}" if link else f"person {subscriber_id}"
        limits = {"any": self._calls_max, who: OF_PERSON_MAX}
        if order_number:
            limits[f"order {order_number}"] = OF_ORDER_MAX
        return _PageCaller(self, limits, ends_at=time.monotonic() + self._wait_seconds_max)

    def start(
        self, provider_code: str, ask: Callable[[], _Answer], limits: dict[str, int]
    ) -> "Future[_Answer]":
        """Begin a call. Raises ProviderBusyError if one of its limits is reached.

        ProviderSlowError: another call about the same order is in progress.
        """
        # One slot is left for other providers, in case this one is frozen.
        its_limits = limits | {f"provider {provider_code}": max(self._calls_max - 1, 1)}
        with self._lock:
            reached = [name for name, most in its_limits.items() if self._running[name] >= most]
            if any(name.startswith("order ") for name in reached):
                raise ProviderSlowError  # The same call is already running.
            if reached:
                raise ProviderBusyError
            self._running.update(its_limits.keys())
        # Its log lines bear the id of the page's request.
        call = self._pool.submit(copy_context().run, ask)
        call.add_done_callback(lambda _: self._end(its_limits))
        return call

    def _end(self, limits: dict[str, int]) -> None:
        with self._lock:
            self._running.subtract(limits.keys())
            self._running = +self._running  # Drop zero counts.


class _PageCaller:
    def __init__(self, calls: ProviderCalls, limits: dict[str, int], *, ends_at: float) -> None:
        self._calls = calls
        self._limits = limits
        self._ends_at = ends_at

    def __call__(
        self,
        provider_code: str,
        ask: Callable[[], _Answer],
        *,
        late: Callable[[_Answer], None] | None = None,
    ) -> _Answer:
        left_seconds = self._ends_at - time.monotonic()
        if left_seconds <= 0:
            raise ProviderSlowError
        handover = _Handover[_Answer](late)
        call = self._calls.start(provider_code, lambda: handover.answer(ask()), self._limits)
        try:
            return call.result(left_seconds)
        except TimeoutError:
            if call.done():  # It ended at the last moment, or by its own timeout.
                return call.result()
            if handover.give_up():
                raise ProviderSlowError from None
            return call.result()


class _Handover(Generic[_Answer]):
    """Decides once whether an answer goes to the page or, if the page has given up, to `late`."""

    def __init__(self, late: Callable[[_Answer], None] | None) -> None:
        self._late = late
        self._lock = threading.Lock()
        self._is_answered = False
        self._is_given_up = False

    def answer(self, found: _Answer) -> _Answer:
        with self._lock:
            self._is_answered = True
            is_late = self._is_given_up
        if is_late and self._late is not None:
            try:
                self._late(found)
            finally:
                connections.close_all()  # This thread seldom needs one.
        return found

    def give_up(self) -> bool:
        """Give up waiting. Return False if the answer has already arrived."""
        with self._lock:
            self._is_given_up = not self._is_answered
            return self._is_given_up


@cache
def provider_calls() -> ProviderCalls:
    """Return this process's calls."""
    return ProviderCalls(calls_max=settings.PROVIDER_CALLS)
