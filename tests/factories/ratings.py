"""Ratings: bundles whose buyers were asked, and rows of what they said."""

from datetime import datetime, timedelta
from typing import Any

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.models import Plan
from limosa.domain.esims.models import Bundle
from limosa.domain.ratings.models import Invitation, RatedPlace, Rating
from limosa.foundation.volume import GB
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.catalog import make_carrier, make_plan
from tests.factories.charging import make_daily_usage
from tests.factories.esims import make_bundle, make_esim
from tests.factories.ordering import make_order
from tests.factories.payments import make_payment


def rated_plan(carrier: str = "t-mobile", **fields: Any) -> Plan:
    """Return a plan of a carrier for the United States, the same each time."""
    code = fields.pop("code", f"rated-{carrier}")
    found = Plan.objects.filter(code=code).first()
    return found or make_plan(code=code, carrier=make_carrier(carrier), **fields)


def make_asked_bundle(
    *, at: datetime = MOMENT, plan: Plan | None = None, pays: str = "wechatpay", **fields: Any
) -> Bundle:
    """Return a bundle that was paid for, has moved data, and whose buyer was asked at `at`.

    pays: the payment's provider. `joined_days`: for how long the account is there.
    """
    plan = plan or rated_plan()
    joined_days = fields.pop("joined_days", 100)
    person = fields.pop("subscriber", None) or make_subscriber(
        date_joined=at - timedelta(days=joined_days)
    )
    esim = make_esim(subscriber=person, carrier=plan.carrier)
    order = make_order(esim=esim, plan=plan, state="fulfilled", created_at=at - timedelta(days=15))
    make_payment(order=order, state="succeeded", provider=pays)
    bundle = make_bundle(
        esim=esim,
        plan=plan,
        order_number=order.number,
        used_bytes=GB,
        created_at=at - timedelta(days=15),
        **fields,
    )
    make_daily_usage(esim=esim, day=at.date() - timedelta(days=1))
    Invitation.objects.create(bundle=bundle, subscriber=person, state="asked", asked_at=at)
    return bundle


def make_reader(*, at: datetime = MOMENT) -> Subscriber:
    """Return somebody who has bought a plan, and so may report comments."""
    return make_order(state="fulfilled", created_at=at - timedelta(days=2)).subscriber


def make_rating(**fields: Any) -> Rating:
    """Return a rating of an asked bundle, all threes, that counts."""
    if not fields.get("is_demo"):
        if "bundle" not in fields:
            fields["bundle"] = make_asked_bundle(at=fields.get("given_at", MOMENT))
        bundle = fields["bundle"]
        fields.setdefault("subscriber", bundle.subscriber)
        fields.setdefault("carrier", bundle.plan.carrier)
        fields.setdefault("account_made_at", bundle.subscriber.date_joined)
    fields.setdefault("country", "US")
    fields.setdefault("given_at", MOMENT)
    fields.setdefault("changed_at", fields["given_at"])
    fields.setdefault("account_made_at", fields["given_at"] - timedelta(days=100))
    fields.setdefault("month", fields["given_at"].date().replace(day=1))
    fields.setdefault("language", "en")
    for name in ("speed", "coverage", "setup", "help"):
        fields.setdefault(name, 3)
    if fields.get("comment"):
        fields.setdefault("comment_state", "shown")
    for name in ("list_minor", "total_minor", "own_minor"):
        fields.setdefault(name, 2500)
    fields.setdefault("standing", "counts")
    return Rating.objects.create(**fields)


def make_demo_rating(**fields: Any) -> Rating:
    """Return a rating that ships with the demo."""
    fields.setdefault("carrier", make_carrier())
    return make_rating(is_demo=True, **fields)


def make_rated_place(**fields: Any) -> RatedPlace:
    """Return a place with twelve ratings of four, published at MOMENT."""
    if not fields.keys() & {"carrier", "carrier_id"}:
        fields["carrier"] = make_carrier()
    sums = {"count": 12, "weight": 12_000, "total": 48_000_000}
    mean = {"mean": 3800, "low": 3400, "high": 4200}
    names = ("speed", "coverage", "setup", "help", "overall")
    defaults = {
        "country": "US",
        "count": 12,
        "written": 12,
        "as_of": MOMENT.date().replace(day=1),
        "sums": dict.fromkeys(names, sums | mean),
        "computed_at": MOMENT,
        "next_at": MOMENT + timedelta(hours=1),
    }
    return RatedPlace.objects.create(**(defaults | fields))
