"""The supplier `es2plus` orders from our own SM-DP+ over mutual TLS, and hears of the download."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from limosa.domain.connectivity.answers import (
    CancelAnswer,
    Delivered,
    Failure,
    Refused,
    SupplyAnswer,
    SupplyHandle,
    SupplyRequest,
)
from limosa.domain.connectivity.suppliers.es2plus.adapter import Es2PlusSupplier
from limosa.domain.connectivity.suppliers.es2plus.wire import ORDER
from limosa.domain.esims.engine.installation_life import InstallationState
from limosa.foundation.errors import ProviderError
from limosa.simulators.virtual_phone.command import main as run_phone
from tests.factories import MOMENT
from tests.fakes.es2plus import es2plus_at
from tests.fakes.receiver import Receiver, receiving
from tests.processes import LIMOSA, Process, wait_for
from tests.scenario.smdp.operators import Authority
from tests.scenario.smdp.servers import OrderingSmdp, ordering_smdp

pytestmark = pytest.mark.enable_socket
NAME = "localhost"
KEY = "a-long-random-text-for-these-tests"


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as it:
        yield it


@pytest.fixture(scope="module")
def smdp(receiver: Receiver) -> Iterator[OrderingSmdp]:
    told = receiver.url.replace("//", f"//es2plus:{KEY}@")
    with (
        ordering_smdp(
            "es2plus-supplier",
            fqdn=NAME,
            is_with_worker=True,
            LIMOSA_SMDP_PROGRESS_URLS=f"1.2.3={told}/here",
        ) as running,
        Process(  # It knows no operators, and leaves them to the other one.
            [*LIMOSA, "worker"],
            environment=running.stack.environment,
            log=running.stack.logs / "bystander.log",
        ) as bystander,
    ):
        bystander.wait_until_said("worker: ready")
        yield running
        assert bystander.is_alive, bystander.said


def supplier_of(smdp: OrderingSmdp, by: Authority | None = None, **given: Any) -> Es2PlusSupplier:
    certificate, key = (by or smdp.operators).issue("limosa", smdp.folder)
    return es2plus_at(
        f"https://{NAME}:{smdp.es2plus_port}",
        certificate=str(certificate),
        key=str(key),
        ca=str(smdp.folder / "pki" / "ci.pem"),
        repeats_safely=True,
        callback_key=KEY,
        **given,
    )


@pytest.fixture(scope="module")
def supplier(smdp: OrderingSmdp) -> Es2PlusSupplier:
    smdp.stock(8)
    return supplier_of(smdp)


def order(supplier: Es2PlusSupplier, number: str, kind: str = "travel") -> SupplyAnswer:
    return supplier.order(SupplyRequest(number=number, plan_code=kind))


def install(smdp: OrderingSmdp, code: str) -> None:
    where = ["--phones", str(smdp.folder / "phones"), "--pki", str(smdp.folder / "pki")]
    run_phone(["install", code, "--connect", f"127.0.0.1:{smdp.port}", *where])


def test_what_was_ordered_is_installed_and_its_progress_is_told_in_order(
    smdp: OrderingSmdp, supplier: Es2PlusSupplier, receiver: Receiver
) -> None:
    answer = order(supplier, "L-INSTALLED")
    assert isinstance(answer, Delivered)
    assert answer.profile
    install(smdp, answer.profile.activation_code)
    wait_for(lambda: len(receiver.heard) == 2, what="the download's progress")
    assert receiver.users == [f"es2plus:{KEY}"] * 2
    password = base64.b64encode(receiver.users[0].encode()).decode()
    states = []
    for path, message in receiver.heard:
        assert path == "/here"
        callback = supplier.read_callback(
            headers={"authorization": f"Basic {password}"},
            body=json.dumps(message).encode(),
            now=MOMENT,
        )
        (told,) = callback.reports
        assert told.reference == answer.reference
        states.append(told.report.state)
    assert states == [InstallationState.DOWNLOADED, InstallationState.INSTALLED]
    handle = SupplyHandle(number="L-INSTALLED", reference=answer.reference)
    assert supplier.cancel(handle) is CancelAnswer.REFUSED


def test_an_order_that_is_sent_again_is_the_same_one(
    smdp: OrderingSmdp, supplier: Es2PlusSupplier
) -> None:
    first = order(supplier, "L-TWICE")
    assert order(supplier_of(smdp), "L-TWICE") == first
    assert order(supplier, "L-OTHER") != first


def test_a_crash_between_the_two_calls_loses_no_profile(
    smdp: OrderingSmdp, supplier: Es2PlusSupplier
) -> None:
    body = supplier._order("L-CRASHED").download_order("travel")
    iccid = supplier._ask(ORDER, body).iccid
    answer = order(supplier_of(smdp), "L-CRASHED")
    assert isinstance(answer, Delivered)
    assert answer.reference == iccid


def test_what_is_cancelled_is_cancelled_once_and_for_all(
    smdp: OrderingSmdp, supplier: Es2PlusSupplier
) -> None:
    answer = order(supplier, "L-CANCELLED")
    assert isinstance(answer, Delivered)
    handle = SupplyHandle(number="L-CANCELLED", reference=answer.reference)
    assert [supplier.cancel(handle) for _ in range(2)] == [CancelAnswer.DONE] * 2
    others = [order(supplier, f"L-AFTER-{number}") for number in range(3)]
    assert answer.reference not in {one.reference for one in others if isinstance(one, Delivered)}


def test_no_such_type_is_refused(supplier: Es2PlusSupplier) -> None:
    refused = Refused(failure=Failure.ANOTHER, reason="8.2.5/3.9")
    assert order(supplier, "L-NONE", kind="unknown") == refused


def test_a_certificate_of_strangers_orders_nothing(smdp: OrderingSmdp) -> None:
    with pytest.raises(ProviderError):
        order(supplier_of(smdp, Authority.made("strangers")), "L-STRANGE")


def test_a_server_that_is_not_trusted_is_told_nothing(
    smdp: OrderingSmdp, supplier: Es2PlusSupplier
) -> None:
    other_ca = Authority.made("others").write(smdp.folder)
    certificate, key = smdp.operators.issue("limosa", smdp.folder)
    stranger = es2plus_at(
        f"https://{NAME}:{smdp.es2plus_port}",
        certificate=str(certificate), key=str(key), ca=str(other_ca),
    )  # fmt: skip
    assert order(stranger, "L-TLS") == Refused(failure=Failure.AGAIN, reason="not_reached")
