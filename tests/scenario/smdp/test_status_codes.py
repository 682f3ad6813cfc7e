"""Each subject and reason of ES9+ is answered by a running server, over a real socket.

Sources of the table: SGP.22 sections 5.6.1 to 5.6.5, and what public clients expect.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from tests.factories.sgp22 import (
    NOW,
    Holder,
    World,
    an_eum_wanted,
    certify,
)
from tests.fakes.tiny_card import TinyCard, b64, tlv
from tests.scenario.smdp.asking import (
    CURVE,
    Asked,
    a_card,
    asked_server,
    lasting,
)

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(300)]
PAST = NOW - timedelta(days=1)
TABLE = """
initiateAuthentication   8.8.1/3.8 8.8.2/3.1 8.8.3/3.1 8.8.4/3.7
authenticateClient       8.1.2/6.1 8.1.2/6.3 8.1.3/6.1 8.1.3/6.3 8.1/6.1 8.1/4.8 8.11.1/3.9
authenticateClient       8.10.1/3.9 8.2.6/3.8 8.1.1/3.8 8.2/1.2 8.2.5/4.3 8.8.5/4.10 8.8.5/6.4
getBoundProfilePackage   8.1/6.1 8.10.1/3.9 8.2/3.7 8.2.7/2.2 8.2.7/3.8 8.2.7/6.4 8.8.5/4.10
cancelSession            8.10.1/3.9 8.1/6.1 8.8/3.10
"""
# What the standard has and this server never answers, with the reason: nothing.
NEVER: set[tuple[str, str]] = set()


def initiating(**changes: Any) -> Callable[[Asked], tuple[str, bytes]]:
    def ask(asked: Asked) -> tuple[str, bytes]:
        for attribute, value in changes.items():
            setattr(asked.card, attribute, value)
        return "initiateAuthentication", asked.card.initiate_body()

    return ask


def naming(*, verifies: str, signs: str) -> Callable[[Asked], tuple[str, bytes]]:
    """Begin with a card that trusts one CI and has a certificate under another."""

    def ask(asked: Asked) -> tuple[str, bytes]:
        ids = {"ours": asked.world.ci.key_id, "another": asked.other.ci.key_id}
        info = tlv(
            "BF20",
            tlv("82", bytes([2, 2, 0])),
            tlv("A9", tlv("04", ids[verifies])),
            tlv("AA", tlv("04", ids[signs])),
        )
        body = json.loads(asked.card.initiate_body()) | {"euiccInfo1": b64(info)}
        return "initiateAuthentication", json.dumps(body).encode()

    return ask


def asking_for(order: str, **changes: Any) -> Callable[[Asked], tuple[str, bytes]]:
    def ask(asked: Asked) -> tuple[str, bytes]:
        for attribute, value in changes.items():
            setattr(asked.card, attribute, value)
        return "authenticateClient", asked.proof(order)

    return ask


def showing(
    change: Callable[[World, World], tuple[Holder, Holder]],
) -> Callable[[Asked], tuple[str, bytes]]:
    """Authenticate by a card and a maker that a change of the right ones gives."""

    def ask(asked: Asked) -> tuple[str, bytes]:
        card, eum = change(asked.world, asked.other)
        asked.card.world = replace(asked.world, card=card, eum=eum)
        return "authenticateClient", asked.proof("good")

    return ask


def an_eum(world: World, **changes: Any) -> Holder:
    return certify(lasting(an_eum_wanted(), **changes), curve=CURVE, issuer=world.ci)


def with_eum(**changes: Any) -> Callable[[World, World], tuple[Holder, Holder]]:
    def made(world: World, _other: World) -> tuple[Holder, Holder]:
        eum = an_eum(world, **changes)
        return a_card(eum), eum

    return made


def in_unknown_session(function: str) -> Callable[[Asked], tuple[str, bytes]]:
    def ask(asked: Asked) -> tuple[str, bytes]:
        body = json.loads(asked.agreement("good")) | {"transactionId": "00" * 16}
        if function == "cancelSession":
            body["cancelSessionResponse"] = json.loads(asked.card.cancel_body())[
                "cancelSessionResponse"
            ]
        if function == "authenticateClient":
            body = json.loads(asked.proof("good")) | {"transactionId": "00" * 16}
        return function, json.dumps(body).encode()

    return ask


def forged(function: str) -> Callable[[Asked], tuple[str, bytes]]:
    """Sign by another key than the certificate's."""

    def ask(asked: Asked) -> tuple[str, bytes]:
        if function == "authenticateClient":
            asked.card.world = replace(
                asked.world, card=replace(asked.world.card, key=asked.other.card.key)
            )
            return function, asked.proof("good")
        agreement = asked.agreement("good")
        true, asked.card.world = (
            asked.card.world,
            replace(asked.world, card=replace(asked.world.card, key=asked.other.card.key)),
        )
        if function == "cancelSession":
            return function, asked.card.cancel_body()
        del true, agreement
        return function, asked.card.prepare_body(asked.offer)

    return ask


