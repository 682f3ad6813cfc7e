"""A provider that has not answered: the page says that we are asking, and then what is true."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, TypeVar

import pytest
import time_machine
from django.urls import reverse
from django.utils.html import escape
from pytest_django.fixtures import Settings

from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.operations.cancel_order import cancel_order
from limosa.domain.ordering.operations.poll_payment import poll_payment
from limosa.domain.payments.calling import ProviderBusyError, ProviderSlowError
from limosa.domain.payments.models import Payment, PaymentState, ProviderCall
from limosa.domain.payments.registry import provider_for
from limosa.domain.payments.requests import PaymentHandle
from limosa.domain.payments.status_reports import Decline, PaymentStatusReport, ProviderState
from limosa.foundation.errors import ProviderError
from limosa.web.storefront.views.pay import ASKING_MAX
from limosa.web.storefront.views.starting import BUSY_TEXT, NO_ANSWER_TEXT, REFUSED_TEXT, pay_page
from tests.database.web.storefront import channels
from tests.database.web.storefront.shop import PIN, Shop, press_pay, set_pin
from tests.database.web.storefront.test_channels import save_card
from tests.database.web.storefront.test_home_page import text_of
from tests.factories import MOMENT

pytestmark = pytest.mark.django_db
_Answer = TypeVar("_Answer")

ASKING = "Checking with the payment service"
ON_THE_WAY = "We are checking with the payment service whether it was paid."
PROMISES = (
    "You won't pay twice, and there's nothing you need to do.",
    "You can close it: we keep checking, and your order will show the result.",
)


class FrozenCalls:
    """The calls of a page to a provider that answers only when the test has it answer.

    `fails`: what the next call meets instead. `lets`: how many calls are answered before it.
    """

    def __init__(self) -> None:
        self.fails: ProviderError | None = None
        self.lets = 0
        self._waiting: list[Callable[[], None]] = []

    def caller(self, **_limits: Any) -> "FrozenCalls":
        return self

    def __call__(
        self,
        provider_code: str,
        ask: Callable[[], _Answer],
        *,
        late: Callable[[_Answer], None] | None = None,
    ) -> _Answer:
        del provider_code
        if self.lets:
            self.lets -= 1
            return ask()
        if self.fails is not None:
            raise self.fails
        self._waiting.append(lambda: late(ask()) if late else None)
        raise ProviderSlowError

    def answer(self) -> None:
        for one in self._waiting:
            one()
        self._waiting.clear()


class Cards(channels.Cards):
    """Knows the kept card's charges, and what became of them."""

    fate: ProviderState = ProviderState.PENDING
    refused_for: Decline | None = None

    def query(self, payment: PaymentHandle) -> PaymentStatusReport:
        if self.fate is ProviderState.SUCCEEDED:
            return self.capture(payment)
        return PaymentStatusReport(
            payment_number=payment.number, state=self.fate, decline=self.refused_for
        )


@pytest.fixture(autouse=True)
def cards(settings: Settings) -> Iterator[type[Cards]]:
    settings.PAYMENT_PROVIDERS = settings.PAYMENT_PROVIDERS | {
        "stripe": f"{Cards.__module__}.{Cards.__qualname__}"
    }
    provider_for.cache_clear()
    Cards.fate, Cards.refused_for = ProviderState.PENDING, None
    Cards.requests.clear()
    yield Cards
    provider_for.cache_clear()


@pytest.fixture(autouse=True)
def calls(monkeypatch: pytest.MonkeyPatch) -> FrozenCalls:
    frozen = FrozenCalls()
    monkeypatch.setattr("limosa.web.storefront.views.starting.provider_calls", lambda: frozen)
    return frozen


def path(order: Order, name: str = "asking") -> str:
    return reverse(name, args=[order.number])


def press(shop: Shop, method: str = "wechatpay") -> Any:
    """Press "Pay"; of a kept card, also give the PIN. Return the last answer."""
    answer = shop.client.post(shop.renew_path, press_pay(shop, shop.renew_path, method=method))
    if "/pin/" in answer["Location"]:
        answer = shop.client.post(answer["Location"], {"pin": PIN})
    return answer


def pressed(shop: Shop, method: str = "wechatpay") -> Order:
    """Return the order that was placed by a press which ended on the asking page."""
    answer = press(shop, method)
    order = Order.objects.latest("id")
    assert answer["Location"] == path(order)
    return order


@pytest.fixture
def kept(shop: Shop) -> str:
    """A kept card, and the PIN that it is charged with; how the form names it."""
    set_pin(shop)
    return f"saved-{save_card(shop).public_id}"


