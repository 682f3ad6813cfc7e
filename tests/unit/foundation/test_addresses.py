"""Whom a request came from, behind proxies that we trust."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.foundation.addresses import (
    forwarded_hops,
    household,
    read_address,
    read_networks,
    real_address,
    x_forwarded_for_hops,
)

TRUSTED = read_networks("127.0.0.1, 10.0.0.0/8, fd00::/8")
ADDRESSES = st.one_of(st.ip_addresses(v=4).map(str), st.ip_addresses(v=6).map(str))


@pytest.mark.parametrize(
    ("peer", "hops", "expected"),
    [
        ("127.0.0.1", ["203.0.113.7"], "203.0.113.7"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["203.0.113.7", "10.1.2.3"], "203.0.113.7"),
        ("127.0.0.1", ["1.1.1.1", "203.0.113.7"], "203.0.113.7"),
        ("203.0.113.9", ["1.1.1.1"], "203.0.113.9"),
        ("::ffff:127.0.0.1", ["203.0.113.7"], "203.0.113.7"),
        ("127.0.0.1", ["203.0.113.7:4711"], "203.0.113.7"),
        ("127.0.0.1", ["[2001:db8::1]:4711"], "2001:db8::1"),
        ("127.0.0.1", ["2001:DB8::1"], "2001:db8::1"),
        ("127.0.0.1", ["203.0.113.7", "unknown"], "127.0.0.1"),
        ("127.0.0.1", ["203.0.113.7", ""], "127.0.0.1"),
        ("127.0.0.1", ["10.0.0.1", "10.0.0.2"], "10.0.0.1"),
        ("not an address", ["203.0.113.7"], "not an address"),
    ],
)
def test_the_first_untrusted_address_from_the_right_is_the_persons(
    peer: str, hops: list[str], expected: str
) -> None:
    assert real_address(peer, hops, trusted=TRUSTED) == expected


@given(made_up=st.lists(st.text(max_size=20)), genuine=ADDRESSES)
def test_what_a_client_makes_up_changes_nothing(made_up: list[str], genuine: str) -> None:
    alone = real_address("127.0.0.1", [genuine], trusted=read_networks("127.0.0.1"))
    hops = [*made_up, genuine]
    if genuine != "127.0.0.1":
        assert real_address("127.0.0.1", hops, trusted=read_networks("127.0.0.1")) == alone


@given(peer=ADDRESSES, hops=st.lists(ADDRESSES))
def test_without_trusted_proxies_the_sockets_address_counts(peer: str, hops: list[str]) -> None:
    assert real_address(peer, hops, trusted=()) == str(read_address(peer))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["for=192.0.2.43"], ["192.0.2.43"]),
        (['For="[2001:db8:cafe::17]:4711"'], ["[2001:db8:cafe::17]:4711"]),
        (["for=192.0.2.60;proto=http;by=203.0.113.43"], ["192.0.2.60"]),
        (["for=192.0.2.43, for=198.51.100.17"], ["192.0.2.43", "198.51.100.17"]),
        (["for=192.0.2.43", "for=198.51.100.17"], ["192.0.2.43", "198.51.100.17"]),
        (["for=_hidden, for=unknown"], ["_hidden", "unknown"]),
        (['by="a, for=1.1.1.1", for=192.0.2.1'], ["", "192.0.2.1"]),
        (["proto=https"], [""]),
        (["for=1.1.1.1 for=2.2.2.2"], [""]),
        (['for="1.1.1.1'], [""]),
    ],
)
def test_forwarded_is_read_as_rfc_7239_writes_it(values: list[str], expected: list[str]) -> None:
    assert forwarded_hops(values) == expected


@given(st.lists(st.text(max_size=60)))
def test_no_header_breaks_the_reading(values: list[str]) -> None:
    for hops in (forwarded_hops(values), x_forwarded_for_hops(values)):
        real_address("127.0.0.1", hops, trusted=TRUSTED)


@pytest.mark.parametrize("text", ["127.0.0.1/33", "example.com", "10.0.0.1/8"])
def test_a_network_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"network|bits"):
        read_networks(text)


def test_one_customer_is_an_ipv4_address_or_half_an_ipv6_one() -> None:
    assert household("192.0.2.1") == "192.0.2.1"
    assert household("::ffff:192.0.2.1") == "192.0.2.1"
    assert household("2001:db8::1:2") == household("2001:db8::ffff:0:0:9") == "2001:db8::/64"
    assert household("2001:db8:0:1::1") != household("2001:db8::1")
    assert household("a socket") == "a socket"
