"""The shop that a run begins with: two people with running bundles, plans, rates, and providers."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from types import SimpleNamespace

from django.apps import apps
from django.conf import settings
from django.db import connection

from limosa.domain.accounts.models import Subscriber, UnappliedFunds
from limosa.domain.catalog.models import Carrier, ExchangeRate, Plan, PlanSource, Price, Supplier
from limosa.domain.connectivity.capabilities import Renewal
from limosa.domain.connectivity.registry import adapter_for
from limosa.domain.esims.models import Bundle, BundleState, Esim, EsimState
from limosa.domain.ordering.models import TaxRate
from limosa.domain.payments.models import SavedMethod
from limosa.domain.payments.registry import provider_for
from limosa.domain.payments.status_reports import DisputeOutcome, RefundOutcome
from limosa.domain.promotions.models import Promotion
from limosa.foundation import identifiers
from limosa.foundation.identifiers import make_iccid, random_code
from limosa.foundation.money import Money
from limosa.foundation.volume import GB, MB
from limosa_lab.simulation.configuration import Configuration
from limosa_lab.simulation.held import FIRST_CARD, Held, Message
from limosa_lab.simulation.providers import PlayedProvider
from limosa_lab.simulation.stage import current_actor
from limosa_lab.simulation.suppliers import EVERY_KIND, OWN, PlayedSupplier, Terms

MOMENT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
_DAY = timedelta(days=1)
PLANS = ("month", "week")
PEOPLE = (101, 102)
SUPPLIER_CODES = ("wholesale", "second", "third")
_PRICES = (2500, 999)  # in minor units of any currency
_COSTS = (810, 790, 930)  # what each supplier charges, likewise
# Tables emptied before each run; those of the catalogue and of people stay.
_OURS = (
    "esims",
    "connectivity",
    "rsp",
    "ledger",
    "payments",
    "redemption",
    "ordering",
    "wallets",
    "notifications",
    "charging",
    "ratings",
    "autorenewal",
    "support",
)


@dataclass(slots=True)
class World:
    """Everything outside the database: the clock, the providers, and who knows what.

    `payable`: payments whose page somebody has seen. `orders`: the numbers that a person was told.
    """

    configuration: Configuration
    now: datetime = MOMENT
    orders: list[str] = field(default_factory=list)
    payable: dict[str, str] = field(default_factory=dict)
    gifts: int = 0
    usage_records: int = 0

    @property
    def settles(self) -> bool:
        """Whether settlements are reconciled: if providers keep fees."""
        return self.configuration.has_fees

    @property
    def providers(self) -> list[PlayedProvider]:
        return [played(code) for code in settings.PAYMENT_PROVIDERS]

    @property
    def suppliers(self) -> dict[str, PlayedSupplier]:
        """The suppliers that have to be called, by code and in order; none: our own network
        serves."""
        codes = SUPPLIER_CODES[: len(self.configuration.suppliers)]
        return {code: played_supplier(code) for code in codes}

    @property
    def messages(self) -> list[Message]:
        """Providers' notifications that were not acknowledged."""
        return [m for p in self.providers for m in p.messages if not m.is_acknowledged]

    @property
    def settled_days(self) -> list[tuple[date, str]]:
        """The days that are over on which money moved at a provider, and that provider."""
        days = {(line.at.date(), p.code) for p in self.providers for line in p.lines()}
        return sorted(one for one in days if one[0] < self.now.date())

    @property
    def undecided(self) -> list[tuple[PlayedProvider, Held]]:
        """The payments that are being processed."""
        return [
            (provider, held)
            for provider in self.providers
            for held in provider.held.values()
            if held.undecided is not None
        ]

    @property
    def open_disputes(self) -> list[tuple[PlayedProvider, Held]]:
        """The payments with an undecided dispute."""
        return [(p, held) for p in self.providers for held in p.held.values() if held.open_dispute]

    def refunds(self, outcome: RefundOutcome) -> list[tuple[PlayedProvider, str, str]]:
        """The refunds with this outcome at their providers: provider, payment, refund."""
        return [
            (provider, held.number, refund.number)
            for provider in self.providers
            for held in provider.held.values()
            for refund in held.refunds.values()
            if refund.outcome is outcome
        ]


def played_supplier(code: str) -> PlayedSupplier:
    """Return a simulated supplier by its code."""
    supplier = adapter_for(code)
    assert isinstance(supplier, PlayedSupplier)  # noqa: S101 -- the simulation's settings say so.
    return supplier


