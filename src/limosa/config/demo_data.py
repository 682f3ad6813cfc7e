"""The demo's people and their history, played through the real operations day by day.

Nothing bypasses an operation: orders are quoted, placed and paid from the wallet, and usage is
reported by a feed, so the books balance as they do in production. Existing data is left as it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.conf import settings
from django.db import transaction

import limosa
from limosa.config.demo_phones import OnPhone
from limosa.config.demo_run import TOTP_SECRET
from limosa.config.demo_supplies import import_whole_catalogue
from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.models import CatalogImport, ExchangeRate
from limosa.domain.catalog.operations.import_rates import import_rates
from limosa.domain.charging.operations.record_usage import UsageReport, record_usage
from limosa.domain.coverage.operations.import_coverage import import_coverage
from limosa.domain.esims.models import Bundle, Esim
from limosa.domain.esims.operations.advance_bundles import advance_bundles
from limosa.domain.esims.operations.rename_esim import rename_esim
from limosa.domain.ledger.operations.credit_wallet import credit_wallet
from limosa.domain.notifications.models import Notification
from limosa.domain.ordering.models import StartRule, TaxRate
from limosa.domain.ordering.operations.make_quote import make_quote
from limosa.domain.ordering.operations.place_order import place_order
from limosa.domain.ordering.operations.recognize_revenue import recognize_revenue
from limosa.domain.ordering.operations.start_payment import start_payment
from limosa.domain.payments.requests import Payer, PaymentMethodChoice
from limosa.domain.promotions.operations.import_promotions import import_promotions
from limosa.domain.search.operations.rebuild_index import rebuild_index
from limosa.domain.wallets.models import BonusTier
from limosa.domain.wallets.operations.offer_tier import WantedTier, offer_tier
from limosa.foundation.money import Money
from limosa.foundation.period import Validity, ValidityUnit

DATA = Path(limosa.__file__).parent / "data"
PASSWORD = "limosa-demo"  # noqa: S105 -- shown on the screen: anybody at the demo may sign in.
FEED = "demo"
# California's base rate of sales tax; an operator sets the rate of their own place.
TAX_PLACE, TAX_BASIS_POINTS = "US-CA", 725
# Each day's share of the data, cyclically: weekends are heavier.
# The phone of each eSIM, by its label, and whether it is on.
PHONES = {
    "旧金山 · 手机": ("lin-phone", True),
    "iPad": ("lin-ipad", True),
    "Phone": ("alex-phone", True),
    "Lisbon trip": ("alex-phone", False),
}
DAY_WEIGHTS = (6, 4, 5, 3, 8, 13, 11, 5, 3, 7, 4, 9, 15, 8)

# On top of top-ups in dollars: from which amount on, and how much.
BONUSES_MINOR = ((5000, 500), (10_000, 1500))
BONUS_DAYS = 90


class SignIn(NamedTuple):
    """Somebody whom a visitor of the demo can sign in as."""

    role: str
    email: str
    password: str

    def __str__(self) -> str:
        """Return the line that the demo prints."""
        return f"{self.email} / {self.password}   {self.role}"


@dataclass(frozen=True, slots=True)
class Use:
    """Data used on an eSIM: a share of a plan's bytes, between two moments."""

    percent: int
    begun_at: datetime
    seen_at: datetime


SIGN_INS = [
    SignIn("subscriber (简体中文)", "lin@example.com", PASSWORD),
    SignIn("subscriber (English)", "alex@example.com", PASSWORD),
    SignIn("operator", "operator@example.com", PASSWORD),
]


def load(*, now: datetime) -> list[SignIn]:
    """Load the demo's catalogue, rates and people into the database; return who can sign in."""
    load_reference(now=now)
    rebuild_index(now=now)
    _offer_bonuses(now)
    for email, make in (
        ("lin@example.com", _make_lin),
        ("alex@example.com", _make_alex),
        ("operator@example.com", _make_operator),
    ):
        if not Subscriber.objects.filter(email=email).exists():
            with transaction.atomic():
                make(email, now)
    _set_up_second_step("operator@example.com")
    return SIGN_INS


