"""The pages about suppliers: how they do, what their statements say, and payments to them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from limosa.domain.accounts.models import StaffRole
from limosa.domain.connectivity.models import SupplierBreaker
from limosa.domain.connectivity.operations.note_supplier_call import note_supplier_call
from limosa.domain.ledger.queries import balance_of
from limosa.domain.ordering.models import Order
from limosa.domain.payables.models import (
    ChargeDifference,
    ChargedLine,
    Statement,
    SupplierDeposit,
)
from limosa.domain.support.models import AuditEntry
from tests.factories.accounts import make_operator, sign_in_staff
from tests.factories.catalog import make_supplier
from tests.factories.connectivity import make_supply
from tests.factories.ordering import make_order
from tests.factories.payables import make_charge_difference, make_supplier_account
from tests.factories.wholesale import listed, make_sheet
from tests.fakes.supplier import LOST_BEFORE, FakeSupplier
from tests.fakes.wholesale import wholesale_in

pytestmark = pytest.mark.django_db
CODE = "wholesale"


@pytest.fixture
def supplier(settings: Settings) -> Iterator[FakeSupplier]:
    make_supplier(CODE)
    with wholesale_in(settings) as fake:
        yield fake


def read(client: Client, name: str, *args: object) -> str:
    return client.get(reverse(f"console:{name}", args=args)).content.decode()


def send(client: Client, name: str, *args: object, **given: object) -> str:
    page = client.post(reverse(f"console:{name}", args=args), given, follow=True)
    return page.content.decode()


def test_a_suppliers_health_is_that_of_its_orders(client: Client, supplier: FakeSupplier) -> None:
    now = timezone.now()
    for seconds in (10, 20, 300):
        begun = now - timedelta(hours=1)
        ended = begun + timedelta(seconds=seconds)
        make_supply(state="delivered", asked_at=begun, ended_at=ended)
    make_supply(state="refused", asked_at=now, ended_at=now, problem="out_of_stock")
    make_supply(state="unclear", asked_at=now)
    make_supply(state="refused", asked_at=now - timedelta(days=8), problem="long_ago")
    make_supplier_account(warning="days", days_left=1)
    sign_in_staff(client, make_operator(staff_role=StaffRole.SUPPORT))
    listed = read(client, "suppliers")
    assert "75%" in listed
    assert "runs out soon" in listed
    page = read(client, "supplier", CODE)
    for said in ("75%", "20 s", "5 min", "out of stock", "$100.00"):
        assert said in page
    assert "long_ago" not in page
    assert "Record a payment" not in page  # Finance does.


def test_what_came_too_late_counts_as_not_delivered(client: Client, supplier: FakeSupplier) -> None:
    now = timezone.now()
    make_supply(state="delivered", asked_at=now, ended_at=now)
    order = make_order(state="refunded", paid_at=now)
    make_supply(state="cancelling", order_number=order.number, asked_at=now, next_at=now)
    sign_in_staff(client, make_operator(staff_role=StaffRole.SUPPORT))
    assert "50%" in read(client, "suppliers")
    Order.objects.update(fulfilled_at=now)
    assert "100%" in read(client, "suppliers"), "it was there, and was returned"


def test_a_time_that_is_over_is_not_said_to_come(client: Client, supplier: FakeSupplier) -> None:
    sign_in_staff(client, make_operator(staff_role=StaffRole.SUPPORT))
    now = timezone.now()
    for called_at, said in (
        (now, "One order tries it again at"),
        (now - timedelta(hours=2), "The next order tries it again."),
    ):
        SupplierBreaker.objects.all().delete()
        for _ in range(20):
            note_supplier_call(supplier_code=CODE, is_answered=False, is_order=True, now=called_at)
        assert said in read(client, "supplier", CODE)


def test_a_payment_is_recorded_once_and_undone(client: Client, supplier: FakeSupplier) -> None:
    sign_in_staff(client)
    given = {"amount": "500.00", "currency": "usd", "reference": "T-1"}
    assert "Payment recorded" in send(client, "deposit", CODE, **given)
    assert "already recorded" in send(client, "deposit", CODE, **given)
    other = send(client, "deposit", CODE, **{**given, "amount": "5"})
    assert "already recorded, with another amount" in other
    assert balance_of(code=f"supplier:{CODE}:USD") == 50_000
    send(client, "undo_deposit", SupplierDeposit.objects.get().pk)
    assert balance_of(code=f"supplier:{CODE}:USD") == 0
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "record_deposit",
        "undo_deposit",
    ]


def test_one_that_does_not_answer_is_told(client: Client, supplier: FakeSupplier) -> None:
    sign_in_staff(client)
    for answered in (False, True):
        for _ in range(5):
            note_supplier_call(
                supplier_code=CODE, is_answered=answered, is_order=True, now=timezone.now()
            )
        for page in (
            read(client, "suppliers"),
            read(client, "supplier", CODE),
            read(client, "today"),
        ):
            assert ("not answering</span>" in page) is not answered


def test_one_that_wants_no_orders_is_told_until_then(
    client: Client, supplier: FakeSupplier
) -> None:
    sign_in_staff(client)
    for until, is_told in ((timedelta(minutes=40), True), (timedelta(minutes=-1), False)):
        SupplierBreaker.objects.update_or_create(
            supplier_id=CODE, defaults={"held_until": timezone.now() + until}
        )
        for name in ("suppliers", "today"):
            assert ("wants no orders</span>" in read(client, name)) is is_told
        assert ("This supplier wants no more orders" in read(client, "supplier", CODE)) is is_told


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Enter the amount, such as 500.00."),
        ({"amount": "0", "currency": "USD", "reference": "x"}, "Enter the amount"),
        ({"amount": "5,00", "currency": "USD", "reference": "x"}, "without commas"),
        ({"amount": "5", "currency": "XXY", "reference": "x"}, "in three letters"),
        ({"amount": "5", "currency": "USD", "reference": ""}, "recorded only once"),
    ],
)
def test_a_payment_that_can_not_be_read_is_told(
    client: Client, supplier: FakeSupplier, given: dict[str, str], said: str
) -> None:
    sign_in_staff(client)
    assert said in send(client, "deposit", CODE, **given)
    assert not SupplierDeposit.objects.exists()


def test_a_payment_in_another_currency_than_the_accounts_is_refused(
    client: Client, supplier: FakeSupplier
) -> None:
    sign_in_staff(client)
    yen = {"amount": "500", "currency": "JPY", "reference": "T-1"}
    make_sheet(listed(), supplier=CODE)
    assert "Our account at this supplier is in USD." in send(client, "deposit", CODE, **yen)
    assert not SupplierDeposit.objects.exists()
    account = make_supplier_account()  # In dollars, whatever its list is in.
    make_sheet(listed(currency="JPY"), supplier=CODE)
    assert "Our account at this supplier is in USD." in send(client, "deposit", CODE, **yen)
    account.delete()
    assert "Payment recorded" in send(client, "deposit", CODE, **yen)
    make_sheet(listed(), supplier=CODE)
    more = {"amount": "5", "currency": "USD", "reference": "T-2"}
    assert "Our account at this supplier is in JPY." in send(client, "deposit", CODE, **more)
    send(client, "undo_deposit", SupplierDeposit.objects.get().pk)
    assert "Payment recorded" in send(client, "deposit", CODE, **more)


@pytest.mark.parametrize("reference", ["a\r\nb", "a\nb", "a\u202eb", "a\x1bb"])
def test_a_reference_that_can_not_be_shown_is_refused(
    client: Client, supplier: FakeSupplier, reference: str
) -> None:
    sign_in_staff(client)
    given = {"amount": "5", "currency": "USD", "reference": reference}
    assert "characters that can&#x27;t be shown" in send(client, "deposit", CODE, **given)
    assert not SupplierDeposit.objects.exists()


def test_a_difference_is_agreed_to_with_the_amount_that_was_shown(
    client: Client, supplier: FakeSupplier
) -> None:
    sign_in_staff(client)
    row = make_charge_difference()
    ChargedLine.objects.create(
        supplier=CODE,
        charge_id="42",
        amount_minor=77,
        currency="USD",
        charged_at=timezone.now(),
    )
    page = read(client, "charge", row.pk)
    assert "Not an order of ours there" in page
    assert "Correct our books by $0.77" in page
    stale = send(client, "charge", row.pk, how="agree", delta_minor=76, detail="ok")
    assert "This difference has changed" in stale
    assert "Briefly explain why" in send(client, "charge", row.pk, how="agree", delta_minor=77)
    send(client, "charge", row.pk, how="dispute", delta_minor=77, detail="told them")
    assert ChargeDifference.objects.get().state == "disputed"
    assert "Saved" in send(client, "charge", row.pk, how="agree", delta_minor=77, detail="ok")
    assert ChargeDifference.objects.get().state == "resolved"
    assert balance_of(code="losses:USD") == 77
    assert "Correct our books" not in read(client, "charge", row.pk)


def test_an_order_of_ours_at_another_supplier_is_named_with_it(
    client: Client, supplier: FakeSupplier
) -> None:
    sign_in_staff(client)
    other = make_supply(supplier=make_supplier("other", name="Other Ltd"))
    row = make_charge_difference()
    ChargedLine.objects.create(
        supplier=CODE,
        charge_id="42",
        amount_minor=77,
        currency="USD",
        charged_at=timezone.now(),
        number=other.order_number,
    )
    assert f"{other.order_number} is an order of ours at Other Ltd" in read(
        client, "charge", row.pk
    )


def test_a_disputed_difference_is_told_from_an_open_one(
    client: Client, supplier: FakeSupplier
) -> None:
    sign_in_staff(client)
    row = make_charge_difference()
    assert "With the supplier" not in read(client, "supplier", CODE)
    row.state = "disputed"
    row.save()
    assert "With the supplier" in read(client, "supplier", CODE)


def test_support_reads_a_difference_and_decides_nothing(
    client: Client, supplier: FakeSupplier
) -> None:
    sign_in_staff(client, make_operator(staff_role=StaffRole.SUPPORT))
    row = make_charge_difference()
    assert "Correct our books" not in read(client, "charge", row.pk)
    given = {"how": "agree", "delta_minor": 77, "detail": "ok"}
    assert client.post(reverse("console:charge", args=[row.pk]), given).status_code == 403
    assert ChargeDifference.objects.get().state == "open"


def test_a_day_is_compared_on_request(client: Client, supplier: FakeSupplier) -> None:
    sign_in_staff(client)
    today = timezone.now().date()
    assert "This day is not over yet" in send(client, "compare_statement", CODE, day=today)
    supplier.script(LOST_BEFORE)
    day = today - timedelta(days=2)
    assert "answer. Please try again" in send(client, "compare_statement", CODE, day=day)
    assert "has been compared" in send(client, "compare_statement", CODE, day=day)
    assert Statement.objects.get().state == "done"
