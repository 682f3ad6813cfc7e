"""Live events: a stream begins with the present, follows every change, and ends with the last."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from django.db import connection

from limosa.domain.esims.changes import watch_esim_path
from limosa.domain.ordering.changes import announce_order, watch_path
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.watching import CHANNEL, watch_token
from limosa.servers import events
from limosa.servers.endpoints.order_events import order_snapshot
from limosa.servers.endpoints.watched import permitted_topic, snapshot
from limosa.servers.events import EventHub, Snapshot
from tests.factories.esims import make_esim
from tests.factories.ordering import make_order
from tests.machines import Answer, Machines

TOPIC = "order:L-TEST"


def run(scene: Callable[[EventHub, dict[str, Snapshot]], Coroutine[Any, Any, None]]) -> None:
    """Play a scene with a hub on the test database and topics that the scene sets."""
    parameters = connection.get_connection_params()
    wanted = {"dbname", "user", "password", "host", "port"}
    topics: dict[str, Snapshot] = {}

    async def play() -> None:
        hub = EventHub(
            channel=CHANNEL,
            connection_parameters={k: v for k, v in parameters.items() if k in wanted},
            look=topics.get,
        )
        hub.start()
        try:
            await asyncio.wait_for(scene(hub, topics), 20)
        finally:
            await hub.stop()

    asyncio.run(play())


def say(state: str, *, is_final: bool = False) -> Snapshot:
    return Snapshot(data={"state": state}, is_final=is_final)


async def notify(*topics: str) -> None:
    def send() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps({"topics": topics})])
        connection.close()

    await asyncio.to_thread(send)


async def listening(hub: EventHub, topics: dict[str, Snapshot]) -> None:
    """Wait until the hub hears notifications."""
    topics["probe"] = say("0")
    async with hub.stream("probe") as messages:
        assert messages is not None
        await anext(messages), await anext(messages)
        heard = asyncio.ensure_future(anext(messages))
        turn = 0
        while not heard.done():
            turn += 1
            topics["probe"] = say(str(turn))
            await notify("probe")
            await asyncio.wait({heard}, timeout=0.1)


async def rest(messages: AsyncIterator[bytes]) -> str:
    return b"".join([message async for message in messages]).decode()


@pytest.mark.django_db(transaction=True)
def test_a_stream_begins_with_the_present_and_ends_after_the_last_state() -> None:
    async def scene(hub: EventHub, topics: dict[str, Snapshot]) -> None:
        await listening(hub, topics)
        topics[TOPIC] = say("placed")
        async with hub.stream(TOPIC) as messages:
            assert messages is not None
            assert await anext(messages) == b"retry: 2000\n\n"
            assert await anext(messages) == b'event: changed\ndata: {"state": "placed"}\n\n'
            topics[TOPIC] = say("paid")
            await notify(TOPIC)
            assert await anext(messages) == b'event: changed\ndata: {"state": "paid"}\n\n'
            topics[TOPIC] = say("fulfilled", is_final=True)
            await notify(TOPIC)
            assert await rest(messages) == (
                'event: changed\ndata: {"state": "fulfilled"}\n\nevent: end\ndata: {}\n\n'
            )

    run(scene)


@pytest.mark.django_db(transaction=True)
def test_a_stream_of_something_finished_says_so_and_ends() -> None:
    async def scene(hub: EventHub, topics: dict[str, Snapshot]) -> None:
        topics[TOPIC] = say("refunded", is_final=True)
        async with hub.stream(TOPIC) as messages:
            assert messages is not None
            assert (await rest(messages)).endswith("event: end\ndata: {}\n\n")

    run(scene)


@pytest.mark.django_db(transaction=True)
def test_a_notification_that_changes_nothing_is_not_sent_on() -> None:
    async def scene(hub: EventHub, topics: dict[str, Snapshot]) -> None:
        await listening(hub, topics)
        topics[TOPIC] = say("placed")
        async with hub.stream(TOPIC) as messages:
            assert messages is not None
            await anext(messages), await anext(messages)
            waiting = asyncio.ensure_future(anext(messages))
            for payload in (TOPIC, TOPIC, "order:other"):
                await notify(payload)
            done, _ = await asyncio.wait({waiting}, timeout=0.3)
            assert not done
            waiting.cancel()

    run(scene)


@pytest.mark.django_db(transaction=True)
def test_after_the_connection_broke_a_missed_change_is_made_up_for() -> None:
    async def scene(hub: EventHub, topics: dict[str, Snapshot]) -> None:
        await listening(hub, topics)
        topics[TOPIC] = say("placed")
        async with hub.stream(TOPIC) as messages:
            assert messages is not None
            await anext(messages), await anext(messages)
            topics[TOPIC] = say("paid")
            await asyncio.to_thread(end_listeners)
            assert await anext(messages) == b'event: changed\ndata: {"state": "paid"}\n\n'

    def end_listeners() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
                " AND datname = current_database()"
            )
        connection.close()

    run(scene)


class Quiet:
    """A connection that hears nothing, and then breaks."""

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, *_error: object) -> None:
        return None

    async def execute(self, _statement: str) -> None:
        return None

    async def notifies(self) -> AsyncIterator[object]:
        for nothing in list[object]():
            yield nothing


def test_an_outage_is_said_once_and_so_is_its_end(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Twice: what is over may come again."""
    monkeypatch.setattr(events, "RECONNECT_SECONDS", 0)
    hub = EventHub(channel=CHANNEL, connection_parameters={}, look=dict[str, Snapshot]().get)
    away, tries = psycopg.OperationalError("connection refused"), iter([*"xxx.xxx.."])

    async def connect(**_parameters: object) -> Quiet:
        step = next(tries, None)
        if step is None:
            raise asyncio.CancelledError
        if step == "x":
            raise away
        return Quiet()

    monkeypatch.setattr(psycopg.AsyncConnection, "connect", connect)

    async def play() -> None:
        hub.start()
        assert hub._listener
        with suppress(asyncio.CancelledError):
            await hub._listener
        await hub.stop()

    asyncio.run(play())
    interrupted, goes_on = "Listening for events was interrupted: ", "Listening for events goes on."
    assert caplog.messages == [f"{interrupted}connection refused", goes_on] * 2


