"""An order whose supplier has to be called: from payment to bundle, or to the money back."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from limosa.domain.catalog.models import Plan, PlanKind
from limosa.domain.connectivity.answers import Delivered, Pending, SupplyAnswer
from limosa.domain.connectivity.capabilities import (
    CallbackAuth,
    Cancel,
    Capabilities,
    Idempotency,
    Renewal,
)
from limosa.domain.connectivity.models import SupplierCall, SupplierMessage, Supply
from limosa.domain.connectivity.operations.take_supply import LEASE
from limosa.domain.connectivity.supplies import supply_request
from limosa.domain.esims.engine.profile import Profile
from limosa.domain.esims.models import Bundle, BundleState, Esim
from limosa.domain.notifications.models import Notification
from limosa.domain.ordering.models import Order, OrderState, StartRule
from limosa.domain.ordering.operations.apply_supply_answer import apply_supply_answer
from limosa.domain.ordering.operations.deliver_waiting_orders import deliver_waiting_orders
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.operations.receive_supplier_callback import receive_supplier_callback
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.ordering.operations.supply_next_order import supply_next_order
from limosa.domain.ordering.queries import order_timeline
from limosa.domain.ordering.supply_trace import supply_lines
from limosa.domain.payments.models import Payment, Refund
from limosa.domain.payments.status_reports import DisputeOutcome
from limosa.domain.support.models import AuditEntry, Finding, GuardKind
from limosa.domain.support.operations.run_guards import run_guards
from limosa.domain.support.operations.settle_supply import settle_supply
from limosa.domain.support.refusals import SupplyNotUnclearError
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT
from tests.factories.accounts import make_operator
from tests.factories.catalog import make_plan, make_supplier
from tests.fakes.supplier import (
    BUSY,
    LOST_AFTER,
    LOST_BEFORE,
    OUT_OF_STOCK,
    PENDING,
    REFUSED_FOR_GOOD,
    FakeSupplier,
)

pytestmark = pytest.mark.django_db


def after(seconds: float) -> datetime:
    return MOMENT + timedelta(seconds=seconds)


def wholesale_plan(**fields: Any) -> Plan:
    return make_plan(supplier=make_supplier("wholesale"), **fields)


def paid(shop: Shop, plan: Plan | None = None, *, is_new: bool = False) -> Order:
    """Return a paid order of a plan of the supplier; a renewal, unless it is a new eSIM."""
    plan = plan or wholesale_plan()
    Esim.objects.filter(pk=shop.running.esim_id).update(supplier=plan.supplier)
    order = shop.place(plan, takes_new_esim=is_new)
    shop.pay(order)
    return Order.objects.get(pk=order.pk)


def answered(order: Order, answer: SupplyAnswer, seconds: float = 1) -> str:
    """Have the supplier say of itself what becomes of an order."""
    return apply_supply_answer(
        order_number=order.number,
        supplier_code="wholesale",
        answer=answer,
        now=after(seconds),
    )


def supply(seconds: float = 0) -> int:
    """Have a worker take what is due at a moment; return how many calls it made."""
    calls = SupplierCall.objects.count()
    for _ in range(20):
        if not supply_next_order(clock=lambda: after(seconds)):
            break
    return SupplierCall.objects.count() - calls


def order_state(order: Order) -> str:
    return Order.objects.get(pk=order.pk).state


def supply_state(order: Order) -> str:
    return Supply.objects.get(order_number=order.number).state


def tell(supplier: FakeSupplier, order: Order, **how: bool) -> bool:
    message = supplier.message(order.number, **how)
    return receive_supplier_callback(
        supplier_code="wholesale", headers=message.headers, body=message.body, now=after(5)
    )


def test_the_payment_commits_paid_and_a_worker_delivers(shop: Shop, supplier: FakeSupplier) -> None:
    order = paid(shop)
    assert order.state == OrderState.PAID
    assert supplier.calls(order.number) == []
    assert supply() == 1
    assert order_state(order) == OrderState.FULFILLED
    assert supplier.calls(order.number) == ["order"]
    bundle = Bundle.objects.get(order_number=order.number)
    assert (bundle.esim, bundle.state) == (shop.running.esim, BundleState.QUEUED)
    assert list(Notification.objects.values_list("kind", flat=True)) == ["payment_credited"]
    assert supply(600) == 0
    shop.check_books()


def test_our_own_network_delivers_in_the_commit_of_the_money(
    shop: Shop, supplier: FakeSupplier
) -> None:
    order = shop.place()
    shop.pay(order)
    assert order_state(order) == OrderState.FULFILLED
    assert not Supply.objects.exists()


def test_a_new_esim_is_the_one_that_the_supplier_gave(shop: Shop, supplier: FakeSupplier) -> None:
    order = paid(shop, is_new=True)
    supply()
    esim = Esim.objects.get(bundles__order_number=order.number)
    kept = Supply.objects.get(order_number=order.number)
    assert (esim.iccid, esim.activation_code) == (kept.iccid, kept.activation_code)
    assert esim.supplier_reference == "esim-1"
    assert esim.iccid.startswith("898999")


def test_a_renewal_that_comes_as_a_new_esim_is_a_new_esim(
    shop: Shop, supplier: FakeSupplier
) -> None:
    supplier.capabilities = Capabilities(renewal=Renewal.NEW_ESIM)
    order = paid(shop)
    supply()
    bundle = Bundle.objects.get(order_number=order.number)
    assert bundle.esim != shop.running.esim
    assert Order.objects.get(pk=order.pk).esim == bundle.esim


def test_what_is_delivered_later_is_asked_for_until_it_is_there(
    shop: Shop, supplier: FakeSupplier
) -> None:
    supplier.script(PENDING)
    order = paid(shop)
    assert supply() == 1
    assert supply_state(order) == "pending"
    assert supply(2) == 0
    assert supply(3) == 1
    supplier.deliver(order.number)
    assert supply(6) == 1
    assert order_state(order) == OrderState.FULFILLED
    assert supplier.calls(order.number) == ["order", "look_up", "look_up"]


def test_a_callback_delivers_once_however_often_it_is_told(
    shop: Shop, supplier: FakeSupplier
) -> None:
    supplier.script(PENDING)
    order = paid(shop)
    supply()
    supplier.deliver(order.number)
    assert tell(supplier, order)
    assert order_state(order) == OrderState.FULFILLED
    assert tell(supplier, order)
    assert tell(supplier, order, by_reference=True)
    assert Bundle.objects.filter(order_number=order.number).count() == 1
    assert [row.result for row in SupplierMessage.objects.all()] == ["delivered"]
    assert supply(30) == 0


def test_a_callback_before_the_answer_is_the_answer(shop: Shop, supplier: FakeSupplier) -> None:
    order = paid(shop)
    supplier.during_order = lambda _number: tell(supplier, order)
    supply()
    assert order_state(order) == OrderState.FULFILLED
    assert Bundle.objects.filter(order_number=order.number).count() == 1
    assert Notification.objects.filter(kind="payment_credited").count() == 1


def test_an_unsigned_callback_only_has_us_ask(shop: Shop, supplier: FakeSupplier) -> None:
    supplier.capabilities = Capabilities(
        idempotency=Idempotency.LOOKED_UP, callback_auth=CallbackAuth.UNSIGNED
    )
    supplier.script(PENDING)
    order = paid(shop)
    supply()
    supplier.deliver(order.number)
    message = supplier.message(order.number)
    supplier._change(order.number, "delivered", "ordered")
    assert receive_supplier_callback(
        supplier_code="wholesale", headers={}, body=message.body, now=after(1)
    )
    assert order_state(order) == OrderState.PAID
    assert supply(1) == 1
    assert supply_state(order) == "pending"


def test_a_callback_of_an_order_that_we_do_not_know_is_to_be_told_again(
    shop: Shop, supplier: FakeSupplier
) -> None:
    order = paid(shop)
    supply()
    message = supplier.message(order.number)
    Supply.objects.update(order_number="L-OTHER", reference="")
    assert not receive_supplier_callback(
        supplier_code="wholesale", headers=message.headers, body=message.body, now=after(1)
    )
    assert not SupplierMessage.objects.exists()


@pytest.mark.parametrize("lost", [LOST_BEFORE, LOST_AFTER])
@pytest.mark.parametrize(
    "idempotency", [Idempotency.SAME_ORDER, Idempotency.DUPLICATE_REFUSED, Idempotency.LOOKED_UP]
)
def test_a_lost_answer_is_found_again_and_nothing_is_ordered_twice(
    shop: Shop, supplier: FakeSupplier, idempotency: Idempotency, lost: str
) -> None:
    supplier.capabilities = Capabilities(idempotency=idempotency)
    supplier.script(lost)
    order = paid(shop)
    supply()
    assert order_state(order) == OrderState.PAID
    for seconds in range(5, 320, 5):
        supply(seconds)
    assert order_state(order) == OrderState.FULFILLED
    assert len(supplier.orders_of(order.number)) == 1
    shop.check_books()


def test_an_order_that_is_carried_out_minutes_late_is_found_and_not_made_twice(
    shop: Shop, supplier: FakeSupplier
) -> None:
    supplier.capabilities = Capabilities(idempotency=Idempotency.LOOKED_UP)
    supplier.script(LOST_BEFORE)
    order = paid(shop)
    for seconds in range(0, 240, 5):
        supply(seconds)
    supplier.order(supply_request(Supply.objects.get()))
    for seconds in range(240, 320, 5):
        supply(seconds)
    assert order_state(order) == OrderState.FULFILLED
    assert len(supplier.orders_of(order.number)) == 1
    shop.check_books()


def test_what_can_not_be_found_again_is_left_to_people_and_never_sent_again(
    shop: Shop, supplier: FakeSupplier
) -> None:
    supplier.capabilities = Capabilities(idempotency=Idempotency.NONE)
    supplier.script(LOST_AFTER)
    order = paid(shop)
    staff = make_operator()
    supply()
    assert supply_state(order) == "unclear"
    assert supply(300) == 0
    [finding] = run_guards(now=after(60), kinds=[GuardKind.SUPPLY])
    assert (finding.order_number, finding.problem) == (order.number, "unclear")
    assert Notification.objects.filter(subscriber=staff, kind="finding_news").count() == 1

    [there] = supplier.orders_of(order.number)
    seen = Delivered(reference=there.reference)
    settle_supply(order_number=order.number, delivered=seen, actor=staff, now=after(70))
    assert order_state(order) == OrderState.FULFILLED
    assert supplier.calls(order.number) == ["order"]
    assert run_guards(now=after(80), kinds=[GuardKind.SUPPLY]) == []
    assert AuditEntry.objects.filter(subject=order.number, detail="delivered").exists()
    with pytest.raises(SupplyNotUnclearError):
        settle_supply(order_number=order.number, delivered=seen, actor=staff, now=after(90))


def test_what_people_did_not_find_there_is_ordered_again(
    shop: Shop, supplier: FakeSupplier
) -> None:
    supplier.capabilities = Capabilities(idempotency=Idempotency.NONE)
    supplier.script(LOST_BEFORE)
    order = paid(shop)
    supply()
    settle_supply(order_number=order.number, delivered=None, actor=None, now=after(60))
    supply(60)
    assert order_state(order) == OrderState.FULFILLED
    assert len(supplier.orders_of(order.number)) == 1


def test_a_worker_that_died_at_a_call_is_a_lost_answer(shop: Shop, supplier: FakeSupplier) -> None:
    order = paid(shop)

    def die(_number: str) -> None:
        raise KeyboardInterrupt

    supplier.during_order = die
    with pytest.raises(KeyboardInterrupt):
        supply_next_order(clock=lambda: after(0))
    supplier.during_order = None
    assert supply_state(order) == "asked"
    assert supply(LEASE.total_seconds() - 1) == 0
    assert supply(LEASE.total_seconds()) == 1
    assert order_state(order) == OrderState.FULFILLED
    assert len(supplier.orders_of(order.number)) == 1


def test_a_worker_that_was_stopped_before_its_call_makes_none(
    shop: Shop, supplier: FakeSupplier
) -> None:
    """Its machine slept: meanwhile another could have looked the order up and ordered it."""
    supplier.capabilities = Capabilities(idempotency=Idempotency.LOOKED_UP)
    order = paid(shop)
    times = iter((0, 0, 960))
    assert supply_next_order(clock=lambda: after(next(times)))
    assert supplier.calls(order.number) == []
    assert supply_state(order) == "asked"
    assert supply(960) == 2
    assert supplier.calls(order.number) == ["look_up", "order"]
    assert order_state(order) == OrderState.FULFILLED


def test_a_supplier_that_is_busy_is_asked_again(shop: Shop, supplier: FakeSupplier) -> None:
    supplier.script(BUSY, BUSY)
    order = paid(shop)
    assert [supply(second) for second in (0, 4, 5, 14, 15)] == [1, 0, 1, 0, 1]
    assert order_state(order) == OrderState.FULFILLED


@pytest.mark.parametrize("refusal", [OUT_OF_STOCK, REFUSED_FOR_GOOD])
def test_what_is_refused_for_good_is_paid_back_at_once(
    shop: Shop, supplier: FakeSupplier, refusal: str
) -> None:
    supplier.script(refusal)
    order = paid(shop)
    supply()
    assert supply_state(order) == "refused"
    deliver_waiting_orders(now=after(5))
    push_refunds(now=after(5))
    assert order_state(order) == OrderState.REFUNDED
    assert Refund.objects.get().reason == "not_delivered"
    assert supplier.calls(order.number) == ["order"]
    shop.check_books()


def test_after_a_minute_the_person_is_told_and_after_fifteen_it_is_paid_back(
    shop: Shop, supplier: FakeSupplier
) -> None:
    supplier.script(PENDING)
    order = paid(shop)
    supply()
    assert deliver_waiting_orders(now=after(59)) == 0
    deliver_waiting_orders(now=after(60))
    deliver_waiting_orders(now=after(65))
    assert list(Notification.objects.values_list("kind", flat=True)) == ["order_late"]
    steps = order_timeline(order=Order.objects.get(pk=order.pk), now=after(65))
    assert [step.kind for step in steps] == ["placed", "paid", "late", "credited", "active"]
    assert deliver_waiting_orders(now=after(899)) == 0
    deliver_waiting_orders(now=after(900))
    assert order_state(order) == OrderState.REFUNDED
    assert supply_state(order) == "cancelling"
    supply(901)
    assert supply_state(order) == "cancelled"
    assert [one.state for one in supplier.orders_of(order.number)] == ["cancelled"]
    push_refunds(now=after(905))
    shop.check_books()


def test_what_arrives_after_the_money_went_back_is_nobodys(
    shop: Shop, supplier: FakeSupplier
) -> None:
    supplier.capabilities = Capabilities(callback_auth=CallbackAuth.SIGNED)
    supplier.script(PENDING)
    order = paid(shop, is_new=True)
    supply()
    deliver_waiting_orders(now=after(900))
    supplier.deliver(order.number)
    assert tell(supplier, order)
    assert order_state(order) == OrderState.REFUNDED
    kept = Supply.objects.get(order_number=order.number)
    assert (kept.state, kept.problem) == ("kept", "no_cancel")
    assert kept.iccid
    assert not Bundle.objects.filter(order_number=order.number).exists()


def test_a_refund_has_the_supplier_cancel(shop: Shop, supplier: FakeSupplier) -> None:
    order = paid(shop)
    supply()
    supplier.script(LOST_BEFORE, PENDING)
    refund_order(order_number=order.number, reason="asked", now=after(10))
    assert [supply(second) for second in (10, 11, 20)] == [1, 0, 1]
    assert supply_state(order) == "cancelling"  # Under review there, and looked at in two minutes.
    assert [supply(second) for second in (130, 145)] == [0, 1]
    assert supply_state(order) == "cancelled"
    push_refunds(now=after(3700))
    shop.check_books()
    outcomes = SupplierCall.objects.filter(call="cancel").values_list("outcome", flat=True)
    application = f"A-{order.number}"
    assert sorted(outcomes) == ["done", "error: no answer", f"under_review: {application}"]
    assert Supply.objects.get(order_number=order.number).application == application
    (line,) = [one for one in supply_lines(order.number) if one["what"] == "supply"]
    assert line["application"] == application


def test_a_cancellation_that_is_refused_changes_nothing_of_the_refund(
    shop: Shop, supplier: FakeSupplier
) -> None:
    supplier.capabilities = Capabilities(cancel=Cancel.AT_ONCE)
    order = paid(shop)
    supply()
    supplier.script(REFUSED_FOR_GOOD)
    refund_order(order_number=order.number, reason="asked", now=after(10))
    supply(10)
    push_refunds(now=after(10))
    kept = Supply.objects.get(order_number=order.number)
    assert (kept.state, kept.problem) == ("kept", "not_cancelled")
    assert order_state(order) == OrderState.REFUNDED
    shop.check_books()


def test_a_refund_before_the_first_call_orders_nothing(shop: Shop, supplier: FakeSupplier) -> None:
    order = paid(shop)
    refund_order(order_number=order.number, reason="asked", now=after(1))
    assert supply_state(order) == "cancelled"
    assert supply(600) == 0
    assert supplier.calls(order.number) == []


def test_a_paused_supplier_is_sent_nothing_new(shop: Shop, supplier: FakeSupplier) -> None:
    shop.pause()
    order = paid(shop)
    shop.pause()
    assert supply() == 0
    shop.pause(is_paused=False)
    assert supply(30) == 1
    assert order_state(order) == OrderState.FULFILLED


def test_nothing_is_ordered_for_disputed_money_and_what_came_waits_for_the_decision(
    shop: Shop, supplier: FakeSupplier
) -> None:
    supplier.script(PENDING)
    first, second = paid(shop), shop.place(wholesale_plan())
    supply()
    payment = shop.pay(second)
    disputed = [shop.provider.dispute(payment.number)]
    first_payment = Payment.objects.get(order_number=first.number)
    disputed.append(shop.provider.dispute(first_payment.number))
    for report in disputed:
        shop.take(shop.provider.message(report))
    supplier.deliver(first.number)
    supply(10)
    assert supplier.calls(second.number) == []
    assert (order_state(first), supply_state(first)) == (OrderState.PAID, "delivered")
    for one in (first_payment, payment):
        won = shop.provider.dispute(one.number, DisputeOutcome.WON)
        shop.take(shop.provider.message(won))
    deliver_waiting_orders(now=after(20))
    supply(20)
    assert order_state(first) == order_state(second) == OrderState.FULFILLED
    shop.check_books()


def test_a_top_up_without_a_bundle_to_join_is_not_ordered(
    shop: Shop, supplier: FakeSupplier
) -> None:
    order = shop.place(wholesale_plan(kind=PlanKind.TOP_UP), rule=StartRule.NOW)
    Bundle.objects.update(state=BundleState.EXHAUSTED, ended_at=MOMENT)
    shop.pay(order)
    assert supply() == 0
    deliver_waiting_orders(now=after(900))
    assert order_state(order) == OrderState.REFUNDED
    assert supply(1000) == 0
    assert supplier.calls(order.number) == []


def test_an_iccid_that_somebody_has_is_left_to_people(shop: Shop, supplier: FakeSupplier) -> None:
    order = paid(shop, is_new=True)
    profile = Profile(iccid=shop.running.esim.iccid, activation_code="LPA:1$a$b")
    apply_supply_answer(
        order_number=order.number,
        supplier_code="wholesale",
        answer=Delivered(profile=profile),
        now=after(1),
    )
    found = Supply.objects.get(order_number=order.number)
    assert (found.state, found.problem) == ("unclear", "iccid_taken")
    assert order_state(order) == OrderState.PAID


@pytest.mark.parametrize("how", ["order", "look_up", "callback"])
def test_a_renewal_whose_answer_names_the_renewed_esim_is_on_that_esim(
    shop: Shop, supplier: FakeSupplier, how: str
) -> None:
    supplier.names_renewed = True
    if how != "order":
        supplier.script(PENDING)
    order = paid(shop)
    supply()
    supplier.deliver(order.number)
    if how == "look_up":
        supply(10)
    elif how == "callback":
        assert tell(supplier, order)
    assert (order_state(order), supply_state(order)) == (OrderState.FULFILLED, "delivered")
    assert Bundle.objects.get(order_number=order.number).esim == shop.running.esim
    assert Esim.objects.count() == 1


def given(order: Order, profile: Profile) -> tuple[str, str]:
    """Have the supplier say what it delivered, and return the order's state there and why."""
    answer = Delivered(reference="there", profile=profile)
    apply_supply_answer(
        order_number=order.number, supplier_code="wholesale", answer=answer, now=after(1)
    )
    found = Supply.objects.get(order_number=order.number)
    return found.state, found.problem


