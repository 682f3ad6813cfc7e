"""However much one network sends, the threads stay open to others, and each batch ends in time."""

import asyncio
import json
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pytest_django.fixtures import Settings
from starlette.responses import Response

from limosa.domain.charging.operations.record_usage import UsageReport, UsageResult
from limosa.servers.endpoints import usage_feed
from limosa.servers.endpoints.endpoint import Incoming, RequestRefusedError
from limosa.servers.endpoints.senders import OneOfEach
from limosa.servers.endpoints.threads import ThreadsInTurn
from limosa.servers.endpoints.usage_feed import UsageFeed
from tests.unit.servers.asgi import still_here

THREADS = 2


class Counter:
    """Stands for the counting of a record: keeps the order, and waits while it is told to."""

    def __init__(self) -> None:
        self.counted: list[str] = []
        self.began, self.may_go_on = threading.Event(), threading.Event()
        self.at_work = self.at_work_max = 0
        self._lock = threading.Lock()

    def record_usage(self, *, reports: list[UsageReport], **_: Any) -> list[UsageResult]:
        [report] = reports
        is_greedy = report.record_id.startswith("greedy")
        with self._lock:
            self.counted.append(report.record_id)
            self.at_work += is_greedy
            self.at_work_max = max(self.at_work_max, self.at_work)
        self.began.set()
        if is_greedy:
            assert self.may_go_on.wait(20)
        with self._lock:
            self.at_work -= is_greedy
        return [UsageResult(record_id=report.record_id, status="recorded")]


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Counter:
    settings.USAGE_FEED_KEY = "secret"
    counter = Counter()
    monkeypatch.setattr(usage_feed, "record_usage", counter.record_usage)
    return counter


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(THREADS) as threads:
        yield threads


def batch(whom: str, *, records: int) -> Incoming:
    row = {
        "iccid": "8901",
        "started_at": "2026-11-22T17:02:00Z",
        "ended_at": "2026-11-22T17:03:00Z",
        "uplink_bytes": 1,
        "downlink_bytes": 1,
    }
    rows = [row | {"record_id": f"{whom}-{number}"} for number in range(records)]
    return Incoming(
        method="POST",
        path="/feeds/usage",
        parameters={},
        query=b"",
        headers={"authorization": "Bearer secret", "content-type": "application/json"},
        body=json.dumps({"feed": "own", "records": rows}).encode(),
        whom=whom,
        receive=still_here,
    )


async def send(feed: UsageFeed, whom: str, *, records: int = 1) -> tuple[int, Any]:
    answer = await feed.answer(batch(whom, records=records))
    assert isinstance(answer, Response)
    return answer.status_code, json.loads(bytes(answer.body))


def run(what: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(what, 30))


def test_of_one_sender_s_batches_one_is_at_work_and_others_go_on_meanwhile(
    counter: Counter, threads: ThreadPoolExecutor
) -> None:
    async def course() -> None:
        feed = UsageFeed(threads=ThreadsInTurn(threads, count=THREADS))
        greedy = [asyncio.create_task(send(feed, "greedy", records=3)) for _ in range(12)]
        await asyncio.sleep(0)
        try:
            assert (await asyncio.wait_for(send(feed, "other"), 10))[0] == 200
            assert not any(task.done() for task in greedy)
        finally:
            counter.may_go_on.set()
        assert [(await task)[0] for task in greedy] == [200] * 12

    run(course())
    assert counter.at_work_max == 1
    assert len(counter.counted) == 12 * 3 + 1


def test_a_long_batch_gives_its_thread_to_others_in_between(
    counter: Counter, threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usage_feed, "PART_SECONDS_MAX", 0)

    async def course() -> None:
        feed = UsageFeed(threads=ThreadsInTurn(threads, count=1))
        greedy = asyncio.create_task(send(feed, "greedy", records=50))
        await asyncio.to_thread(counter.began.wait, 20)
        other = asyncio.create_task(send(feed, "other"))
        await asyncio.sleep(0)
        counter.may_go_on.set()
        assert ((await other)[0], (await greedy)[0]) == (200, 200)

    run(course())
    assert counter.counted.index("other-0") <= 2


def test_what_there_was_no_time_for_is_not_counted_and_the_answer_tells_which(
    counter: Counter, threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usage_feed, "PART_SECONDS_MAX", 0)
    monkeypatch.setattr(usage_feed, "BATCH_SECONDS_MAX", 0)
    counter.may_go_on.set()
    feed = UsageFeed(threads=ThreadsInTurn(threads, count=1))
    status, said = asyncio.run(send(feed, "greedy", records=3))
    assert (status, said["error"]["code"]) == (503, "out_of_time")
    assert [one["record_id"] for one in said["results"]] == ["greedy-0"] == counter.counted


def test_who_waits_long_for_their_own_turn_is_told_that_nothing_was_begun() -> None:
    async def course() -> None:
        senders = OneOfEach(wait_seconds_max=0.01)
        async with senders.turn_of("a", receive=still_here):
            with pytest.raises(RequestRefusedError) as refused:
                async with senders.turn_of("a", receive=still_here):
                    raise AssertionError
            assert refused.value.refusal.code == "busy"
            async with senders.turn_of("b", receive=still_here):
                pass
        async with senders.turn_of("a", receive=still_here):
            pass

    run(course())