def decide(provider: PlayedProvider, held: Held, *, random: Random) -> str:
    """Have a dispute decided, and return how."""
    reference = held.open_dispute
    assert reference is not None  # noqa: S101 -- the caller has looked.
    outcome = random.choice((DisputeOutcome.WON, DisputeOutcome.LOST))
    opened_minor = held.disputes[reference].amount.amount_minor
    amounts: tuple[int | None, ...] = (None, None, opened_minor // 3, max(opened_minor - 1, 1))
    if not provider.fee_minor:  # Its settlement would get a second line, for a person.
        amounts += (opened_minor + 11,)
    lost_minor = random.choice(amounts) if outcome is DisputeOutcome.LOST else None
    is_latest = random.random() < 0.3
    provider.decide(held.number, reference, outcome, lost_minor=lost_minor, is_latest=is_latest)
    amount = "" if lost_minor is None else f" for {lost_minor}"
    told = " and only that is told" if is_latest else ""
    return f"the dispute {reference} is {outcome}{amount}{told}"


def played(code: str) -> PlayedProvider:
    """Return a simulated provider by its code."""
    provider = provider_for(code)
    assert isinstance(provider, PlayedProvider)  # noqa: S101 -- the simulation's settings say so.
    return provider


def make_base() -> None:
    """Store what every run begins with and leaves unchanged."""
    seed_codes(Random(0))
    supplier = Supplier.objects.create(code="own_network", name="Own network")
    for code in SUPPLIER_CODES:
        Supplier.objects.create(code=code, name=code.title())
    carrier = Carrier.objects.create(code="carrier", name="Carrier")
    for position, (code, price) in enumerate(zip(PLANS, _PRICES, strict=True)):
        plan = Plan.objects.create(
            code=code,
            supplier=supplier,
            carrier=carrier,
            kind="volume",
            name={"en": code},
            volume_bytes=(20 - 15 * position) * GB,
            validity_count=1 if code == "month" else 7,
            validity_unit="month" if code == "month" else "day",
            countries=["US"],
            position=position,
        )
        for currency in ("USD", "JPY", "KWD"):
            Price.objects.create(plan=plan, currency=currency, amount_minor=price)
    rates = {"USD": "1.1172", "CNY": "7.9819", "JPY": "171.32", "KWD": "0.3431"}
    for currency, rate in rates.items():
        ExchangeRate.objects.create(
            currency=currency, day=MOMENT.date(), per_euro=Decimal(rate), source="ECB"
        )
    Promotion.objects.create(
        code="tenth", name={"en": "tenth"}, percent_off=10, starts_at=MOMENT, ends_at=MOMENT + _DAY
    )
    for number in PEOPLE:
        Subscriber.objects.create(pk=number, email=f"person{number}@example.com", password="!")  # noqa: S106
    make_emptying()


def begin(
    *, unreliable: float, waits: float, configuration: Configuration, random: Random
) -> World:
    """Empty the tables, and return a world in which nothing has happened yet."""
    seed_codes(random)
    world = World(configuration)
    _empty_tables()
    _configure(configuration)
    esims = Esim.objects.bulk_create(
        Esim(
            public_id=f"ESIM{person}",
            subscriber_id=person,
            supplier_id=_supplier_of(configuration),
            carrier_id="carrier",
            iccid=make_iccid(issuer="01998", account=person),
            activation_code="LPA:1$smdp.example$SIMULATED",
            state=EsimState.INSTALLED,
            time_zone=configuration.time_zone,
            created_at=MOMENT,
            installed_at=MOMENT,
        )
        for person in PEOPLE
    )
    Bundle.objects.bulk_create(_running_bundle(esim) for esim in esims)
    choose_all(list(PEOPLE) if configuration.keeps_unapplied else [])
    SavedMethod.objects.create(
        public_id=random_code(12),
        subscriber_id=PEOPLE[0],
        provider="cards",
        reference=FIRST_CARD,
        label="Card •••• 4242",
        consented_at=MOMENT,
    )
    for provider in world.providers:
        own = Random(random.random())
        provider.begin(
            clock=lambda: world.now,
            random=own,
            unreliable=unreliable,
            waits=waits,
            configuration=configuration,
        )
    for number, supplier in enumerate(world.suppliers.values()):
        supplier.begin(
            terms=_terms(configuration, number),
            clock=lambda: world.now,
            random=Random(random.random()),
            unreliable=0.1 + unreliable,
        )
    return world


def _terms(configuration: Configuration, number: int) -> Terms:
    kind = EVERY_KIND[configuration.suppliers[number]]
    if not configuration.cost_currency:
        return Terms(capabilities=kind)
    return Terms(
        capabilities=replace(kind, renewal=Renewal(configuration.renewal)),
        price=Money(_COSTS[number], configuration.cost_currency),
        learning=configuration.cost_is,
        issuer=f"0199{7 - number}",
    )


def _supplier_of(configuration: Configuration) -> str:
    return "own_network" if configuration.supplier == OWN else "wholesale"


def _configure(configuration: Configuration) -> None:
    """Configure the shop: its tax rate is in a table that each run begins without."""
    settings.RESERVE_BYTES = 20 * MB if configuration.has_reserve else 0
    if configuration.tax_basis_points:
        TaxRate.objects.create(
            place=settings.PLACE_OF_SUPPLY, rate_basis_points=configuration.tax_basis_points
        )
    Plan.objects.update(supplier_id=_supplier_of(configuration))
    PlanSource.objects.all().delete()
    if configuration.cost_currency:
        PlanSource.objects.bulk_create(_sources(configuration))
    starts_at = MOMENT - _DAY * (1 if configuration.has_promotion else 1000)
    Promotion.objects.update(starts_at=starts_at, ends_at=starts_at + _DAY * 900)
    Subscriber.objects.update(currency=configuration.currency)


def _sources(configuration: Configuration) -> Iterator[PlanSource]:
    is_same_esim = configuration.renewal == Renewal.SAME_ESIM
    for plan in PLANS:
        for number in range(len(configuration.suppliers)):
            yield PlanSource(
                plan_id=plan,
                supplier_id=SUPPLIER_CODES[number],
                position=number,
                code=f"{plan}-new",
                renewal_code=f"{plan}-more" if is_same_esim else "",
                cost_minor=_COSTS[number],
                cost_currency=configuration.cost_currency,
            )


def choose_all(keepers: list[int]) -> None:
    """Have exactly these people want unapplied funds in their wallet."""
    people = Subscriber.objects.all()
    people.exclude(unapplied_funds=UnappliedFunds.BACK).update(unapplied_funds=UnappliedFunds.BACK)
    people.filter(pk__in=keepers).update(unapplied_funds=UnappliedFunds.WALLET)


def seed_codes(random: Random) -> None:
    """Derive our own numbers from the seed: each actor draws its own."""

    def choice(letters: str) -> str:
        actor = current_actor()
        return (actor.random if actor else random).choice(letters)

    vars(identifiers)["secrets"] = SimpleNamespace(choice=choice)


def _running_bundle(esim: Esim) -> Bundle:
    return Bundle(
        order_number=f"B-{esim.subscriber_id}",
        esim=esim,
        subscriber_id=esim.subscriber_id,
        plan_id=PLANS[0],
        state=BundleState.ACTIVE,
        volume_bytes=20 * GB,
        validity_count=1,
        validity_unit="month",
        created_at=MOMENT,
        starts_at=MOMENT - timedelta(days=20),
        ends_at=MOMENT + timedelta(days=10),
    )


def make_emptying() -> None:
    """Store the function that empties the tables in one call, and returns which had rows."""
    deletions = "".join(
        f"DELETE FROM {table}; IF FOUND THEN used := used || '{table}'::text; END IF; "
        for table in _tables()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION simulation_empty() RETURNS text[] LANGUAGE plpgsql "
            "SET session_replication_role = replica "  # Otherwise the journal refuses.
            f"AS $$ DECLARE used text[] := '{{}}'; BEGIN {deletions} "
            f"PERFORM {_restarted_sequences()}; "
            "UPDATE catalog_supplier SET is_paused = false WHERE is_paused; RETURN used; END $$"
        )


def _empty_tables() -> None:
    """Leave nothing of the last run, not even in files: the same seed finds rows in the same order.

    Truncating would take ten times as long.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT simulation_empty()")
        (used,) = cursor.fetchone()
        if used:
            cursor.execute(f"VACUUM (TRUNCATE, PROCESS_TOAST false) {', '.join(used)}")


def _tables() -> list[str]:
    return [
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in _OURS
    ]


def _restarted_sequences() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = current_schema()")
        names = [name for (name,) in cursor.fetchall()]
    return ", ".join(f"setval('{name}', 1, false)" for name in names)