@pytest.mark.parametrize(
    ("iccid", "code", "problem"),
    [
        ("89811005970331000X4", "LPA:1$rsp.example$M-1", "iccid_malformed"),
        ("", "LPA:1$rsp.example$M-1", "iccid_malformed"),
        ("8981100597033100014", "", "code_malformed"),
        ("8981100597033100014", "LPA:1$rsp.example$", "code_malformed"),
        ("8981100597033100014", "https://rsp.example/M-1", "code_malformed"),
        ("8981100597033100014", "LPA:1$rsp.example$<script>", "code_malformed"),
    ],
)
def test_an_esim_that_nobody_could_install_is_not_delivered(
    shop: Shop, supplier: FakeSupplier, iccid: str, code: str, problem: str
) -> None:
    order = paid(shop, is_new=True)
    assert given(order, Profile(iccid=iccid, activation_code=code)) == ("unclear", problem)
    assert order_state(order) == OrderState.PAID
    good = Profile(iccid="8981100597033100014", activation_code="LPA:1$rsp.example$M-1")
    assert given(order, good) == ("delivered", "")
    assert order_state(order) == OrderState.FULFILLED
    assert Esim.objects.get(bundles__order_number=order.number).iccid == good.iccid


def test_another_esim_than_the_renewed_one_is_left_to_people(
    shop: Shop, supplier: FakeSupplier
) -> None:
    order = paid(shop)
    other = Profile(iccid="8981100597033100014", activation_code="LPA:1$rsp.example$M-1")
    assert given(order, other) == ("unclear", "iccid_differs")
    settle_supply(
        order_number=order.number,
        delivered=Delivered(reference="there", profile=other),
        actor=None,
        now=after(2),
    )
    assert order_state(order) == OrderState.FULFILLED
    assert Esim.objects.get(bundles__order_number=order.number).iccid == other.iccid


