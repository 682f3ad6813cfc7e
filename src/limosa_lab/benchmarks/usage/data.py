"""The rows of `limosa bench usage`: people, eSIMs of three suppliers, and running bundles."""

from collections.abc import Iterator
from datetime import timedelta

from django.contrib.auth.hashers import make_password

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.models import Carrier, Plan, PlanKind, Supplier
from limosa.domain.esims.models import Bundle, BundleState, Esim, EsimState
from limosa.foundation.identifiers import make_iccid, random_code
from limosa_lab.benchmarks.usage.clock import START
from limosa_lab.benchmarks.usage.suppliers import SHARES, VOLUME_BYTES

_AT_A_TIME = 2_000


def make_rows(*, esims: int) -> None:
    """Create eSIMs with a running bundle each, of the suppliers in their shares."""
    carrier = Carrier.objects.create(code="bench", name="Bench")
    plans = {code: _make_plan(code, carrier) for code in SHARES}
    codes = list(_codes(esims))
    for first in range(0, esims, _AT_A_TIME):
        _make_some(first, [plans[code] for code in codes[first : first + _AT_A_TIME]])


def _codes(count: int) -> Iterator[str]:
    """Return the supplier of each, mixed: 61 has no divisor in common with 100."""
    hundred = [code for code, share in SHARES.items() for _ in range(share)]
    return (hundred[turn * 61 % 100] for turn in range(count))


def _make_plan(code: str, carrier: Carrier) -> Plan:
    return Plan.objects.create(
        code=f"{code}-month",
        supplier=Supplier.objects.create(code=code, name=code),
        carrier=carrier,
        kind=PlanKind.VOLUME,
        name={"en": "1 month · 20 GB"},
        volume_bytes=VOLUME_BYTES,
        validity_count=1,
        validity_unit="month",
        countries=["US"],
    )


def _make_some(first: int, plans: list[Plan]) -> None:
    password = make_password(None)
    people = Subscriber.objects.bulk_create(
        Subscriber(email=f"bench{first + turn}@example.com", password=password)
        for turn in range(len(plans))
    )
    esims = Esim.objects.bulk_create(
        Esim(
            public_id=random_code(12),
            subscriber=person,
            supplier_id=plan.supplier_id,
            carrier_id=plan.carrier_id,
            iccid=make_iccid(issuer="01998", account=first + turn),
            activation_code="LPA:1$smdp.example$BENCH",
            state=EsimState.INSTALLED,
            created_at=START,
            installed_at=START,
        )
        for turn, (person, plan) in enumerate(zip(people, plans, strict=True))
    )
    Bundle.objects.bulk_create(
        Bundle(
            order_number=f"B-{esim.pk}",
            esim=esim,
            subscriber_id=esim.subscriber_id,
            plan=plan,
            state=BundleState.ACTIVE,
            volume_bytes=plan.volume_bytes,
            validity_count=1,
            validity_unit="month",
            created_at=START,
            starts_at=START - timedelta(days=10),
            ends_at=START + timedelta(days=20),
        )
        for esim, plan in zip(esims, plans, strict=True)
    )