def typing(order: str, code: str) -> Callable[[Asked], tuple[str, bytes]]:
    return lambda asked: ("getBoundProfilePackage", asked.agreement(order, code=code))


def with_a_second_key(asked: Asked) -> tuple[str, bytes]:
    """Ask for another package in a session that has one."""
    assert asked.heard("getBoundProfilePackage", asked.agreement("spare")) == "ok"
    return "getBoundProfilePackage", asked.card.prepare_body(asked.offer, keeps_key=False)


def too_late(asked: Asked) -> tuple[str, bytes]:
    """Ask for a package whose order has expired since it was offered."""
    agreement = asked.agreement("soon over")
    with psycopg.connect(asked.database) as database:
        expired = database.execute(
            "UPDATE rsp_downloadorder SET expires_at = now() WHERE id = "
            "(SELECT order_id FROM rsp_downloadsession ORDER BY id DESC LIMIT 1)"
        )
        assert expired.rowcount == 1
    return "getBoundProfilePackage", agreement


def with_another_oid(asked: Asked) -> tuple[str, bytes]:
    asked.agreement("with a code")
    return "cancelSession", asked.card.cancel_body(oid="2.999.11")


CASES: dict[tuple[str, str], Callable[[Asked], tuple[str, bytes]]] = {
    ("initiateAuthentication", "8.8.1/3.8"): initiating(address="elsewhere.example.com"),
    ("initiateAuthentication", "8.8.2/3.1"): naming(verifies="ours", signs="another"),
    ("initiateAuthentication", "8.8.3/3.1"): initiating(version=bytes([1, 1, 0])),
    ("initiateAuthentication", "8.8.4/3.7"): naming(verifies="another", signs="ours"),
    ("authenticateClient", "8.1.2/6.1"): showing(with_eum(roles=())),
    ("authenticateClient", "8.1.2/6.3"): showing(with_eum(not_after=PAST)),
    ("authenticateClient", "8.1.3/6.1"): showing(lambda one, two: (a_card(two.eum), one.eum)),
    ("authenticateClient", "8.1.3/6.3"): showing(
        lambda one, _: (a_card(one.eum, not_after=PAST), one.eum)
    ),
    ("authenticateClient", "8.11.1/3.9"): showing(lambda _, two: (two.card, two.eum)),
    ("authenticateClient", "8.1/6.1"): forged("authenticateClient"),
    ("authenticateClient", "8.1/4.8"): asking_for("good", free_bytes=1_000),
    ("authenticateClient", "8.10.1/3.9"): in_unknown_session("authenticateClient"),
    ("authenticateClient", "8.2.6/3.8"): asking_for("NO-SUCH-ID"),
    ("authenticateClient", "8.1.1/3.8"): asking_for("for another"),
    ("authenticateClient", "8.2/1.2"): asking_for("not released"),
    ("authenticateClient", "8.2.5/4.3"): asking_for("kept", rules=tlv("99", bytes.fromhex("0520"))),
    ("authenticateClient", "8.8.5/4.10"): asking_for("expired"),
    ("authenticateClient", "8.8.5/6.4"): asking_for("too often"),
    ("getBoundProfilePackage", "8.1/6.1"): forged("getBoundProfilePackage"),
    ("getBoundProfilePackage", "8.10.1/3.9"): in_unknown_session("getBoundProfilePackage"),
    ("getBoundProfilePackage", "8.2/3.7"): with_a_second_key,
    ("getBoundProfilePackage", "8.2.7/2.2"): typing("with a code", ""),
    ("getBoundProfilePackage", "8.2.7/3.8"): typing("with a code", "4712"),
    ("getBoundProfilePackage", "8.2.7/6.4"): typing("locked", "4711"),
    ("cancelSession", "8.10.1/3.9"): in_unknown_session("cancelSession"),
    ("cancelSession", "8.1/6.1"): forged("cancelSession"),
    ("cancelSession", "8.8/3.10"): with_another_oid,
    ("getBoundProfilePackage", "8.8.5/4.10"): too_late,
}


@pytest.fixture(scope="module")
def server() -> Iterator[Asked]:
    with asked_server("codes") as running:
        yield running


@pytest.fixture
def asked(server: Asked) -> Asked:
    return replace(server, card=TinyCard(server.world))


@pytest.mark.parametrize(("function", "codes"), CASES)
def test_a_refusal_has_its_codes(asked: Asked, function: str, codes: str) -> None:
    called, body = CASES[function, codes](asked)
    assert called == function
    assert asked.heard(function, body) == codes


def test_the_cases_are_the_table() -> None:
    lines = [line.split() for line in TABLE.strip().splitlines()]
    table = {(function, codes) for function, *all_codes in lines for codes in all_codes}
    assert {*CASES} | NEVER == table
    assert not {*CASES} & NEVER


def test_what_is_right_is_not_refused(asked: Asked) -> None:
    assert asked.heard("cancelSession", cancelled(asked)) == "ok"


def cancelled(asked: Asked) -> bytes:
    asked.agreement("with a code", code="4711")
    return asked.card.cancel_body()
