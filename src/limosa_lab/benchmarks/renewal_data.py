"""The data that `limosa bench renew` renews, and the check that nothing was lost or doubled."""

from datetime import timedelta
from decimal import Decimal

from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db.models import Count
from django.utils import timezone

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.models import Carrier, ExchangeRate, Plan, PlanKind, Price, Supplier
from limosa.domain.esims.models import Bundle, BundleState, Esim, EsimState
from limosa.domain.ledger.queries import trial_balance
from limosa.domain.ordering.models import Order, OrderState, TaxRate
from limosa.domain.payments.models import Payment
from limosa.foundation.identifiers import make_iccid, random_code
from limosa.foundation.volume import GB
from limosa_lab.benchmarks.renewals import PLAN


def make_esims(*, count: int) -> list[int]:
    """Create the tables, a plan, and `count` people, each with an eSIM and a running bundle."""
    print(f"making {count} people with an eSIM each …")
    call_command("migrate", interactive=False, verbosity=0)
    now = timezone.now()
    plan = _make_plan()
    for currency, rate in (("USD", "1.1172"), ("CNY", "7.9819")):
        ExchangeRate.objects.create(
            currency=currency, day=now.date(), per_euro=Decimal(rate), source="ECB"
        )
    TaxRate.objects.create(place="US-CA", rate_basis_points=725)
    people = Subscriber.objects.bulk_create(
        Subscriber(email=f"bench{turn}@example.com", password=make_password(None))
        for turn in range(count)
    )
    esims = Esim.objects.bulk_create(
        Esim(
            public_id=random_code(12),
            subscriber=person,
            supplier_id=plan.supplier_id,
            carrier_id=plan.carrier_id,
            iccid=make_iccid(issuer="01998", account=turn),
            activation_code="LPA:1$smdp.example$BENCH",
            state=EsimState.INSTALLED,
            created_at=now,
            installed_at=now,
        )
        for turn, person in enumerate(people)
    )
    Bundle.objects.bulk_create(
        Bundle(
            order_number=f"B-{turn}",
            esim=esim,
            subscriber_id=esim.subscriber_id,
            plan=plan,
            state=BundleState.ACTIVE,
            volume_bytes=plan.volume_bytes,
            validity_count=1,
            validity_unit="month",
            created_at=now,
            starts_at=now - timedelta(days=20),
            ends_at=now + timedelta(days=10),
        )
        for turn, esim in enumerate(esims)
    )
    return [esim.pk for esim in esims]


def _make_plan() -> Plan:
    plan = Plan.objects.create(
        code=PLAN,
        supplier=Supplier.objects.create(code="own_network", name="Own network"),
        carrier=Carrier.objects.create(code="bench", name="Bench"),
        kind=PlanKind.VOLUME,
        name={"en": "1 month · 20 GB"},
        volume_bytes=20 * GB,
        validity_count=1,
        validity_unit="month",
        countries=["US"],
    )
    Price.objects.create(plan=plan, currency="USD", amount_minor=2500)
    return plan


def check_credits(*, renewals: int) -> None:
    """Raise RuntimeError unless each payment made one bundle and the journal balances."""
    paid = Payment.objects.filter(pays_order=True).count()
    fulfilled = Order.objects.filter(state=OrderState.FULFILLED).count()
    bundles = Bundle.objects.filter(order_number__startswith="L-").count()
    doubled = (
        Payment.objects.filter(pays_order=True)
        .values("order_number")
        .annotate(times=Count("id"))
        .filter(times__gt=1)
    )
    if not paid == fulfilled == bundles >= renewals or doubled.exists():
        raise RuntimeError(f"{paid} paid, {fulfilled} fulfilled, {bundles} bundles")
    totals: dict[str, int] = {}
    for row in trial_balance():
        totals[row.currency] = totals.get(row.currency, 0) + row.balance_minor
    if any(totals.values()):
        raise RuntimeError(f"the journal is off by {totals}")
