"""What phones send over a real socket besides what is refused: in which form, and how late."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from time import sleep

import psycopg
import pytest
from django.utils import timezone

from tests.factories.sgp22 import ADDRESS
from tests.fakes.tiny_card import TinyCard, one, sign, split, tlv
from tests.processes import wait_for
from tests.scenario.smdp.asking import Asked, a_card, asked_server

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def server() -> Iterator[Asked]:
    with asked_server("phones") as running:
        yield running


@pytest.fixture
def asked(server: Asked) -> Asked:
    return replace(server, card=TinyCard(server.world))


def test_a_notification_that_arrives_is_answered_204_whatever_it_holds(asked: Asked) -> None:
    nonsense = asked.card.notification_body(tlv("30", sign(asked.world.card.key, b"")))
    assert asked.notified(nonsense) == (204, b"")
    in_lines = json.loads(nonsense)["pendingNotification"].rstrip("=")
    in_lines = "".join(f"{in_lines[at : at + 64]}\r\n" for at in range(0, len(in_lines), 64))
    assert asked.notified(json.dumps({"pendingNotification": in_lines}).encode()) == (204, b"")


@pytest.mark.parametrize("body", [b"", b"{}", b'{"pendingNotification":"?"}'])
def test_a_notification_that_does_not_arrive_is_to_be_sent_again(asked: Asked, body: bytes) -> None:
    status, answer = asked.notified(body)
    assert status == 400
    assert json.loads(answer)["header"]["functionExecutionStatus"]["status"] == "Failed"


@pytest.mark.parametrize(
    ("port", "codes"), [("", "ok"), (":443", "ok"), (":444", "8.8.1/3.8"), (":", "8.8.1/3.8")]
)
def test_an_address_without_a_port_is_that_of_https(asked: Asked, port: str, codes: str) -> None:
    asked.card.address = ADDRESS + port
    assert asked.heard("initiateAuthentication", asked.card.initiate_body()) == codes


def test_ten_wrong_codes_lock_an_order(asked: Asked) -> None:
    heards = []
    for code in [f"{number:04}" for number in range(10)] + ["4711"]:
        package = asked.agreement("to be locked", code=code)
        heards.append(asked.heard("getBoundProfilePackage", package))
    assert heards == ["8.2.7/3.8"] * 10 + ["8.2.7/6.4"]
    assert asked.heard("authenticateClient", asked.proof("to be locked")) == "8.8.5/6.4"


def test_a_card_that_expires_reports_the_deletion_for_which_the_next_one_waits(
    asked: Asked,
) -> None:
    with psycopg.connect(asked.database, autocommit=True) as database:
        soon = timezone.now() + timedelta(seconds=6)
        brief = a_card(asked.world.eum, not_after=soon)
        asked.card.world = replace(asked.world, card=brief)
        agreement = asked.agreement("again once deleted")
        asked.card.install(asked.post("getBoundProfilePackage", agreement))
        iccid = split(one(asked.card.metadata, "BF25"))[0][1]
        while timezone.now() < soon + timedelta(seconds=1):
            sleep(0.2)
        assert asked.heard("authenticateClient", asked.proof("good")) == "8.1.3/6.3"
        for report in (
            asked.card.installation_result(),
            asked.card.other_notification(3, iccid=iccid),
        ):
            assert asked.notified(asked.card.notification_body(report)) == (204, b"")
        wait_for(lambda: _deletions(database) == 1, what="the deletion to be applied")
    next_one = replace(asked, card=TinyCard(asked.world))
    assert next_one.heard("authenticateClient", next_one.proof("again once deleted")) == "ok"


def _deletions(database: "psycopg.Connection[tuple[int]]") -> int:
    sql = "SELECT count(*) FROM rsp_downloadorder WHERE deleted_at IS NOT NULL"
    row = database.execute(sql).fetchone()
    return row[0] if row else 0