def to_download(people: list[SignIn]) -> list[OnPhone]:
    """Return what the demo's people bought in its history and no phone has yet, in the order of
    their eSIMs."""
    esims = Esim.objects.filter(
        subscriber__email__in=[person.email for person in people],
        label__in=PHONES,
        installations=None,
    )
    found = []
    for esim in esims.order_by("id"):
        phone, is_on = PHONES[esim.label]
        code = esim.activation_code
        found.append(OnPhone(phone=phone, iccid=esim.iccid, code=code, is_on=is_on))
    return found


def load_reference(*, now: datetime) -> None:
    """Load the shipped catalogue, promotions, rates and tax into a database without them."""
    if not CatalogImport.objects.exists():
        with transaction.atomic():
            import_whole_catalogue(
                shipped=DATA / "catalog.yaml", theirs=DATA / "wholesale_plans.yaml", now=now
            )
            import_promotions(path=DATA / "promotions.yaml")
            import_coverage(
                paths=[DATA / "coverage" / name for name in ("networks.csv", "facts.csv")], now=now
            )
    if not ExchangeRate.objects.exists():
        import_rates(path=DATA / "ecb_rates.csv")
    TaxRate.objects.get_or_create(place=TAX_PLACE, defaults={"rate_basis_points": TAX_BASIS_POINTS})


def _offer_bonuses(now: datetime) -> None:
    if BonusTier.objects.exists():
        return
    for least_minor, bonus_minor in BONUSES_MINOR:
        wanted = WantedTier(
            least=Money(least_minor, "USD"),
            bonus=Money(bonus_minor, "USD"),
            valid_days=BONUS_DAYS,
            starts_at=now,
            ends_at=None,
        )
        offer_tier(wanted=wanted, now=now)


def _make_lin(email: str, now: datetime) -> None:
    """Lin lives in San Francisco; her home is Shanghai. Her phone is due for renewal."""
    lin = _make_person(email, display_name="Lin 林", language="zh-hans", time_zone="Asia/Shanghai")
    renewed_at = _month_that_ends_at(now + timedelta(days=2, hours=9))
    bought_at = renewed_at - timedelta(days=33, hours=2)
    phone = _buy(lin, "t-mobile-month-20gb", at=bought_at)
    rename_esim(esim=phone, label="旧金山 · 手机")
    _use(phone, Use(74, bought_at, bought_at + timedelta(days=29)))
    advance_bundles(now=renewed_at)
    _buy(lin, "t-mobile-month-20gb", at=renewed_at, esim=phone)
    tablet_at = now - timedelta(days=20, hours=5)
    tablet = _buy(lin, "att-quarter-30gb", at=tablet_at)
    rename_esim(esim=tablet, label="iPad")
    _use(tablet, Use(27, tablet_at, now - timedelta(minutes=21)))
    _use(phone, Use(82, renewed_at, now - timedelta(minutes=4)))
    _give(lin, Money(1240, "USD"), key="demo:lin:welcome", at=now - timedelta(days=9))
    _settle(lin, now)


def _make_alex(email: str, now: datetime) -> None:
    """Alex has an unlimited plan, and one for a trip that waits for its first byte."""
    alex = _make_person(email, display_name="Alex", language="en", time_zone="America/New_York")
    bought_at = now - timedelta(days=11, hours=3)
    phone = _buy(alex, "att-month-unlimited", at=bought_at)
    rename_esim(esim=phone, label="Phone")
    _use(phone, Use(63, bought_at, now - timedelta(minutes=9)))
    journey = _buy(alex, "world-week-1gb", at=now - timedelta(days=1, hours=2))
    rename_esim(esim=journey, label="Lisbon trip")
    _settle(alex, now)


def _make_operator(email: str, _now: datetime) -> None:
    _make_person(email, display_name="Operator", language="en", is_staff=True, staff_role="admin")


def _set_up_second_step(email: str) -> None:
    """Give the operator an authenticator app, whose codes the demo's mailbox shows."""
    person = Subscriber.objects.get(email=email)
    Authenticator.objects.get_or_create(
        user=person,
        type=Authenticator.Type.TOTP,
        defaults={"data": {"secret": encrypt(TOTP_SECRET)}},
    )