def test_it_says_that_we_ask_and_that_nobody_pays_twice(shop: Shop) -> None:
    answer = shop.client.get(path(pressed(shop)))
    page = text_of(answer)
    assert answer.status_code == 200
    assert f"<h1>{ASKING}</h1>" in page
    assert "¥178.62" in page
    assert all(promise in page for promise in PROMISES)
    assert '<meta http-equiv="refresh" content="3">' in page  # It asks again without scripts, too.
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]
    assert Payment.objects.get().state == PaymentState.CREATED


def test_a_late_answer_is_kept_and_the_page_leads_on_to_it(shop: Shop, calls: FrozenCalls) -> None:
    order = pressed(shop)
    calls.answer()
    payment = Payment.objects.get()
    assert (payment.state, bool(payment.pay_url)) == (PaymentState.PENDING, True)
    assert ProviderCall.objects.latest("id").outcome == "created late"
    answer = shop.client.get(path(order))
    assert answer["Location"] == pay_page(order, payment)
    assert "<svg" in text_of(shop.client.get(answer["Location"]))


def test_a_late_answer_takes_nothing_back_that_the_provider_has_told_meanwhile(
    shop: Shop, calls: FrozenCalls
) -> None:
    order = pressed(shop)
    Payment.objects.update(state=PaymentState.FAILED, decline=Decline.REFUSED)
    calls.answer()
    assert Payment.objects.get().state == PaymentState.FAILED
    assert shop.client.get(path(order))["Location"] == path(order, "pay")
    assert 'data-testid="declined"' in text_of(shop.client.get(path(order, "pay")))


def test_what_opens_somewhere_is_opened_when_the_answer_comes(
    shop: Shop, calls: FrozenCalls
) -> None:
    order = pressed(shop, "stripe")
    calls.answer()
    payment = Payment.objects.get()
    assert shop.client.get(path(order))["Location"] == pay_page(order, payment, opens=True)


def test_after_a_while_without_an_answer_the_person_may_press_again(
    shop: Shop, calls: FrozenCalls, clock: time_machine.Traveller
) -> None:
    order = pressed(shop)
    clock.shift(ASKING_MAX)
    assert shop.client.get(path(order)).status_code == 200
    clock.shift(timedelta(seconds=1))
    answer = shop.client.get(path(order), follow=True)
    assert answer.redirect_chain == [(path(order, "pay"), 302)]
    assert escape(str(NO_ANSWER_TEXT)) in text_of(answer)
    calls.lets = 1
    again = shop.client.post(path(order, "pay"), {"method": "wechatpay"})
    assert again["Location"] == pay_page(order, Payment.objects.get())  # It is the same payment.


@pytest.mark.parametrize("end", ["paid", "cancelled"])
def test_an_order_that_is_decided_leads_to_its_page(shop: Shop, end: str) -> None:
    order = pressed(shop)
    if end == "paid":
        Order.objects.update(state=OrderState.PAID, paid_at=MOMENT)
    else:
        cancel_order(order_number=order.number, now=MOMENT)
    assert shop.client.get(path(order))["Location"] == path(order, "order")


def test_who_comes_without_a_payment_is_asked_how_to_pay(shop: Shop) -> None:
    order = pressed(shop)
    Payment.objects.all().delete()
    assert shop.client.get(path(order))["Location"] == path(order, "pay")


def test_nobody_else_s_order_is_asked_about(shop: Shop) -> None:
    order = pressed(shop)
    shop.client.logout()
    assert shop.client.get(path(order)).status_code == 404


def test_too_many_calls_at_once_start_nothing(shop: Shop, calls: FrozenCalls) -> None:
    calls.fails = ProviderBusyError()
    answer = press(shop)
    assert answer["Location"] == path(Order.objects.get(), "pay")
    page = text_of(shop.client.get(answer["Location"]))
    assert escape(str(BUSY_TEXT)) in page


def test_a_provider_that_refuses_is_not_called_silent(shop: Shop, calls: FrozenCalls) -> None:
    calls.fails = ProviderError("this account may not", retryable=False)
    page = text_of(shop.client.get(press(shop)["Location"]))
    assert escape(str(REFUSED_TEXT)) in page
    assert "did not respond" not in page
    assert Payment.objects.get().state == PaymentState.FAILED


