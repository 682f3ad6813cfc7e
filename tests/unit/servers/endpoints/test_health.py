"""Whether a process lives, and whether it can serve."""

import asyncio

import pytest
from starlette.responses import Response
from starlette.types import ASGIApp

from limosa.servers.endpoints.endpoint import Incoming
from limosa.servers.endpoints.health import Health
from tests.unit.servers.asgi import still_here

ASKED = Incoming(
    method="GET",
    path="/readyz",
    parameters={},
    query=b"",
    headers={},
    body=b"",
    whom="",
    receive=still_here,
)


def shown(answer: ASGIApp) -> tuple[int, bytes]:
    assert isinstance(answer, Response)
    return answer.status_code, bytes(answer.body)


@pytest.mark.parametrize(
    ("obstacle", "answer"), [("", (200, b"ready\n")), ("no database", (503, b"no database\n"))]
)
def test_ready_tells_what_is_in_the_way_and_alive_asks_nobody(
    obstacle: str, answer: tuple[int, bytes]
) -> None:
    asked: list[int] = []

    def find_obstacle() -> str:
        asked.append(1)
        return obstacle

    async def ask() -> None:
        health = Health(find_obstacle=find_obstacle)
        assert shown(await health.alive(ASKED)) == (200, b"alive\n")
        assert not asked
        for _ in range(3):
            assert shown(await health.ready(ASKED)) == answer
        assert len(asked) == 1, "it is looked for once in a while, however often it is asked"

    asyncio.run(ask())
