"""One of everything, so that every page has something to show; and three who ask for it."""

from dataclasses import dataclass

from django.conf import settings
from django.test import Client

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.models import Plan
from limosa.domain.ledger.operations.credit_wallet import credit_wallet
from limosa.domain.payments.models import Payment, SavedMethod
from limosa.domain.support.models import RefundProposal
from limosa.domain.support.operations.open_case import open_case
from limosa.domain.support.operations.pause_supplier import pause_supplier
from limosa.foundation.money import Money
from tests.factories import MOMENT
from tests.factories.accounts import make_operator, make_subscriber, sign_in_staff
from tests.factories.catalog import make_carrier, make_plan, make_rates
from tests.factories.charging import make_daily_usage
from tests.factories.esims import make_bundle, make_esim
from tests.factories.links import renew_path
from tests.factories.notifications import make_notification
from tests.factories.ordering import make_order, make_tax_rate
from tests.factories.payments import make_payment, make_refund
from tests.factories.promotions import make_promotion, make_promotion_code
from tests.factories.settlements import make_difference, make_settlement, make_total
from tests.factories.wholesale import (
    listed,
    make_ending,
    make_price_proposal,
    make_rule,
    make_sheet,
)


@dataclass
class World:
    """Who asks: `staff`, who also buys; `person`, who owns nothing. `start`: paths to begin at."""

    staff: Subscriber
    person: Subscriber
    start: list[str]

    def cookies(self) -> dict[str, str]:
        """Return the session cookies of the staff, of the person, and of nobody."""
        return {
            "staff": signed_in(self.staff),
            "person": signed_in(self.person),
            "nobody": "",
        }


def signed_in(who: Subscriber) -> str:
    """Return the session cookie of somebody who has just signed in."""
    client = Client()
    if who.staff_role:
        sign_in_staff(client, who)
    else:
        client.force_login(who)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def make_world() -> World:
    """Make it. The clock of what is made stands at MOMENT."""
    staff = make_operator(email="staff@example.com")
    make_tax_rate()
    make_rates()
    make_promotion()
    code = make_promotion_code(text="SPRING")
    carrier = make_carrier("t-mobile", name="T-Mobile")
    plan = make_plan(code="month-20", name={"en": "1 month"}, carrier=carrier)
    make_plan(code="day-1", name={"en": "1 day"}, kind="unlimited", carrier=carrier)
    esim = make_esim(subscriber=staff, carrier=carrier, usage_seen_at=MOMENT)
    make_daily_usage(esim=esim)
    make_notification(subscriber=staff)
    credit_wallet(subscriber_id=staff.pk, amount=Money(90_000, "USD"), key="gift", now=MOMENT)
    pause_supplier(supplier_code="own_network", is_paused=True, actor=staff, now=MOMENT)
    numbers = _make_orders(staff, esim, plan)
    _make_price_lists(plan)
    methods = SavedMethod.objects.filter(subscriber=staff).values_list("public_id", flat=True)
    start = ["/", "/console/", renew_path(esim_public_id=esim.public_id)]
    start += [f"/settings/methods/{public_id}/remove/" for public_id in methods]
    start += [f"/orders/{number}/{page}" for number in numbers for page in ("", "pay/", "pin/")]
    start += [f"/console/orders/{number}/" for number in numbers]
    start += ["/code/SPRING/", f"/console/promotions/of/{code.promotion_id}/"]
    return World(staff, make_subscriber(email="lin@example.com"), start)


def _make_price_lists(plan: Plan) -> None:
    """Make a list with changes, rules, and a proposal."""
    make_rule()
    make_ending()
    make_sheet(listed("a"), listed("b"), supplier="own_network")
    make_sheet(listed("a", cost=501, days=31), listed("c"), supplier="own_network")
    make_price_proposal(plan=plan)


def _make_orders(staff: Subscriber, esim: object, plan: object) -> list[str]:
    """Make an order in each state that pages tell apart, with what belongs to it."""
    kept = {"subscriber": staff, "esim": esim, "plan": plan}
    waiting = make_order(**kept)
    done = make_order(state="fulfilled", **kept)
    make_bundle(esim=esim, plan=plan, order_number=done.number)
    odd = make_order(state="paid", **kept)
    make_payment(order=waiting)
    make_payment(order=done, state="succeeded")
    paid: Payment = make_payment(order=odd, state="succeeded", problem="refund_failed")
    make_refund(payment=paid, next_poll_at=MOMENT)
    SavedMethod.objects.create(
        public_id="saved",
        subscriber=staff,
        provider="wechatpay",
        reference="r",
        label="Visa",
        consented_at=MOMENT,
    )
    RefundProposal.objects.create(
        order=done,
        detail="as asked",
        needs_second=True,
        proposed_by=make_operator(),
        proposed_at=MOMENT,
    )
    case = open_case(order=odd, message="Where is it?", now=MOMENT)
    settlement = make_settlement()
    make_total(settlement)
    make_difference(settlement=settlement, payment=paid)
    assert case.number
    return [waiting.number, done.number, odd.number]