@pytest.mark.django_db(transaction=True)
def test_a_quiet_stream_is_kept_alive_by_comments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_SECONDS", 0.05)

    async def scene(hub: EventHub, topics: dict[str, Snapshot]) -> None:
        topics[TOPIC] = say("placed")
        async with hub.stream(TOPIC) as messages:
            assert messages is not None
            await anext(messages), await anext(messages)
            assert await anext(messages) == b": still here\n\n"

    run(scene)


@pytest.mark.django_db(transaction=True)
def test_closing_the_hub_ends_every_stream_and_lets_no_new_one_in() -> None:
    async def scene(hub: EventHub, topics: dict[str, Snapshot]) -> None:
        topics[TOPIC] = say("placed")
        async with hub.stream(TOPIC) as messages:
            assert messages is not None
            await anext(messages), await anext(messages)
            hub.close_streams()
            assert await rest(messages) == ""
            assert hub.is_full

    run(scene)


@pytest.mark.django_db(transaction=True)
def test_an_order_is_announced_when_its_transaction_is_committed() -> None:
    order = make_order()
    topic = permitted_topic(*address(order.number))
    assert topic is not None
    assert order_snapshot(topic) == say("placed")

    async def scene(hub: EventHub, topics: dict[str, Snapshot]) -> None:
        await listening(hub, topics)
        topics[topic] = say("placed")
        async with hub.stream(topic) as messages:
            assert messages is not None
            await anext(messages), await anext(messages)
            topics[topic] = say("paid")
            await asyncio.to_thread(announce)
            assert b"paid" in await anext(messages)

    def announce() -> None:
        announce_order(order.number)
        connection.close()

    run(scene)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("state", OrderState)
def test_an_order_has_said_all_when_it_is_fulfilled_refunded_or_cancelled(
    state: OrderState,
) -> None:
    order: Order = make_order(state=state)
    snapshot = order_snapshot(f"order:{order.number}")
    assert snapshot == say(state, is_final=state in {"fulfilled", "refunded", "cancelled"})


def address(number: str) -> tuple[str, str]:
    path, _, token = watch_path(number).partition("?t=")
    return path, token


def test_an_address_gives_the_right_to_its_own_order_only() -> None:
    path, token = address("L-AAAA")
    assert permitted_topic(path, token) == "order:L-AAAA"
    assert permitted_topic("/events/orders/L-BBBB", token) is None
    assert permitted_topic(path, token + "x") is None
    assert permitted_topic(path, "") is None


def test_an_esims_address_gives_the_right_to_it_and_to_no_order() -> None:
    path, _, token = watch_esim_path("E1").partition("?t=")
    assert permitted_topic(path, token) == "esim:E1"
    assert permitted_topic("/events/esims/E2", token) is None
    assert permitted_topic("/events/orders/E1", token) is None


@pytest.mark.parametrize("topic", ["other:E1", "E1", ""])
def test_of_other_things_there_is_nothing_to_watch(topic: str) -> None:
    assert permitted_topic("/events/esims/E1", watch_token(topic)) is None


@pytest.mark.django_db(transaction=True)
def test_each_topic_is_looked_up_where_it_belongs() -> None:
    esim, order = make_esim(), make_order()
    seen = snapshot(f"esim:{esim.public_id}")
    assert seen is not None
    assert seen.data == {"state": "installed"}
    assert snapshot(f"order:{order.number}") == order_snapshot(f"order:{order.number}")
    assert snapshot("other:E1") is None


def ask(
    machines: Machines, path: str, *, method: str = "GET", query: str = "", host: str = "testserver"
) -> Answer:
    return machines.ask(method, path, query=query.encode(), headers={"host": host})


def test_requests_that_cannot_be_served_get_their_status(machines: Machines) -> None:
    path, token = address("L-AAAA")
    refused = ask(machines, path, method="POST")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert ask(machines, path).status_code == 403
    assert ask(machines, "/events/orders/L-BBBB", query=f"t={token}").status_code == 403
    assert ask(machines, path, query=f"t={token}").status_code == 404
    machines.hub.close_streams()
    assert ask(machines, path, query=f"t={token}").status_code == 503


def test_a_head_is_answered_without_a_stream(machines: Machines) -> None:
    machines.looked["order:L-AAAA"] = say("paid")
    path, token = address("L-AAAA")
    answer = ask(machines, path, method="HEAD", query=f"t={token}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"


@pytest.mark.parametrize("host", ["evil.example", "", "[::1", "a\nb"])
def test_nothing_is_told_at_another_host(
    host: str, machines: Machines, caplog: pytest.LogCaptureFixture
) -> None:
    path, token = address("L-AAAA")
    answer = ask(machines, path, query=f"t={token}", host=host)
    assert answer.status_code == 400
    assert answer.content == b"This service does not answer at this address.\n"
    (line,) = caplog.records
    assert line.exc_info is None
    assert "\n" not in line.message
