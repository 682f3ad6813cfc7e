"""What the actors of a simulation do: each is one process of the shop, from start to end."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from limosa.domain.accounts.models import Subscriber, UnappliedFunds
from limosa.domain.catalog.models import Supplier
from limosa.domain.charging.operations.expire_reserves import expire_reserves
from limosa.domain.charging.operations.grant_due_reserves import grant_due_reserves
from limosa.domain.charging.operations.record_usage import UsageReport, record_usage
from limosa.domain.charging.queries import open_reserve
from limosa.domain.connectivity.answers import Delivered
from limosa.domain.esims.models import Esim
from limosa.domain.esims.operations.advance_bundles import advance_bundles
from limosa.domain.ledger.operations.credit_wallet import credit_wallet
from limosa.domain.ordering.models import Order, StartRule
from limosa.domain.ordering.operations.cancel_order import cancel_order
from limosa.domain.ordering.operations.deliver_waiting_orders import deliver_waiting_orders
from limosa.domain.ordering.operations.make_quote import make_quote
from limosa.domain.ordering.operations.place_order import place_order
from limosa.domain.ordering.operations.poll_due_payments import poll_due_payments
from limosa.domain.ordering.operations.poll_payment import poll_payment
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.operations.receive_notification import receive_notification
from limosa.domain.ordering.operations.receive_supplier_callback import receive_supplier_callback
from limosa.domain.ordering.operations.recognize_revenue import recognize_revenue
from limosa.domain.ordering.operations.reconcile import reconcile
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.ordering.operations.return_order import return_order
from limosa.domain.ordering.operations.start_payment import start_payment
from limosa.domain.ordering.operations.supply_next_order import supply_next_order
from limosa.domain.payments.calling import call_directly
from limosa.domain.payments.models import SavedMethod
from limosa.domain.payments.operations.forget_saved_method import forget_saved_method
from limosa.domain.payments.operations.save_methods import save_methods
from limosa.domain.payments.requests import SAVED, Payer, PaymentMethodChoice
from limosa.domain.support.operations.settle_supply import settle_supply
from limosa.foundation.errors import DomainRefusal
from limosa.foundation.money import Money
from limosa.foundation.volume import GB, MB
from limosa_lab.simulation.held import Message
from limosa_lab.simulation.stage import pause
from limosa_lab.simulation.world import PLANS, World

_ORDERS_IN_A_ROUND = 10
CHOICES = (
    PaymentMethodChoice(provider="atonce", method="native"),
    PaymentMethodChoice(provider="atonce", method="h5"),
    PaymentMethodChoice(provider="captured", method="redirect"),
    PaymentMethodChoice(provider="cards", method="card"),
    PaymentMethodChoice(provider="cards", method="card", save=True),
    PaymentMethodChoice(provider="cards", method=SAVED),
    PaymentMethodChoice(provider="wallet", method="wallet"),
)


def supply_what_is_due(world: World) -> str:
    """A worker orders from the supplier, and queries what it has not answered."""
    taken = 0
    while taken < _ORDERS_IN_A_ROUND and supply_next_order(clock=lambda: world.now):
        taken += 1
    return str(taken)


def _turn_bundles(world: World) -> int:
    """The worker's rounds about bundles, and about the reserves after them."""
    changed = advance_bundles(now=world.now)
    if not world.configuration.has_reserve:
        return changed
    return changed + expire_reserves(now=world.now) + grant_due_reserves(now=world.now)


JOBS: dict[str, Callable[[World], object]] = {
    "ask": lambda world: poll_due_payments(now=world.now),
    "refunds": lambda world: push_refunds(now=world.now),
    "keep": lambda world: save_methods(now=world.now),
    "deliver": lambda world: deliver_waiting_orders(now=world.now),
    "supply": supply_what_is_due,
    "earn": lambda world: recognize_revenue(now=world.now),
    "bundles": _turn_bundles,
}


def jobs_of(world: World, *, polls: bool) -> list[str]:
    """Return the jobs of the shop's worker. `polls`: it polls payment providers on schedule."""
    left_out = {"" if polls else "ask", "" if world.suppliers else "supply"}
    return [name for name in JOBS if name not in left_out]


def call_back(world: World, *, code: str, body: bytes) -> str:
    """A supplier reports the state of an order, possibly again."""
    is_kept = receive_supplier_callback(supplier_code=code, headers={}, body=body, now=world.now)
    return "kept" if is_kept else "to be told again"


def find_out(world: World, *, code: str, number: str) -> str:
    """Somebody looks on the supplier's own pages what became of an order, and enters it."""
    there = world.suppliers[code].orders_of(number)
    answer = there[-1].answer if there else None
    delivered = answer if isinstance(answer, Delivered) else None
    return settle_supply(order_number=number, delivered=delivered, actor=None, now=world.now)


def place(
    world: World, *, person: int, plan: int, choice: PaymentMethodChoice, renews: bool
) -> str:
    """A person orders and submits a payment option."""
    subscriber = Subscriber.objects.get(pk=person)
    quote = make_quote(
        subscriber=subscriber,
        esim=_esim_of(world, person) if renews else None,
        plan_code=PLANS[plan],
        start_rule=StartRule.AFTER_CURRENT if renews else StartRule.NOW,
        now=world.now,
    )
    order = place_order(quote=quote, now=world.now)
    world.orders.append(order.number)
    pause("answered: the order's page")
    return press(world, number=order.number, choice=choice)


