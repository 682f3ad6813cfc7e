"""What the staff does by the console happens once, and stands in the record."""

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.models import Plan, Supplier
from limosa.domain.ledger.operations.credit_wallet import credit_wallet
from limosa.domain.ledger.queries import trial_balance, wallet_in
from limosa.domain.ordering.funds import refund_money
from limosa.domain.ordering.models import Order, OrderState, StartRule
from limosa.domain.ordering.operations.make_quote import make_quote
from limosa.domain.ordering.operations.place_order import place_order
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.ordering.operations.start_payment import start_payment
from limosa.domain.payments.models import Refund
from limosa.domain.payments.requests import Payer, PaymentMethodChoice
from limosa.domain.support.models import AuditEntry, ProposalState, RefundProposal
from limosa.foundation.money import Money
from limosa.web.wording import formatting
from tests.factories.accounts import make_operator, sign_in_staff
from tests.factories.catalog import make_plan, make_supplier
from tests.factories.esims import make_bundle
from tests.factories.ordering import make_order
from tests.factories.payments import make_payment, make_refund

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client: Client) -> Subscriber:
    person = make_operator(email="operator@example.com")
    sign_in_staff(client, person)
    return person


def record() -> list[tuple[str, str]]:
    return [(line.action, line.subject) for line in AuditEntry.objects.order_by("id")]


def buy_from_wallet() -> Order:
    bundle, now = make_bundle(plan=make_plan()), timezone.now()
    person = bundle.subscriber
    credit_wallet(subscriber_id=person.pk, amount=Money(2500, "USD"), key="gift", now=now)
    quote = make_quote(
        subscriber=person,
        esim=bundle.esim,
        plan_code=bundle.plan_id,
        start_rule=StartRule.AFTER_CURRENT,
        now=now,
    )
    order = place_order(quote=quote, now=now)
    start_payment(
        order=order,
        choice=PaymentMethodChoice(provider="wallet", method="wallet"),
        payer=Payer(ip="127.0.0.1"),
        now=now,
    )
    return order


def sure(minor: int, *, detail: str = "Bought twice.") -> dict[str, str]:
    """Return what the button sends that names the amount: all that is left."""
    return {"how": "full", "amount": "", "detail": detail, "confirmed": str(minor)}


@pytest.mark.usefixtures("operator")
def test_how_much_goes_back_is_chosen_openly_and_confirmed_by_its_amount(client: Client) -> None:
    order = buy_from_wallet()
    address = reverse("console:refund", args=[order.number])
    unchosen = client.post(address, {"detail": "Bought twice.", "confirmed": "2500"})
    assert "Choose whether to refund the full remaining amount" in unchosen.content.decode()
    # What the button named is not what is left now: it is asked again, and nothing goes back.
    again = client.post(address, sure(2400))
    assert ">Refund $25.00</button>" in again.content.decode()
    assert record() == []


@pytest.mark.usefixtures("operator")
def test_what_is_left_is_shown_in_both_currencies(client: Client) -> None:
    order = make_order(state="fulfilled")
    payment = make_payment(order=order, state="succeeded", refunded_minor=10000)
    address = reverse("console:refund", args=[order.number])
    page = client.get(address).content.decode()
    for text in ("¥178.62", "¥100.00", "¥78.62", "in CNY: the currency of the payment"):
        assert text in page
    sure_page = client.post(
        address, {"how": "part", "amount": "40.00", "detail": "Slow."}
    ).content.decode()
    worth = refund_money(order, payment, part_minor=4000).worth
    assert worth.currency == "USD"
    assert f"{formatting.money(worth)} of the order's price" in sure_page
    assert ">Refund ¥40.00</button>" in sure_page