def _make_person(email: str, **fields: Any) -> Subscriber:
    person = Subscriber.objects.create_user(email, PASSWORD, **fields)
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    return person


def _month_that_ends_at(wanted: datetime) -> datetime:
    """Return when to buy a monthly bundle so that it ends close to `wanted`.

    Months differ in length, so each possible day is tried.
    """
    month = Validity(1, ValidityUnit.MONTH)

    def distance(start: datetime) -> timedelta:
        return abs(month.end_of(start, time_zone=settings.SERVICE_TIME_ZONE) - wanted)

    return min((wanted - timedelta(days=days) for days in range(26, 34)), key=distance)


def _buy(person: Subscriber, plan_code: str, *, at: datetime, esim: Esim | None = None) -> Esim:
    """Buy a plan from a wallet with exactly enough money; return the eSIM it is on."""
    quote = make_quote(
        subscriber=person, esim=esim, plan_code=plan_code, start_rule=StartRule.NOW, now=at
    )
    pressed_at = at + timedelta(seconds=40)
    order = place_order(quote=quote, now=pressed_at)
    total = Money(quote.total_minor, quote.currency)
    _give(person, total, key=f"demo:{order.number}", at=pressed_at)
    start_payment(
        order=order,
        choice=PaymentMethodChoice(provider="wallet", method="wallet"),
        payer=Payer(ip="127.0.0.1"),
        now=pressed_at + timedelta(seconds=5),
    )
    return Esim.objects.get(orders__number=order.number)


def _give(person: Subscriber, amount: Money, *, key: str, at: datetime) -> None:
    credit_wallet(subscriber_id=person.pk, amount=amount, key=key, now=at)


def _use(esim: Esim, use: Use) -> None:
    """Report usage of an eSIM's open bundle, a few times a day."""
    bundle = Bundle.objects.filter(esim=esim).latest("id")
    whole_bytes = bundle.volume_bytes or bundle.fair_use_bytes or 0
    ends = list(_report_times(use.begun_at, use.seen_at, ZoneInfo(esim.time_zone)))
    weights = [
        DAY_WEIGHTS[end.toordinal() % len(DAY_WEIGHTS)] * (1 + number % 3)
        for number, end in enumerate(ends)
    ]
    used_bytes = whole_bytes * use.percent // 100
    reported_bytes = 0
    for number, end in enumerate(ends):
        so_far = used_bytes * sum(weights[: number + 1]) // sum(weights)
        part_bytes = so_far - reported_bytes
        reported_bytes = so_far
        report = UsageReport(
            record_id=f"{esim.public_id}-{bundle.pk}-{number}",
            iccid=esim.iccid,
            started_at=end - timedelta(minutes=50),
            ended_at=end,
            uplink_bytes=part_bytes // 9,
            downlink_bytes=part_bytes - part_bytes // 9,
        )
        record_usage(feed=FEED, reports=[report], now=end + timedelta(seconds=3))


def _report_times(begun_at: datetime, seen_at: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Return noon and evening of each day in between, and the last moment itself."""
    day = begun_at.astimezone(zone).date()
    while day <= seen_at.astimezone(zone).date():
        for hour in (12, 20):
            moment = datetime.combine(day, time(hour, 17), tzinfo=zone)
            if begun_at + timedelta(hours=1) < moment < seen_at - timedelta(hours=1):
                yield moment
        day += timedelta(days=1)
    yield seen_at


def _settle(person: Subscriber, now: datetime) -> None:
    """Bring the books up to date, and mark messages from days ago as read."""
    recognize_revenue(now=now)
    old = Notification.objects.filter(subscriber=person, created_at__lt=now - timedelta(days=3))
    for notification in old:
        notification.mailed_at, notification.next_mail_at = notification.created_at, None
        notification.read_at = notification.created_at + timedelta(hours=1)
        notification.save(update_fields=["mailed_at", "next_mail_at", "read_at"])