def _esim_of(world: World, person: int) -> Esim:
    """Return the eSIM that a person renews: where suppliers sell new ones, the newest."""
    if len(world.suppliers) < 2:
        return Esim.objects.get(public_id=f"ESIM{person}")
    return Esim.objects.filter(subscriber_id=person).order_by("id").reverse()[0]


def press(world: World, *, number: str, choice: PaymentMethodChoice) -> str:
    """The person submits a payment option on the order's page."""
    order = Order.objects.select_related("quote__plan", "subscriber").get(number=number)
    if choice.method == SAVED:
        choice = replace(choice, saved_id=_newest_saved(order.subscriber_id))
    payment = start_payment(order=order, choice=choice, payer=Payer(ip="127.0.0.1"), now=world.now)
    pause("answered: the way to pay")
    if choice.provider != "wallet":
        world.payable[payment.number] = choice.provider
    return payment.state


def _newest_saved(person: int) -> str:
    """Return the method shown first; without one, an unknown id."""
    shown = SavedMethod.objects.filter(subscriber_id=person, removed_at=None).order_by("-id")
    return shown.values_list("public_id", flat=True).first() or "NONE"


def forget(world: World, *, person: int) -> str:
    """A person removes a saved method."""
    saved_id = _newest_saved(person)
    return str(forget_saved_method(subscriber_id=person, public_id=saved_id, now=world.now))


def choose(world: World, *, person: int, keeps: bool) -> str:
    """A person chooses where unapplied funds go."""
    del world
    choice = UnappliedFunds.WALLET if keeps else UnappliedFunds.BACK
    Subscriber.objects.filter(pk=person).update(unapplied_funds=choice)
    return choice


def give(world: World, *, person: int, amount_minor: int) -> str:
    """The operator credits goodwill to somebody."""
    world.gifts += 1
    money = Money(amount_minor, world.configuration.currency)
    key = f"gift:{world.gifts}"
    return str(credit_wallet(subscriber_id=person, amount=money, key=key, now=world.now))


def deliver(world: World, *, message: Message) -> str:
    """The provider's notification arrives; the answer acknowledges it, or it is sent again."""
    message.is_under_way = True
    message.deliveries += 1
    try:
        return take_in(world, message)
    finally:
        message.is_under_way = False


def take_in(world: World, message: Message) -> str:
    """Store the notification, then answer: only the answer acknowledges it."""
    result = receive_notification(
        provider_code=message.provider,
        headers=message.headers,
        body=message.body,
        now=world.now,
    )
    pause("answered: acknowledged")
    message.is_acknowledged = True
    return result


def come_back(world: World, *, number: str) -> str:
    """The payer returns to our page, which polls the provider."""
    return poll_payment(payment_number=number, now=world.now)


def cancel(world: World, *, number: str) -> str:
    """The person cancels the order."""
    return str(cancel_order(order_number=number, now=world.now))


def give_back(world: World, *, number: str) -> str:
    """The person returns an order, which its supplier may have to agree to."""
    returned = return_order(order_number=number, caller=call_directly, now=world.now)
    return "asked" if returned is None else returned.state


def refund(world: World, *, number: str) -> str:
    """The person, or staff, requests a refund."""
    return refund_order(order_number=number, reason="asked", now=world.now).state


def refund_part(world: World, *, number: str, part_minor: int) -> str:
    """Staff refund a part, as goodwill."""
    return refund_order(
        order_number=number, reason="goodwill", now=world.now, part_minor=part_minor
    ).state


def pause_supplier(world: World, *, is_paused: bool) -> str:
    """The operator pauses or resumes the supplier."""
    del world
    Supplier.objects.filter(is_paused=not is_paused).update(is_paused=is_paused)
    return "paused" if is_paused else "open"


def pause_one(world: World, *, code: str) -> str:
    """The operator pauses one supplier, and no other."""
    del world
    Supplier.objects.exclude(code=code).filter(is_paused=True).update(is_paused=False)
    Supplier.objects.filter(code=code).update(is_paused=True)
    return f"{code or 'none'} is paused"


def use(world: World, *, person: int, gigabytes: int) -> str:
    """The network reports usage: so many MB, where only a reserve is left."""
    world.usage_records += 1
    esim = Esim.objects.get(public_id=f"ESIM{person}")
    is_reserve = world.configuration.has_reserve and open_reserve(esim, now=world.now) is not None
    report = UsageReport(
        record_id=str(world.usage_records),
        iccid=esim.iccid,
        started_at=world.now - timedelta(minutes=1),
        ended_at=world.now,
        uplink_bytes=0,
        downlink_bytes=gigabytes * (MB if is_reserve else GB),
    )
    record_usage(feed="played", reports=[report], now=world.now)
    return f"{gigabytes} GB"


def settle(world: World, *, provider: str, day: date) -> str:
    """A worker compares a provider's settlement with the books."""
    settlement = reconcile(provider_code=provider, day=day, now=world.now)
    return f"{settlement.matched} of {settlement.lines} lines match"


def job(world: World, *, name: str) -> str:
    """A worker's round. It must not refuse: nobody would notice, and the remaining work would
    wait."""
    try:
        return str(JOBS[name](world))
    except DomainRefusal as refusal:
        raise RuntimeError(f"the round of {name} ended with {refusal!r}") from refusal