def test_another_orders_reference_is_left_to_people(shop: Shop, supplier: FakeSupplier) -> None:
    first = paid(shop, is_new=True)
    supply()
    taken = Supply.objects.get(order_number=first.number).reference
    order = paid(shop, is_new=True)
    apply_supply_answer(
        order_number=order.number,
        supplier_code="wholesale",
        answer=Pending(reference=taken),
        now=after(1),
    )
    found = Supply.objects.get(order_number=order.number)
    assert (found.state, found.problem, found.reference) == ("unclear", "reference_taken", "")


def test_who_was_asked_delivers_though_the_plan_goes_to_another_supplier_meanwhile(
    shop: Shop, supplier: FakeSupplier
) -> None:
    order = paid(shop, is_new=True)
    Plan.objects.update(supplier=make_supplier("own_network"))
    supply()
    there = Supply.objects.get(order_number=order.number)
    assert Esim.objects.get(bundles__order_number=order.number).iccid == there.iccid


def test_a_supplier_that_is_not_set_up_fails_no_payment(shop: Shop, supplier: FakeSupplier) -> None:
    order = shop.place(wholesale_plan())
    gone = make_supplier("gone")
    Esim.objects.update(supplier=gone)
    Plan.objects.update(supplier=gone)  # It is removed before the money comes.
    shop.pay(order)
    order.refresh_from_db()
    assert order.state == OrderState.PAID
    assert supply() == 0
    assert Supply.objects.get().problem == "gone is not set up"
    deliver_waiting_orders(now=after(900))
    assert order_state(order) == OrderState.REFUNDED
    shop.check_books()


def test_what_was_never_answered_is_a_finding(shop: Shop, supplier: FakeSupplier) -> None:
    supplier.script(PENDING)
    supplier.capabilities = Capabilities()
    order = paid(shop)
    supply()
    Supply.objects.update(reference="", next_at=None)
    assert run_guards(now=after(3600), kinds=[GuardKind.SUPPLY]) == []
    [finding] = run_guards(now=after(3601), kinds=[GuardKind.SUPPLY])
    assert (finding.subject, finding.problem) == (order.number, "no_answer")
    assert Finding.objects.count() == 1


def test_the_table_refuses_what_the_rules_would_never_do(
    shop: Shop, supplier: FakeSupplier
) -> None:
    first, second = paid(shop), paid(shop)
    supply()
    taken = Supply.objects.get(order_number=first.number).reference
    rows = Supply.objects.filter(order_number=second.number)
    for changes in (
        {"order_number": first.number},
        {"reference": taken},
        {"state": "due"},
        {"state": "unclear", "next_at": MOMENT},
        {"iccid": "8999000000000000019"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**changes)
