"""The scope of a request shows the person's address, whoever forwarded it."""

from typing import Any

import pytest

from limosa.foundation.addresses import read_networks
from limosa.servers.proxies import TrustedProxies

PROXY, STRANGER, PERSON = "127.0.0.1", "198.51.100.4", "203.0.113.7"


def scope(peer: str, **headers: str) -> dict[str, Any]:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    pairs = [(name.encode(), value.encode()) for name, value in names.items()]
    return {"client": (peer, 4711), "headers": pairs}


def proxies(trusted: str = PROXY, header: str = "x-forwarded-for") -> TrustedProxies:
    return TrustedProxies(read_networks(trusted), header=header)


def test_a_trusted_proxy_is_believed() -> None:
    seen = proxies().see_through(scope(PROXY, x_forwarded_for=PERSON))
    assert seen["client"] == (PERSON, 4711)


@pytest.mark.parametrize("trusted", ["", "192.0.2.0/24"])
def test_anybody_else_is_not_believed(trusted: str) -> None:
    seen = proxies(trusted).see_through(scope(STRANGER, x_forwarded_for=PERSON))
    assert seen["client"] == (STRANGER, 4711)


def test_only_the_header_that_was_set_is_read() -> None:
    made_up = scope(PROXY, forwarded="for=1.1.1.1", x_forwarded_for=PERSON)
    assert proxies().see_through(made_up)["client"] == (PERSON, 4711)
    other_way = scope(PROXY, forwarded=f"for={PERSON}", x_forwarded_for="1.1.1.1")
    assert proxies(header="forwarded").see_through(other_way)["client"] == (PERSON, 4711)


def test_a_stranger_cannot_say_that_it_came_by_https() -> None:
    said = scope(STRANGER, x_forwarded_proto="https")
    assert proxies().see_through(said)["headers"] == []
    through = scope(PROXY, x_forwarded_proto="https")
    assert proxies().see_through(through)["headers"] == [(b"x-forwarded-proto", b"https")]


def counted_as(peer: str, **headers: str) -> str:
    its = proxies()
    return its.counted_as(its.see_through(scope(peer, **headers)))


def test_what_is_held_open_is_counted_by_the_person_and_never_by_the_proxy() -> None:
    assert counted_as(PROXY, x_forwarded_for=PERSON) == PERSON
    assert counted_as(STRANGER, x_forwarded_for=PERSON) == STRANGER
    assert counted_as(PROXY) == ""
    assert counted_as("2001:db8:1:2:3::4") == counted_as("2001:db8:1:2:ffff::5")
    assert proxies().counted_as({"headers": []}) == ""
