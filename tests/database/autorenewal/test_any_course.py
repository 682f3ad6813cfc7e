"""Whatever happens in whatever order, nothing is charged that was not agreed to and announced."""

from collections.abc import Callable
from datetime import timedelta
from random import Random  # noqa: TID251 -- each course is made by its seed

import pytest

from limosa.domain.autorenewal.models import Attempt, AutoRenewal, Cycle
from limosa.domain.autorenewal.operations.skip_renewal import skip_renewal
from limosa.domain.autorenewal.operations.stop_auto_renewal import stop_auto_renewal
from limosa.domain.autorenewal.operations.undo_renewal import undo_renewal
from limosa.domain.autorenewal.refusals import AutoRenewalNotOfferedError
from limosa.domain.catalog.models import Plan, Price
from limosa.domain.esims.models import Bundle
from limosa.domain.ordering.models import Order
from limosa.domain.ordering.operations.poll_payment import poll_payment
from limosa.domain.payments.calling import call_directly
from limosa.domain.payments.models import OPEN_STATES, Payment, SavedMethod
from limosa.domain.payments.requests import PaymentHandle
from limosa.domain.payments.status_reports import Decline, PaymentStatusReport, ProviderState
from limosa.domain.support.models import Finding, GuardKind
from limosa.domain.support.operations.run_guards import run_guards
from limosa.foundation.errors import DomainRefusal, ProviderError
from tests.database.autorenewal.played import DAY, WALLET, Played

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


class Course:
    """One course of events, by its seed."""

    def __init__(self, played: Played, seed: int) -> None:
        self.played = played
        self.chance = Random(seed)  # noqa: S311 -- a course by its seed, no secret
        self.card = played.card()

    def run(self, steps: int) -> None:
        deeds: list[Callable[[], object]] = [
            *[self.agree] * 4,
            *[self.fill] * 2,
            self.stop,
            self.skip,
            self.undo,
            self.move_price,
            self.break_mail,
            self.sell,
            self.renew_by_hand,
            self.keep_card,
            self.ask_bank,
        ]
        self.agree()
        for _ in range(steps):
            self.played.go_by(self.chance.choice([HOUR, 6 * HOUR, DAY, 3 * DAY, 9 * DAY]))
            if not Bundle.objects.filter(ends_at__gt=self.played.now, state="active").exists():
                self.renew_by_hand()
                self.agree()
            if self.chance.random() < 0.3:
                self.chance.choice(deeds)()
            Plan.objects.update(on_sale=True)
        self.played.mail_works = True
        for _ in range(2):  # The worker asks until it knows.
            self.played.go_by(2 * HOUR)
            self.ask_bank()
        self.played.work()

    def agree(self) -> None:
        methods = self.chance.choice([[WALLET], [self.card], [self.card, WALLET]])
        until = self.chance.choice([None, None, self.played.now + 20 * DAY])
        cap_minor = self.chance.choice([2400, 3000, 3000])
        try:
            self.played.agree(*methods, cap_minor=cap_minor, until=until)
        except AutoRenewalNotOfferedError:
            return

    def stop(self) -> None:
        for auto in AutoRenewal.objects.filter(ended_at=None):
            stop_auto_renewal(auto_id=auto.pk, now=self.played.now)

    def skip(self) -> None:
        for auto in AutoRenewal.objects.filter(ended_at=None):
            try:
                skip_renewal(auto_id=auto.pk, now=self.played.now)
            except DomainRefusal:
                return

    def undo(self) -> None:
        for cycle in Cycle.objects.filter(state="renewed"):
            try:
                undo_renewal(cycle_id=cycle.pk, caller=call_directly, now=self.played.now)
            except DomainRefusal:
                return

    def move_price(self) -> None:
        amount_minor = self.chance.choice([2300, 2400, 2500, 2700])
        Price.objects.filter(currency="USD").update(amount_minor=amount_minor)

    def break_mail(self) -> None:
        self.played.mail_works = self.chance.random() < 0.7

    def sell(self) -> None:
        """Take it off sale for a while."""
        Plan.objects.update(on_sale=False)
        self.played.go_by(3 * DAY)

    def fill(self) -> None:
        self.played.fill_wallet(self.chance.choice([1000, 3000]))

    def renew_by_hand(self) -> None:
        if not Plan.objects.filter(on_sale=False).exists():
            order = self.played.shop.place(now=self.played.now)
            self.played.shop.pay_from_wallet(order, now=self.played.now)

    def keep_card(self) -> None:
        removed_at = self.chance.choice([None, None, self.played.now])
        SavedMethod.objects.update(removed_at=removed_at)

    def ask_bank(self) -> None:
        for payment in Payment.objects.filter(provider="fake", state__in=OPEN_STATES):
            poll_payment(payment_number=payment.number, now=self.played.now)

    def capture(self, payment: PaymentHandle) -> PaymentStatusReport:
        """Answer as a bank may: paid, refused, wanting the person, silent before or after."""
        said = self.chance.choice(["paid", "paid", "soft", "hard", "payer", "lost", "silent"])
        if said in {"paid", "lost"}:
            paid = self.played.shop.provider.pay(payment.number, at=self.played.now)
            if said == "paid":
                return paid
        if said in {"lost", "silent"}:
            raise ProviderError("no answer", retryable=True)
        decline = {"soft": Decline.INSUFFICIENT_FUNDS, "hard": Decline.CARD_EXPIRED}.get(said)
        state = ProviderState.FAILED if decline else ProviderState.PAYER_NEEDED
        return PaymentStatusReport(payment_number=payment.number, state=state, decline=decline)


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_charged_that_was_not_agreed_to_and_announced(
    played: Played, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    course = Course(played, seed)
    monkeypatch.setattr(played.shop.provider, "capture", course.capture)
    course.run(30)
    run_guards(now=played.now, whole=True, kinds=[GuardKind.AUTOMATIC])
    assert list(Finding.objects.values_list("problem", "subject")) == []
    for attempt in Attempt.objects.select_related("cycle__auto_renewal__consent"):
        auto = attempt.cycle.auto_renewal
        assert auto.ended_at is None or attempt.begun_at <= auto.ended_at
        assert attempt.total_minor <= attempt.at_most_minor <= (auto.consent.cap_minor or 0)
        assert attempt.begun_at < attempt.cycle.ends_at
    paid = Order.objects.filter(agreed_at__isnull=False, paid_at__isnull=False)
    renewed = Cycle.objects.filter(state__in=["renewed", "undone"])
    assert {order.number for order in paid} == {cycle.order_number for cycle in renewed}
    played.shop.check_books()


def test_the_courses_come_to_charges_refusals_and_ends(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the claim is about happens in them."""
    course = Course(played, 0)
    monkeypatch.setattr(played.shop.provider, "capture", course.capture)
    for _ in range(3):
        course.run(30)
    outcomes = set(Attempt.objects.values_list("outcome", flat=True))
    assert "paid" in outcomes
    assert outcomes & {"soft", "hard", "payer"}
    states = set(Cycle.objects.values_list("state", flat=True))
    assert len(states & {"renewed", "skipped", "failed", "ended", "undone"}) >= 3
