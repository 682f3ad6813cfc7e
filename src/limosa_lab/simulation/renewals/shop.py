"""The shop that a run about renewals begins with: the plans of each term, prices, cards, banks."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.models import Plan, Price
from limosa.domain.connectivity.capabilities import RenewalStart
from limosa.domain.esims.models import Bundle, Esim
from limosa.domain.payments.models import SavedMethod
from limosa.domain.payments.status_reports import Decline
from limosa.foundation.identifiers import random_code
from limosa.foundation.volume import GB
from limosa_lab.simulation import world as shop
from limosa_lab.simulation.configuration import Configuration
from limosa_lab.simulation.flavours import Cards
from limosa_lab.simulation.renewal_choices import BEGINS, CARDS, TERMS
from limosa_lab.simulation.world import PEOPLE, World, played

_UNITS = {"day": (1, "day"), "week": (7, "day"), "month": (1, "month")}
_UNITS |= {"quarter": (3, "month"), "year": (12, "month")}
CURRENCIES = ("USD", "JPY", "KWD")
# By person and card: what the provider calls it.
REFERENCES = {(person, card): f"{card}-{person}" for person in PEOPLE for card in CARDS}


@dataclass(slots=True)
class Bank:
    """What the bank of each card says when it is charged; None: it pays."""

    says: dict[str, Decline | None] = field(default_factory=dict)

    def __call__(self, reference: str) -> Decline | None:
        return self.says.get(reference)


def make_renewal_plans() -> None:
    """Store the plans that only these runs sell."""
    for position, term in enumerate(TERMS):
        count, unit = _UNITS[term]
        plan, _ = Plan.objects.get_or_create(
            code=term,
            defaults={
                "supplier_id": "own_network",
                "carrier_id": "carrier",
                "kind": "volume",
                "name": {"en": term},
                "volume_bytes": 20 * GB,
                "validity_count": count,
                "validity_unit": unit,
                "countries": ["US"],
                "position": 10 + position,
            },
        )
        for currency in CURRENCIES:
            Price.objects.get_or_create(
                plan=plan, currency=currency, defaults={"amount_minor": TERMS[term][1]}
            )


def begin(
    *,
    unreliable: float,
    waits: float,
    configuration: Configuration,
    random: Random,
    gone: Callable[[], float],
) -> World:
    """Return a shop in which each person has a running bundle of the run's term, `gone` of it over,
    and two cards."""
    world = shop.begin(
        unreliable=unreliable, waits=waits, configuration=configuration, random=random
    )
    world.now = BEGINS[configuration.begins]
    for term, (_, amount_minor) in TERMS.items():
        Price.objects.filter(plan_id=term).update(amount_minor=amount_minor)
    Plan.objects.filter(on_sale=False).update(on_sale=True)
    Esim.objects.update(created_at=world.now, installed_at=world.now)
    days, _ = TERMS[configuration.term]
    count, unit = _UNITS[configuration.term]
    for person in PEOPLE:
        starts_at = world.now - timedelta(days=days) * gone()
        Bundle.objects.filter(subscriber_id=person).update(
            plan_id=configuration.term,
            validity_count=count,
            validity_unit=unit,
            created_at=starts_at,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(days=days),
        )
    SavedMethod.objects.all().delete()
    SavedMethod.objects.bulk_create(
        SavedMethod(
            public_id=random_code(12),
            subscriber_id=person,
            provider="cards",
            reference=reference,
            label=f"{card} of {person}",
            consented_at=world.now,
        )
        for (person, card), reference in REFERENCES.items()
    )
    for supplier in world.suppliers.values():
        supplier.capabilities = replace(
            supplier.capabilities, renewal_start=RenewalStart.AFTER_CURRENT
        )
    Subscriber.objects.update(language="en")
    return world


def give_cards(bank: Bank) -> None:
    """Have the provider keep everybody's cards, and ask this bank about them."""
    cards = played("cards")
    assert isinstance(cards, Cards)  # noqa: S101 -- the simulation's settings say so.
    cards.kept = set(REFERENCES.values())
    cards.bank = bank


def kept_cards() -> set[str]:
    """Return the references of the cards that the provider still keeps."""
    return played("cards").kept
