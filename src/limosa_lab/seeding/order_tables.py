"""The rows about the orders of the newest bundles: each paid through WeChat Pay and delivered."""

from collections.abc import Iterator

from limosa.domain.connectivity.engine.renewing import RenewalWay
from limosa.domain.ordering.engine.bookings import FundsSource, paid
from limosa.foundation.money import Money
from limosa_lab.seeding.facts import (
    CURRENCY,
    QUOTE_MINUTES,
    TIME_ZONE,
    BundleFact,
    SoldPlan,
    World,
)
from limosa_lab.seeding.table import Table

PROVIDER = "wechatpay"
# The accounts that all orders share; their ids count from 1 in this order.
SYSTEM_ACCOUNTS = (
    f"clearing:{PROVIDER}:{CURRENCY}",
    f"deferred_revenue:{CURRENCY}",
    f"tax_payable:{CURRENCY}",
)
_LEGS_MAX = len(SYSTEM_ACCOUNTS)


def order_tables(world: World) -> list[Table]:
    """Return the tables about orders; the n-th row of each belongs to the n-th order."""
    orders = world.size.orders
    return [
        Table(
            "ordering_quote",
            "id, public_id, subscriber_id, esim_id, plan_id, start_rule, list_minor,"
            " discount_minor, total_minor, tax_minor, currency, exchange, volume_bytes, starts_at,"
            " ends_at, time_zone, created_at, expires_at, way, value_minor",
            orders,
            lambda: _quotes(world),
        ),
        Table(
            "ordering_order",
            "id, number, quote_id, subscriber_id, esim_id, state, consented_at, placed_at,"
            " paid_at, fulfilled_at, recognized_minor, next_recognition_at, reversed_minor,"
            " reversed_tax_minor, link",
            orders,
            lambda: _order_lines(world),
        ),
        Table(
            "payments_payment",
            "id, number, order_number, subscriber_id, provider, method, amount_minor, currency,"
            " state, pay_url, transaction_id, received_minor, received_currency, refunded_minor,"
            " pays_order, problem, created_at, expires_at, paid_at, applied_at, reference,"
            " save_wanted, in_wallet, decline, captures_refused, is_automatic",
            orders,
            lambda: _payments(world),
        ),
        Table(
            "ledger_journalentry",
            "id, key, kind, order_number, posted_at",
            orders,
            lambda: _entries(world),
        ),
        Table(
            "ledger_posting",
            "entry_id, account_id, amount_minor",
            orders * _LEGS_MAX,
            lambda: _postings(world),
        ),
        Table(
            "notifications_notification",
            "id, key, subscriber_id, kind, parameters, created_at, read_at, mailed_at,"
            " mail_attempts",
            orders,
            lambda: _notifications(world),
        ),
    ]


def _facts(world: World) -> Iterator[tuple[int, str, int, BundleFact]]:
    """Return (order id, number, eSIM, bundle) of each order."""
    first = world.size.bundles - world.size.orders
    for order in range(1, world.size.orders + 1):
        esim, fact = world.bundle(first + order)
        yield order, f"L-{world.chance.code(first + order, length=8)}", esim, fact


def _quotes(world: World) -> Iterator[str]:
    at = world.moments.at
    for order, _, esim, fact in _facts(world):
        plan, created, minute = fact.plan, fact.created_days, fact.minute
        rule = "now" if fact.starts_days == created else "after_current"
        way = RenewalWay.AT_ONCE if rule == "now" else RenewalWay.AS_CHOSEN
        yield (
            f"{order}\t{world.chance.code(order, length=12)}\t{world.owner(esim)}\t{esim}"
            f"\t{plan.code}\t{rule}\t{plan.price_minor}\t0\t{plan.price_minor}\t{plan.tax_minor}"
            f"\t{CURRENCY}\t{{}}\t{plan.volume_bytes}\t{at(fact.starts_days, minute)}"
            f"\t{at(fact.ends_days, minute)}\t{TIME_ZONE}\t{at(created, minute)}"
            f"\t{at(created, minute + QUOTE_MINUTES)}\t{way}\t0\n"
        )


def _order_lines(world: World) -> Iterator[str]:
    for order, number, esim, fact in _facts(world):
        at = world.moments.at(fact.created_days, fact.minute)
        earning = world.moments.at(-1, fact.minute)
        yield (
            f"{order}\t{number}\t{order}\t{world.owner(esim)}\t{esim}\tfulfilled"
            f"\t{at}\t{at}\t{at}\t{at}\t0\t{earning}\t0\t0\t\n"
        )


def _payment_number(world: World, order: int) -> str:
    return f"LM{world.chance.code(order, length=22)}"


def _payments(world: World) -> Iterator[str]:
    for order, number, esim, fact in _facts(world):
        at = world.moments.at(fact.created_days, fact.minute)
        until = world.moments.at(fact.created_days, fact.minute + QUOTE_MINUTES)
        price = fact.plan.price_minor
        yield (
            f"{order}\t{_payment_number(world, order)}\t{number}\t{world.owner(esim)}\t{PROVIDER}"
            f"\tnative\t{price}\t{CURRENCY}\tsucceeded\t\t42{world.chance.code(order, length=24)}"
            f"\t{price}\t{CURRENCY}\t0\tt\t\t{at}\t{until}\t{at}\t{at}\t\tf\tf\t\t0\tf\n"
        )


def _entries(world: World) -> Iterator[str]:
    for order, number, _, fact in _facts(world):
        at = world.moments.at(fact.created_days, fact.minute)
        yield f"{order}\tpayment:{_payment_number(world, order)}\tpayment\t{number}\t{at}\n"


def _postings(world: World) -> Iterator[str]:
    legs: dict[str, list[str]] = {}
    for order, _, _, fact in _facts(world):
        plan = fact.plan
        if plan.code not in legs:
            legs[plan.code] = _legs(plan)
        for leg in legs[plan.code]:
            yield f"{order}\t{leg}"


def _legs(plan: SoldPlan) -> list[str]:
    """Return account id, amount and line end of each leg, as the product books a payment."""
    total = Money(plan.price_minor, CURRENCY)
    source = FundsSource(provider=PROVIDER, subscriber_id=0, received=total)
    return [
        f"{SYSTEM_ACCOUNTS.index(leg.account_code) + 1}\t{leg.amount.amount_minor}\n"
        for leg in paid(source, total=total, tax_minor=plan.tax_minor)
        if leg.amount.amount_minor
    ]


def _notifications(world: World) -> Iterator[str]:
    for order, number, esim, fact in _facts(world):
        at = world.moments.at(fact.created_days, fact.minute)
        read = at if world.chance.of(10, order, 3) else "\\N"
        parameters = (
            f'{{"order_number": "{number}", "esim_label": "",'
            f' "iccid_tail": "{world.iccid(esim)[-4:]}", "plan_name": {fact.plan.name_json},'
            f' "ends_at": "{world.moments.at(fact.ends_days, fact.minute)}:00",'
            f' "time_zone": "{TIME_ZONE}"}}'
        )
        yield (
            f"{order}\tcredited:{number}\t{world.owner(esim)}\tpayment_credited\t{parameters}"
            f"\t{at}\t{read}\t{at}\t1\n"
        )
