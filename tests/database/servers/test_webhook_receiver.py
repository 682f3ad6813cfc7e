"""A notification whose key is on its way waits for it, and few may wait at a time."""

import asyncio
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.db import connections
from pytest_django.fixtures import Settings
from starlette.responses import Response

from limosa.domain.payments.registry import provider_for
from limosa.domain.payments.status_reports import (
    NoReport,
    NotificationRefusedError,
    ProviderNotification,
)
from limosa.servers.endpoints.endpoint import Incoming
from limosa.servers.endpoints.notifications import AWAITING_MAX, WebhookReceiver
from tests.factories import MOMENT
from tests.fakes.provider import FakeProvider
from tests.unit.servers.asgi import still_here

pytestmark = pytest.mark.django_db(transaction=True)


class LateKeyProvider(FakeProvider):
    """Knows the key once it was waited for."""

    code = "late"
    key = threading.Event()
    waited: list[float] = []
    comes = True

    def verify_webhook(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> ProviderNotification:
        if not self.key.is_set():
            raise NotificationRefusedError("key_unknown", awaited=self._wait)
        return ProviderNotification(message_id=body.decode(), report=NoReport())

    def _wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        if self.comes:
            self.key.set()


@pytest.fixture(autouse=True)
def provider(settings: Settings) -> Iterator[type[LateKeyProvider]]:
    settings.PAYMENT_PROVIDERS = {
        "late": "tests.database.servers.test_webhook_receiver.LateKeyProvider"
    }
    provider_for.cache_clear()
    LateKeyProvider.key.clear()
    LateKeyProvider.waited.clear()
    LateKeyProvider.comes = True
    yield LateKeyProvider
    provider_for.cache_clear()


async def close_connections(receiver: WebhookReceiver) -> None:
    """Close the database connection of its one thread, which has nothing left to write."""
    await receiver._store(receiver._throttle.take_all_counts(now=MOMENT))
    await receiver._in_thread(connections.close_all)


async def tell(receiver: WebhookReceiver, name: str) -> int:
    answer = await receiver.answer(
        Incoming(
            method="POST",
            path="/payments/late/notify",
            parameters={"provider": "late"},
            query=b"",
            headers={},
            body=name.encode(),
            whom="",
            receive=still_here,
        )
    )
    assert isinstance(answer, Response)
    return answer.status_code


def statuses(count: int) -> list[int]:
    async def tell_all() -> list[int]:
        receiver = WebhookReceiver(threads=ThreadPoolExecutor(1))
        found = await asyncio.gather(*(tell(receiver, f"m{number}") for number in range(count)))
        await close_connections(receiver)
        await receiver.stop()
        return list(found)

    return asyncio.run(tell_all())


def test_the_first_one_after_a_start_is_not_refused(provider: type[LateKeyProvider]) -> None:
    assert statuses(1) == [provider().acknowledge(accepted=True)[0]]
    assert len(provider.waited) == 1


def test_one_whose_key_does_not_come_is_refused(provider: type[LateKeyProvider]) -> None:
    provider.comes = False
    assert statuses(1) == [provider().acknowledge(accepted=False)[0]]


def test_strangers_who_name_unknown_keys_hold_few_places(provider: type[LateKeyProvider]) -> None:
    provider.comes = False
    assert set(statuses(AWAITING_MAX + 20)) == {provider().acknowledge(accepted=False)[0]}
    assert len(provider.waited) == AWAITING_MAX
