"""Callbacks of wholesalers, at their addresses: TGT's are signed in their body, eSIM Access's are
not signed at all."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from limosa.domain.connectivity.kept_callbacks import unpacked
from limosa.domain.connectivity.models import KeptCallback, SupplierMessage, Supply
from limosa.domain.connectivity.registry import adapter_for
from limosa.domain.connectivity.suppliers.esim_access.adapter import EsimAccessSupplier
from limosa.domain.connectivity.suppliers.tgt.adapter import TgtSupplier
from limosa.domain.esims.models import Esim
from limosa.domain.ordering.models import OrderState
from limosa.servers.endpoints import supplier_callbacks
from tests.factories import MOMENT
from tests.factories.catalog import make_supplier
from tests.factories.connectivity import make_supply
from tests.factories.ordering import make_order
from tests.factories.payments import make_payment
from tests.fakes.tgt import CALLBACK_SECRET, callback_of, signed
from tests.machines import Machines

pytestmark = pytest.mark.django_db
NOWHERE = "http://127.0.0.1:1"
DONE = b'{"code":"0000","msg":"success"}'
ICCID = "8999240100000001234"


@pytest.fixture(autouse=True)
def _turned_on(settings: Settings) -> Iterator[None]:
    made = {"esim_access": EsimAccessSupplier, "tgt": TgtSupplier}
    settings.SUPPLIER_ADAPTERS = {
        **settings.SUPPLIER_ADAPTERS,
        **{code: f"{one.__module__}.{one.__qualname__}" for code, one in made.items()},
    }
    settings.SUPPLIER_SETTINGS = {
        **settings.SUPPLIER_SETTINGS,
        "esim_access": {"url": NOWHERE, "access_code": "a", "secret": "s"},
        "tgt": {
            "url": NOWHERE,
            "account_id": "a",
            "secret": "s",
            "callback_secret": CALLBACK_SECRET,
        },
    }
    adapter_for.cache_clear()
    yield
    adapter_for.cache_clear()


def pending(supplier: str, reference: str) -> Supply:
    order = make_order(state=OrderState.PAID)
    make_payment(order=order, state="succeeded")
    return make_supply(
        order_number=order.number,
        supplier=make_supplier(supplier),
        state="pending",
        reference=reference,
    )


def tell(machines: Machines, supplier: str, body: bytes) -> tuple[int, bytes]:
    answer = machines.post(f"/suppliers/{supplier}/callback", body)
    return answer.status_code, answer.content


def issued(number: str) -> dict[str, Any]:
    row = {
        "orderNo": "SE2026031500001234",
        "channelOrderNo": number,
        "cardInfo": {"iccid": ICCID},
        "qrCode": "LPA:1$esiminfra.toprsp.com$ACTIVATION-CODE",
    }
    return callback_of(row, 1)


def test_a_signed_callback_of_tgt_delivers_once(machines: Machines) -> None:
    supply = pending("tgt", "SE2026031500001234")
    body = signed(issued(supply.order_number), json_arrays=False)
    assert [tell(machines, "tgt", body) for _ in range(2)] == [(200, DONE)] * 2
    supply.refresh_from_db()
    assert (supply.state, supply.iccid) == ("delivered", ICCID)
    assert Esim.objects.filter(iccid=ICCID).count() == 1
    assert SupplierMessage.objects.count() == 1


def test_a_forged_one_and_one_that_is_too_early_are_not_acknowledged(machines: Machines) -> None:
    supply = pending("tgt", "SE2026031500001234")
    forged = signed(issued(supply.order_number), json_arrays=False, secret="guessed")
    early = signed({"data": {"eventType": 1, "orderInfo": {"orderNo": "SE9"}}}, json_arrays=False)
    for body, status in ((forged, 400), (early, 503)):
        answer = tell(machines, "tgt", body)
        assert (answer[0], json.loads(answer[1])["code"]) == (status, "9999")
    supply.refresh_from_db()
    assert supply.state == "pending"
    assert not SupplierMessage.objects.exists()


def notice(
    kind: str,
    reference: str,
    *,
    notify_id: str = "447602ac1e5c4bb4980f786b0c2934d6",
    status: str = "GOT_RESOURCE",
) -> bytes:
    content = {"orderNo": reference, "orderStatus": status, "iccid": ICCID}
    said = {"notifyType": kind, "notifyId": notify_id, "content": content}
    return json.dumps(said).encode()


def test_an_unsigned_one_of_esim_access_only_has_its_order_asked_for(machines: Machines) -> None:
    supply = pending("esim_access", "B1")
    before = supply.next_at
    assert tell(machines, "esim_access", notice("ORDER_STATUS", "B1"))[0] == 200
    supply.refresh_from_db()
    assert supply.state == "pending"
    assert before is not None
    assert supply.next_at is not None
    assert supply.next_at != before
    assert SupplierMessage.objects.get().result == "asked"


def test_of_a_flood_of_unsigned_ones_few_are_kept_and_all_may_make_us_ask(
    machines: Machines, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supplier_callbacks, "monotonic", lambda: 1000.0)
    supply, other = pending("esim_access", "B1"), pending("esim_access", "B2")
    answers = {
        tell(machines, "esim_access", notice("DATA_USAGE", "B1", notify_id=f"N{turn:015}"))[0]
        for turn in range(60)
    }
    assert answers == {200}
    assert KeptCallback.objects.count() == 20
    messages = SupplierMessage.objects.filter(order_number=supply.order_number)
    assert messages.count() == 20
    assert SupplierMessage.objects.count() == 40  # As many about the eSIM, which is none of ours.
    Supply.objects.update(next_at=MOMENT)
    assert tell(machines, "esim_access", notice("ORDER_STATUS", "B1"))[0] == 200
    supply.refresh_from_db()
    assert supply.next_at != MOMENT
    assert caplog.messages == ["unsigned callbacks beyond those that are kept: esim_access 1"]
    assert tell(machines, "esim_access", notice("ORDER_STATUS", "B2"))[0] == 200
    assert KeptCallback.objects.filter(order_numbers=[other.order_number]).count() == 1


def test_of_an_unsigned_one_that_is_longer_than_theirs_are_only_the_result_is_kept(
    machines: Machines,
) -> None:
    pending("esim_access", "B1")
    body = notice("ORDER_STATUS", "B1")
    assert tell(machines, "esim_access", body + b" " * 8 * 1024)[0] == 200
    assert tell(machines, "esim_access", body)[0] == 200
    contents = KeptCallback.objects.order_by("id").values_list("content", flat=True)
    assert [content is None for content in contents] == [True, False]
    assert SupplierMessage.objects.count() == 2


def test_a_forger_who_knows_the_next_id_takes_nobodys_place(machines: Machines) -> None:
    pending("esim_access", "B1")
    forged = notice("ORDER_STATUS", "B1", notify_id="N0000000000013", status="CANCEL")
    genuine = notice("ORDER_STATUS", "B1", notify_id="N0000000000013")
    for body in (forged, genuine, genuine):
        assert tell(machines, "esim_access", body)[0] == 200
    kept = [unpacked(one.content or b"").body for one in KeptCallback.objects.order_by("id")]
    assert kept == [forged, genuine]
    ids = set(KeptCallback.objects.values_list("message_id", flat=True))
    assert set(SupplierMessage.objects.values_list("message_id", flat=True)) == ids
    assert {one.partition(" ")[0] for one in ids} == {"N0000000000013"}


def test_what_names_no_order_of_ours_leaves_no_trace(machines: Machines) -> None:
    assert tell(machines, "esim_access", notice("DATA_USAGE", "B9"))[0] == 503
    assert tell(machines, "esim_access", notice("SOMETHING_NEW", "B9"))[0] == 400
    assert not SupplierMessage.objects.exists()


def test_the_check_of_the_address_is_passed(machines: Machines) -> None:
    body = b'{"notifyType":"CHECK_HEALTH","content":{"orderNo":"1234567890","orderStatus":"Test"}}'
    assert [tell(machines, "esim_access", body)[0] for _ in range(2)] == [200, 200]
    assert SupplierMessage.objects.count() == 1
