"""A card is charged once whatever its provider answers; where it can't be, the next method is."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from limosa.domain.autorenewal.models import Attempt, EndReason
from limosa.domain.autorenewal.operations import charge_attempt as charging
from limosa.domain.autorenewal.operations.look_after import look_after
from limosa.domain.autorenewal.operations.skip_renewal import skip_renewal
from limosa.domain.autorenewal.operations.stop_auto_renewal import stop_auto_renewal
from limosa.domain.autorenewal.operations.undo_renewal import undo_renewal
from limosa.domain.autorenewal.operations.wake_for_person import wake_for_person
from limosa.domain.autorenewal.queries import ahead
from limosa.domain.autorenewal.refusals import NothingToSkipError, UndoOverError
from limosa.domain.catalog.models import Price
from limosa.domain.notifications.models import Notification
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.operations.cancel_order import cancel_order
from limosa.domain.ordering.operations.poll_payment import poll_payment
from limosa.domain.payments.calling import call_directly
from limosa.domain.payments.handles import payment_handle
from limosa.domain.payments.models import Payment, PaymentState, SavedMethod
from limosa.domain.payments.requests import PaymentHandle
from limosa.domain.payments.status_reports import Decline, PaymentStatusReport, ProviderState
from limosa.foundation.errors import ProviderError
from tests.database.autorenewal.played import DAY, WALLET, Played
from tests.factories.payments import make_dispute

pytestmark = pytest.mark.django_db
Bank = Callable[[PaymentHandle], PaymentStatusReport]


@pytest.fixture
def answers(played: Played, monkeypatch: pytest.MonkeyPatch) -> list[Bank]:
    """What the bank does with the next charges; after that it pays."""
    given: list[Bank] = []

    def capture(payment: PaymentHandle) -> PaymentStatusReport:
        return (given.pop(0) if given else pay)(payment)

    def pay(payment: PaymentHandle) -> PaymentStatusReport:
        return played.shop.provider.pay(payment.number, at=played.now)

    monkeypatch.setattr(played.shop.provider, "capture", capture)
    return given


def declines(reason: Decline | None, state: ProviderState = ProviderState.FAILED) -> Bank:
    return lambda payment: PaymentStatusReport(
        payment_number=payment.number, state=state, decline=reason
    )


def silence(payment: PaymentHandle) -> PaymentStatusReport:
    raise ProviderError("no answer", retryable=True)


NO_MONEY = declines(Decline.INSUFFICIENT_FUNDS)
EXPIRED = declines(Decline.CARD_EXPIRED)
WANTS_PERSON = declines(None, ProviderState.PAYER_NEEDED)


def tried() -> list[tuple[int, str]]:
    return list(Attempt.objects.order_by("id").values_list("place", "outcome"))


def test_a_card_is_charged_without_its_person(played: Played, answers: list[Bank]) -> None:
    played.agree(played.card())
    played.go_to(played.end)
    assert tried() == [(0, "paid")]
    assert Payment.objects.get().is_automatic
    assert played.told == ["on", "notice", "notice", "done"]
    notice = Notification.objects.filter(kind="auto_renewal_notice").earliest("id")
    assert notice.parameters["method"] == "Visa •••• 4242"
    played.shop.check_books()


@pytest.mark.parametrize("stays", [ProviderState.FAILED, ProviderState.PENDING])
def test_no_money_now_is_attempted_a_day_and_three_days_later(
    played: Played, answers: list[Bank], stays: ProviderState
) -> None:
    answers += [declines(Decline.INSUFFICIENT_FUNDS, stays)] * 2
    played.agree(played.card())
    played.go_to(played.end)
    assert tried() == [(0, "soft"), (0, "soft"), (0, "paid")]
    first, *_, last = Attempt.objects.order_by("id")
    assert last.begun_at - first.begun_at == 3 * DAY
    assert [order.state for order in played.orders] == ["cancelled", "cancelled", "fulfilled"]
    assert played.told[3:] == ["declined", "declined", "done"]
    played.shop.check_books()


def test_a_dead_card_falls_back_to_the_wallet_at_once(played: Played, answers: list[Bank]) -> None:
    answers.append(EXPIRED)
    played.fill_wallet()
    played.agree(played.card(), WALLET)
    played.go_to(played.end - 4 * DAY)
    assert tried() == [(0, "hard"), (1, "paid")]
    assert played.wallet_minor == 2500
    # By then it is paid: the receipt says what was not charged.
    assert played.told[-1] == "done"
    assert "declined" not in played.told
    receipt = Notification.objects.get(kind="auto_renewal_done").parameters
    assert (receipt["method"], receipt["failed"]) == ("", "Visa •••• 4242")


def test_a_card_without_money_to_the_end_falls_back_to_the_wallet(
    played: Played, answers: list[Bank]
) -> None:
    answers += [NO_MONEY] * 3
    played.fill_wallet()
    played.agree(played.card(), WALLET)
    played.go_to(played.end - timedelta(minutes=1))
    assert tried() == [(0, "soft")] * 3 + [(1, "paid")]


def test_where_nothing_can_be_charged_the_cycle_ends_cleanly_and_says_so(
    played: Played, answers: list[Bank]
) -> None:
    answers += [NO_MONEY] * 9
    played.fill_wallet(100)
    played.agree(played.card(), WALLET)
    played.go_to(played.end + DAY)
    assert tried() == [(0, "soft")] * 3 + [(1, "soft")]
    assert (played.cycle.state, played.cycle.unable) == ("failed", "not_paid")
    assert played.told[-1] == "not"
    assert played.auto.is_on
    assert {order.state for order in played.orders} == {OrderState.CANCELLED}
    assert played.wallet_minor == 100


def test_a_bank_that_wants_the_person_gives_them_a_link_and_a_day(
    played: Played, answers: list[Bank]
) -> None:
    answers.append(WANTS_PERSON)
    played.fill_wallet()
    played.agree(played.card(), WALLET)
    played.go_to(played.end - 4 * DAY)
    assert tried() == [(0, "payer")]
    told = Notification.objects.get(kind="auto_renewal_declined").parameters
    assert (told["why"], told["charged_at"]) == ("payer", (played.end - 3 * DAY).isoformat())
    played.go_by(2 * DAY)
    assert tried() == [(0, "payer"), (1, "paid")]


def test_who_pays_by_the_link_is_not_charged_again(played: Played, answers: list[Bank]) -> None:
    answers.append(WANTS_PERSON)
    played.fill_wallet()
    played.agree(played.card(), WALLET)
    played.go_to(played.end - 4 * DAY)
    played.shop.pay_from_wallet(played.shop.place(now=played.now), now=played.now)
    first_end = played.end
    played.go_to(first_end + DAY)
    assert tried() == [(0, "payer")]


def test_a_charge_without_an_answer_is_asked_for_and_not_made_again(
    played: Played, answers: list[Bank]
) -> None:
    def lost(payment: PaymentHandle) -> PaymentStatusReport:
        played.shop.provider.pay(payment.number, at=played.now)
        raise ProviderError("no answer", retryable=True)

    answers += [lost, EXPIRED]
    played.fill_wallet()
    played.agree(played.card(), WALLET)
    played.go_to(played.end - 4 * DAY + timedelta(minutes=10))
    assert tried() == [(0, "open")]
    poll_payment(payment_number=Payment.objects.latest("id").number, now=played.now)
    played.go_by(timedelta(hours=1))
    assert tried() == [(0, "paid")]
    assert played.wallet_minor == 5000
    played.shop.check_books()


def test_a_charge_that_was_not_made_after_all_is_attempted_again(
    played: Played, answers: list[Bank]
) -> None:
    answers.append(silence)
    played.agree(played.card())
    played.go_to(played.end - 4 * DAY)
    assert tried() == [(0, "open")]
    # By then its provider has closed it: its time is over.
    payment = Payment.objects.latest("id")
    played.go_by(timedelta(hours=2))
    played.shop.provider.close(payment_handle(payment))
    poll_payment(payment_number=payment.number, now=played.now)
    played.go_to(played.end)
    assert tried() == [(0, "soft"), (0, "paid")]


@pytest.mark.parametrize("step", ["before", "after"])
def test_a_worker_that_dies_leaves_a_charge_that_another_goes_on_with(
    played: Played, answers: list[Bank], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    played.agree(played.card())
    begun = played.begin()
    if step == "after":
        with monkeypatch.context() as patch:

            def die(*_: object) -> None:
                raise SystemExit

            patch.setattr(charging, "_settle", die)
            with pytest.raises(SystemExit):
                charging.charge_attempt(attempt_id=begun, now=played.now)
        assert Payment.objects.get().state == "succeeded"
    played.go_by(timedelta(minutes=3))
    assert tried() == [(0, "paid")]
    assert Payment.objects.count() == 1
    played.shop.check_books()


def test_an_order_that_nobody_charged_in_time_is_called_off_and_placed_anew(
    played: Played, answers: list[Bank]
) -> None:
    played.agree(played.card())
    played.go_to(played.end - 4 * DAY - timedelta(seconds=1))
    played.now = played.end - 4 * DAY
    assert look_after(auto_id=played.auto.pk, now=played.now)
    played.now += timedelta(hours=3)
    played.go_to(played.end)
    assert tried() == [(0, "soft"), (0, "paid")]


def test_an_order_that_somebody_else_called_off_was_not_paid(
    played: Played, answers: list[Bank]
) -> None:
    """Those who poll payments cancel orders whose time is over, too."""
    answers.append(silence)
    played.agree(played.card())
    charging.charge_attempt(attempt_id=played.begin(), now=played.now)
    payment = Payment.objects.get()
    played.now += timedelta(hours=1)
    cancel_order(order_number=payment.order_number, now=played.now)
    Payment.objects.update(state=PaymentState.EXPIRED, next_poll_at=None)
    played.work()
    assert tried() == [(0, "soft")]
    assert "done" not in played.told
    played.go_to(played.end)
    assert tried() == [(0, "soft"), (0, "paid")]
    played.shop.check_books()


def test_a_stop_while_the_bank_is_asked_gives_the_money_back(
    played: Played, answers: list[Bank]
) -> None:
    def stop_meanwhile(payment: PaymentHandle) -> PaymentStatusReport:
        stop_auto_renewal(auto_id=played.auto.pk, now=played.now)
        return played.shop.provider.pay(payment.number, at=played.now)

    answers.append(stop_meanwhile)
    played.agree(played.card())
    played.go_to(played.end)
    assert tried() == [(0, "withdrawn")]
    assert (played.auto.end_reason, played.cycle.state) == (EndReason.PERSON, "ended")
    payment = Payment.objects.get()
    assert (payment.problem, payment.refunded_minor) == ("late", payment.received_minor)
    assert [order.state for order in played.orders] == [OrderState.CANCELLED]
    assert "done" not in played.told
    played.shop.check_books()


def test_a_stop_before_the_bank_is_asked_charges_nothing(
    played: Played, answers: list[Bank], monkeypatch: pytest.MonkeyPatch
) -> None:
    played.agree(played.card())
    begun = played.begin()
    stop_auto_renewal(auto_id=played.auto.pk, now=played.now)
    charging.charge_attempt(attempt_id=begun, now=played.now)
    assert not Payment.objects.exists()
    assert tried() == [(0, "withdrawn")]


def test_a_stop_after_the_charge_leaves_what_was_paid(
    played: Played, answers: list[Bank], monkeypatch: pytest.MonkeyPatch
) -> None:
    played.agree(played.card())
    with monkeypatch.context() as patch:
        patch.setattr(charging, "_settle", lambda *_: None)
        played.go_to(played.end - 4 * DAY)
    stop_auto_renewal(auto_id=played.auto.pk, now=played.now)
    assert tried() == [(0, "paid")]
    assert (played.cycle.state, played.auto.end_reason) == ("renewed", EndReason.PERSON)
    assert played.told[-2:] == ["done", "ended"]


def test_what_was_paid_meanwhile_is_not_said_to_be_left_out(
    played: Played, answers: list[Bank], monkeypatch: pytest.MonkeyPatch
) -> None:
    played.agree(played.card())
    begun = played.begin()
    with monkeypatch.context() as patch:
        patch.setattr(charging, "_settle", lambda *_: None)
        charging.charge_attempt(attempt_id=begun, now=played.now)
    with pytest.raises(NothingToSkipError):
        skip_renewal(auto_id=played.auto.pk, now=played.now)
    played.go_by(timedelta(minutes=5))
    assert played.cycle.state == "renewed"


def test_a_skip_while_a_charge_waits_for_its_next_time_ends_it(
    played: Played, answers: list[Bank]
) -> None:
    answers.append(NO_MONEY)
    played.agree(played.card())
    played.go_to(played.end - 4 * DAY)
    skip_renewal(auto_id=played.auto.pk, now=played.now)
    played.go_to(played.end + DAY)
    assert (tried(), played.cycle.state) == ([(0, "soft")], "skipped")


def test_a_renewal_is_undone_for_a_day_while_unused(played: Played, answers: list[Bank]) -> None:
    played.agree(played.card())
    played.go_to(played.end - 4 * DAY)
    cycle = played.cycle
    for _ in range(2):
        undo_renewal(cycle_id=cycle.pk, caller=call_directly, now=played.now + timedelta(hours=23))
    assert played.cycle.state == "undone"
    (order,) = played.orders
    assert order.state == OrderState.REFUNDED
    assert ahead(played.auto, now=played.now).state == "undone"
    first_end = played.end
    played.go_by(timedelta(hours=23))
    assert not played.auto.cycles.filter(closed_at=None).exists()
    played.go_to(first_end + DAY)
    assert tried() == [(0, "paid")]
    assert played.auto.is_on


def test_after_a_day_it_can_not_be_undone(played: Played, answers: list[Bank]) -> None:
    played.agree(played.card())
    played.go_to(played.end - 4 * DAY)
    with pytest.raises(UndoOverError):
        undo_renewal(cycle_id=played.cycle.pk, caller=call_directly, now=played.now + DAY)
    assert played.cycle.state == "renewed"


def test_it_ends_when_the_bank_takes_a_renewals_money_back(
    played: Played, answers: list[Bank]
) -> None:
    played.agree(played.card())
    played.go_to(played.end)
    make_dispute(payment=Payment.objects.get(), state="lost")
    played.go_by(40 * DAY)
    assert tried() == [(0, "paid")]
    assert played.auto.end_reason == EndReason.DISPUTE
    assert played.told[-1] == "ended"


def test_a_removed_card_makes_way_for_the_wallet_and_without_one_it_ends(
    played: Played, answers: list[Bank]
) -> None:
    played.fill_wallet()
    played.agree(played.card(), WALLET)
    SavedMethod.objects.update(removed_at=played.now)
    played.go_to(played.end)
    assert tried() == [(1, "paid")]
    SavedMethod.objects.update(removed_at=None)
    played.agree(played.card("Visa •••• 1111"))
    SavedMethod.objects.update(removed_at=played.now)
    wake_for_person(subscriber_id=played.auto.subscriber_id, now=played.now)
    played.work()
    assert played.auto.end_reason == EndReason.NO_METHOD


def test_an_amount_is_never_above_the_cap_even_if_the_price_moves_at_the_last_moment(
    played: Played, answers: list[Bank]
) -> None:
    played.agree(played.card(), cap_minor=2500)
    played.go_to(played.end - 4 * DAY - timedelta(seconds=1))
    Price.objects.filter(currency="USD").update(amount_minor=2501)
    played.go_to(played.end)
    assert (tried(), Order.objects.filter(agreed_at__isnull=False).count()) == ([], 0)