@pytest.mark.usefixtures("operator")
@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"CNY": 35000}, "Refunds over ¥350.00 on one payment need a second person"),
        ({"USD": 5000}, "Every refund in CNY needs a second person to sign off"),
        ({"CNY": 0}, "Every refund in CNY needs a second person to sign off"),
    ],
)
def test_staff_are_told_which_refunds_need_a_second_person(
    client: Client, settings: Settings, limits: dict[str, int], said: str
) -> None:
    settings.REFUND_LIMITS = limits
    order = make_order(state="fulfilled")
    make_payment(order=order, state="succeeded")
    address = reverse("console:refund", args=[order.number])
    assert said in client.get(address).content.decode()
    sure_page = client.post(address, {"how": "part", "amount": "178.61", "detail": "Slow."})
    assert ("Every refund" in sure_page.content.decode()) == ("Every refund" in said)


@pytest.mark.usefixtures("operator")
@pytest.mark.parametrize(
    ("gone_minor", "word"), [(0, "Paid"), (100, "Partially refunded"), (17862, "Refunded")]
)
def test_a_payment_says_that_its_money_went_back(
    gone_minor: int, word: str, client: Client
) -> None:
    order = make_order(state="fulfilled", reversed_minor=gone_minor // 10)
    make_payment(order=order, state="succeeded", refunded_minor=gone_minor)
    for address in (
        reverse("console:order", args=[order.number]),
        f"{reverse('console:payments')}?show=all",
    ):
        assert f">{word}</span>" in client.get(address).content.decode()
    shown = client.get(reverse("console:order", args=[order.number])).content.decode()
    assert ("Credited, partially refunded" in shown) == bool(gone_minor)


@pytest.mark.usefixtures("operator")
def test_a_refund_asks_first_and_then_gives_all_back(client: Client) -> None:
    order = buy_from_wallet()
    address = reverse("console:refund", args=[order.number])
    question = client.get(address).content.decode()
    assert "$25.00" in question
    assert record() == []
    asked = client.post(address, {"how": "full", "detail": "Bought twice by mistake."})
    assert ">Refund $25.00</button>" in asked.content.decode()
    assert record() == []
    answer = client.post(address, sure(2500, detail="Bought twice by mistake."), follow=True)
    assert "The refund is on its way." in answer.content.decode()
    assert "Refund proposed" not in answer.content.decode()
    order.refresh_from_db()
    assert order.state == OrderState.REFUNDED
    assert wallet_in(subscriber_id=order.subscriber_id, currency="USD") == Money(2500, "USD")
    assert sum(row.balance_minor for row in trial_balance()) == 0
    assert record() == [("refund_order", order.number)]
    assert AuditEntry.objects.get().detail == "Bought twice by mistake."


@pytest.mark.usefixtures("operator")
def test_a_part_goes_back_and_the_bundle_stays(client: Client) -> None:
    order = buy_from_wallet()
    address = reverse("console:refund", args=[order.number])
    part = {"how": "part", "amount": "10.00", "detail": "Slow for a week."}
    wrong = client.post(address, part | {"amount": "25.00"})
    assert "less than the full remaining amount" in wrong.content.decode()
    for text, said in {
        "10,00": "without commas or spaces",
        "١٠": "with the digits 0 to 9",
        "10.001": "USD has only 2 decimals",
        "9e999990": "in digits, such as 12.50",
        "9" * 13: "it may have 12 digits",
    }.items():
        refused = client.post(address, part | {"amount": text})
        assert said in refused.content.decode()
    missing = client.post(address, part | {"amount": ""})
    assert "Enter the refund amount" in missing.content.decode()
    assert ">Refund $10.00</button>" in client.post(address, part).content.decode()
    assert record() == []
    client.post(address, part | {"confirmed": "1000"})
    order.refresh_from_db()
    assert order.state == OrderState.FULFILLED
    assert wallet_in(subscriber_id=order.subscriber_id, currency="USD") == Money(1000, "USD")


def test_over_the_limit_two_sign_and_not_the_same_one(
    client: Client, operator: Subscriber, settings: Settings
) -> None:
    settings.REFUND_LIMITS = {"USD": 2499}
    order = buy_from_wallet()
    address = reverse("console:refund", args=[order.number])
    asked = client.post(address, sure(2500) | {"confirmed": ""}).content.decode()
    assert ">Propose refund of $25.00</button>" in asked
    assert "can't be undone" not in asked
    answer = client.post(address, sure(2500), follow=True)
    assert "Refund proposed" in answer.content.decode()
    assert "waiting for a second person" in answer.content.decode()
    proposal = RefundProposal.objects.get()
    decide = reverse("console:sign_refund", args=[proposal.pk])
    assert "Withdraw" in answer.content.decode()
    own = client.post(decide, follow=True)
    assert "someone else has to sign it off" in own.content.decode()
    assert wallet_in(subscriber_id=order.subscriber_id, currency="USD") == Money(0, "USD")
    assert order.number in client.get(reverse("console:today")).content.decode()
    sign_in_staff(client)
    signed = client.post(decide, follow=True)
    assert "The refund is on its way." in signed.content.decode()
    assert wallet_in(subscriber_id=order.subscriber_id, currency="USD") == Money(2500, "USD")
    assert record() == [("propose_refund", order.number), ("sign_refund", order.number)]


def test_a_refund_that_is_turned_down_gives_nothing(
    client: Client, operator: Subscriber, settings: Settings
) -> None:
    settings.REFUND_LIMITS = {}
    order = buy_from_wallet()
    client.post(reverse("console:refund", args=[order.number]), sure(2500))
    proposal = RefundProposal.objects.get()
    decide = reverse("console:turn_down_refund", args=[proposal.pk])
    client.post(decide)
    client.post(reverse("console:sign_refund", args=[proposal.pk]))
    order.refresh_from_db()
    assert order.state == OrderState.FULFILLED
    assert record() == [("propose_refund", order.number), ("turn_down_refund", order.number)]


@pytest.mark.django_db
def test_the_database_wants_two_different_signatures() -> None:
    order, operator = buy_from_wallet(), make_operator()
    refund = refund_order(order_number=order.number, reason="staff", now=timezone.now())
    with pytest.raises(IntegrityError, match="proposal_two_sign"):
        RefundProposal.objects.create(
            order=order,
            detail="alone",
            needs_second=True,
            state=ProposalState.DONE,
            proposed_by=operator,
            proposed_at=timezone.now(),
            decided_by=operator,
            decided_at=timezone.now(),
            refund=refund,
        )


@pytest.mark.usefixtures("operator")
def test_a_refund_without_a_reason_is_not_done(client: Client) -> None:
    order = buy_from_wallet()
    answer = client.post(reverse("console:refund", args=[order.number]), sure(2500, detail=" "))
    assert "Briefly explain why" in answer.content.decode()
    order.refresh_from_db()
    assert order.state == OrderState.FULFILLED


@pytest.mark.usefixtures("operator")
def test_a_refund_that_the_rules_forbid_says_why(client: Client) -> None:
    order = make_order()
    answer = client.post(reverse("console:refund", args=[order.number]), sure(2500), follow=True)
    assert "can&#x27;t be refunded" in answer.content.decode()
    assert record() == []


def test_a_supplier_is_paused_and_resumed(client: Client, operator: Subscriber) -> None:
    make_supplier()
    address = reverse("console:pause", args=["own_network"])
    client.post(address, {"pause": "yes"})
    assert Supplier.objects.get().is_paused
    client.post(address, {"pause": "no"})
    assert not Supplier.objects.get().is_paused
    assert record() == [("pause_supplier", "own_network"), ("resume_supplier", "own_network")]
    assert {line.actor for line in AuditEntry.objects.all()} == {operator}


@pytest.mark.usefixtures("operator")
def test_pausing_a_supplier_leads_back_to_where_it_was_pressed(client: Client) -> None:
    make_supplier()
    page = reverse("console:supplier", args=["own_network"])
    named = f'name="next" value="{page}"'
    assert named in client.get(page).content.decode()
    address = reverse("console:pause", args=["own_network"])
    assert client.post(address, {"pause": "yes", "next": page}).headers["Location"] == page
    for elsewhere in ("", "https://elsewhere.example/", "//elsewhere.example/"):
        answer = client.post(address, {"pause": "no", "next": elsewhere})
        assert answer.headers["Location"] == reverse("console:today")


@pytest.mark.usefixtures("operator")
def test_a_plan_is_taken_off_sale_and_put_back(client: Client) -> None:
    plan = make_plan(code="month-20gb")
    address = reverse("console:sale", args=[plan.code])
    client.post(address, {"on_sale": "no"})
    assert not Plan.objects.get().on_sale
    assert "Put on sale" in client.get(reverse("console:plans")).content.decode()
    client.post(address, {"on_sale": "yes"})
    assert Plan.objects.get().on_sale


@pytest.mark.usefixtures("operator")
def test_a_payment_that_was_looked_at_leaves_the_list(client: Client) -> None:
    payment = make_payment(problem="late")
    listed = reverse("console:payments")
    assert payment.order_number in client.get(listed).content.decode()
    order_page = client.post(reverse("console:clear", args=[payment.number]), follow=True)
    assert "The payment was removed from the list." in order_page.content.decode()
    assert reverse("console:clear", args=[payment.number]) not in order_page.content.decode()
    assert payment.order_number not in client.get(listed).content.decode()


@pytest.mark.usefixtures("operator")
def test_asking_the_provider_tells_the_answer_and_records_it(client: Client) -> None:
    payment = make_payment(state="succeeded")
    answer = client.post(reverse("console:ask", args=[payment.number]), follow=True)
    assert "already known" in answer.content.decode()
    assert record() == [("poll_payment", payment.number)]


@pytest.mark.usefixtures("operator")
@pytest.mark.parametrize("name", ["ask", "clear", "sale", "pause"])
def test_a_deed_on_what_is_not_there_is_not_found(name: str, client: Client) -> None:
    assert client.post(reverse(f"console:{name}", args=["nothing"])).status_code == 404
    assert record() == []


def failed_refund(**fields: object) -> Refund:
    order = make_order(state=OrderState.REFUNDED)
    payment = make_payment(order=order, state="succeeded", problem="refund_came_back")
    return make_refund(payment=payment, state="failed", **fields)


def test_a_refund_that_failed_is_put_into_the_wallet_once(
    client: Client, operator: Subscriber
) -> None:
    refund = failed_refund()
    number = refund.payment.order_number
    page = client.get(reverse("console:order", args=[number]))
    assert "Move ¥178.62 to the wallet" in page.content.decode()
    press = reverse("console:refund_to_wallet", args=[refund.number])
    assert "The money is in the customer" in client.post(press, follow=True).content.decode()
    assert "This can" in client.post(press, follow=True).content.decode()
    assert record() == [("refund_to_wallet", number)]
    person = refund.payment.subscriber_id
    assert wallet_in(subscriber_id=person, currency="USD") == Money(2500, "USD")
    page = client.get(reverse("console:order", args=[number]))
    assert "into the wallet</button>" not in page.content.decode()


def test_a_refund_under_way_offers_no_wallet(client: Client, operator: Subscriber) -> None:
    refund = failed_refund()
    Refund.objects.update(state="sent", finished_at=None)
    page = client.get(reverse("console:order", args=[refund.payment.order_number]))
    assert "to the wallet" not in page.content.decode()


def test_only_the_staff_puts_refunds_into_wallets(client: Client) -> None:
    refund = failed_refund()
    client.force_login(refund.payment.subscriber)
    client.post(reverse("console:refund_to_wallet", args=[refund.number]))
    assert Refund.objects.get().state == "failed"