class TestComingBack:
    """From the provider's page, with the money perhaps taken."""

    def test_no_answer_in_time_is_no_refusal(self, shop: Shop, calls: FrozenCalls) -> None:
        calls.lets = 1
        press(shop, "stripe")
        order = Order.objects.get()
        answer = shop.client.get(path(order, "order_return"), follow=True)
        page = text_of(answer)
        assert answer.redirect_chain == [(path(order, "pay"), 302)]
        assert "The payment service has not responded yet. We keep checking automatically." in page
        assert "this page updates as soon as we know; you won&#x27;t pay twice." in page
        assert "has not arrived" not in page

    def test_a_capture_that_took_too_long_is_no_refusal(
        self, shop: Shop, cards: type[Cards], calls: FrozenCalls
    ) -> None:
        calls.lets = 1
        press(shop, "stripe")
        order = Order.objects.get()
        cards.fate = ProviderState.APPROVED
        calls.lets = 1  # It says that the payer agreed; what becomes of the capture is not known.
        page = text_of(shop.client.get(path(order, "order_return"), follow=True))
        assert "The payment service has not responded yet." in page
        called = list(ProviderCall.objects.order_by("id").values_list("call", "outcome"))
        assert called[-2:] == [("query", "approved"), ("capture", "error: no answer yet")]
        assert Payment.objects.get().captures_refused == 0
        poll_payment(payment_number=Payment.objects.get().number, now=MOMENT)  # As the worker does.
        assert shop.client.get(path(order, "pay"))["Location"] == path(order, "order")
        assert "Paid" in text_of(shop.client.get(path(order, "order")))


class TestKeptMethods:
    """What one was asked to pay may be taken though no answer came."""

    @pytest.mark.parametrize(
        "error", [None, ProviderError("connection lost", retryable=True)], ids=["slow", "lost"]
    )
    def test_a_charge_without_an_answer_is_asked_about_for_as_long_as_it_takes(
        self, shop: Shop, kept: str, calls: FrozenCalls, error: ProviderError | None,
        cards: type[Cards], clock: time_machine.Traveller,
    ) -> None:  # fmt: skip
        calls.lets, calls.fails = 1, error
        order = pressed(shop, kept)
        clock.shift(ASKING_MAX * 4)
        page = text_of(shop.client.get(path(order)))
        assert f"<h1>{ASKING}</h1>" in page
        assert "$25.00" in page
        assert "did not respond" not in page
        assert ON_THE_WAY in text_of(shop.client.get(path(order, "pay")))
        cards.fate = ProviderState.SUCCEEDED
        poll_payment(payment_number=Payment.objects.get().number, now=MOMENT)
        assert shop.client.get(path(order))["Location"] == path(order, "order")

    def test_one_that_was_declined_after_all_says_why(
        self, shop: Shop, kept: str, calls: FrozenCalls, cards: type[Cards]
    ) -> None:
        calls.lets = 1
        order = pressed(shop, kept)
        cards.fate, cards.refused_for = ProviderState.FAILED, Decline.REFUSED
        poll_payment(payment_number=Payment.objects.get().number, now=MOMENT)
        assert shop.client.get(path(order))["Location"] == path(order, "pay")
        page = text_of(shop.client.get(path(order, "pay")))
        assert 'data-testid="declined"' in page
        assert ON_THE_WAY not in page

    def test_one_that_was_made_and_never_charged_is_not_said_to_be_on_its_way(
        self, shop: Shop, kept: str, calls: FrozenCalls
    ) -> None:
        order = pressed(shop, kept)
        assert shop.client.get(path(order)).status_code == 200
        calls.answer()
        answer = shop.client.get(path(order), follow=True)
        page = text_of(answer)
        assert answer.redirect_chain == [(path(order, "pay"), 302)]
        assert escape(str(NO_ANSWER_TEXT)) in page
        assert f'data-way="{kept}"' in page
        assert ON_THE_WAY not in page

    def test_one_that_found_no_free_place_was_not_charged(
        self, shop: Shop, kept: str, calls: FrozenCalls
    ) -> None:
        calls.lets, calls.fails = 1, ProviderBusyError()
        answer = press(shop, kept)
        page = text_of(shop.client.get(answer["Location"]))
        assert escape(str(BUSY_TEXT)) in page
        assert ON_THE_WAY not in page
        assert [one.call for one in ProviderCall.objects.all()] == ["create"]

    def test_a_charge_that_was_refused_is_not_said_to_be_on_its_way(
        self, shop: Shop, kept: str, calls: FrozenCalls
    ) -> None:
        calls.lets, calls.fails = 1, ProviderError("no such card", retryable=False)
        page = text_of(shop.client.get(press(shop, kept)["Location"]))
        assert escape(str(REFUSED_TEXT)) in page
        assert ON_THE_WAY not in page
