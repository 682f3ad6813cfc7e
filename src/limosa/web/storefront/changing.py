"""What the pages show of a change of plan: what is left, what it counts for, and what is to pay."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core import signing

from limosa.domain.autorenewal.queries import auto_renewal_of
from limosa.domain.catalog.models import Plan
from limosa.domain.esims.models import Bundle, Esim
from limosa.domain.esims.queries import esim_view, open_bundles
from limosa.domain.ordering.engine.plan_value import BRIDGE_TIME, Value, bridge, given_at_most
from limosa.domain.ordering.models import Order, StartRule
from limosa.domain.ordering.operations.make_quote import QUOTE_LIFETIME
from limosa.domain.ordering.operations.place_change import ShownChange
from limosa.domain.ordering.plan_changes import PlanLeft, change_from, plan_left, progress_of
from limosa.domain.ordering.refusals import ChangeMovedError
from limosa.domain.promotions.models import Promotion
from limosa.domain.renewals.queries import Offer, offers_to_change, same_bundles
from limosa.foundation.money import Money
from limosa.web.storefront.submitting import PageTooOldError

_SALT = "limosa.storefront.change.1"  # Increment when the content changes.
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A plan to change to. `left`: what is left of the former one; `paid`: what was paid for it."""

    offer: Offer
    left: Money
    paid: Value

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.offer.price.plan

    @property
    def promotion(self) -> Promotion | None:
        """The promotion applied to its price."""
        return self.offer.promotion

    @property
    def price(self) -> Money:
        """Its price, without what counts towards it."""
        return Money(self.offer.total_minor, self.left.currency)

    @property
    def listed(self) -> Money:
        """Its price without the promotion."""
        return Money(self.offer.price.amount_minor, self.left.currency)

    @property
    def rest(self) -> Money:
        """What is left to pay."""
        return self.price - self.value

    @property
    def value(self) -> Money:
        """What counts: what is left, as far as it costs so much."""
        return Money(min(self.left.amount_minor, self.offer.total_minor), self.left.currency)

    @property
    def given(self) -> Money:
        """What may be used of the former plan, until it is paid, without lowering what counts."""
        given_minor = given_at_most(self.paid, rest_minor=self.rest.amount_minor)
        return Money(given_minor, self.left.currency)

    @property
    def lost(self) -> Money:
        """What is left of the former plan, and counts for nothing."""
        return self.left - self.value

    @property
    def is_free(self) -> bool:
        """Whether nothing is left to pay."""
        return not self.rest.amount_minor

    @property
    def needs_proof(self) -> bool:
        """Whether a thief with the person's session could take what is left: on an eSIM of their
        own, or for nothing."""
        return self.offer.is_new_esim or self.is_free

    @property
    def loses(self) -> bool:
        """Whether some of what is left counts for nothing."""
        return self.lost.amount_minor > 0

    @property
    def ends_at(self) -> datetime | None:
        """When it would end, if it began now; None: its first use decides."""
        return self.offer.period(StartRule.NOW).ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The plans of a carrier, those first that cost least; and apart those that cost less than what
    is left of the person's own, the dearest first."""

    carrier: str
    is_here: bool
    targets: list[Target]
    cheaper: list[Target]


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """The plan of an eSIM that is changed. `kept_bytes`, `kept_until`: what it keeps until another
    eSIM is installed; `others`: how many plans stay on the eSIM."""

    left: PlanLeft
    now: datetime
    others: int
    renews_itself: bool

    @property
    def value(self) -> Money:
        """What counts towards another plan."""
        return Money(self.left.value.total_minor, self.left.order.quote.currency)

    @property
    def paid(self) -> Money:
        """What was paid for it and did not go back."""
        return Money(self.left.paid.total_minor, self.left.order.quote.currency)

    @property
    def time_left(self) -> timedelta | None:
        """How long it still runs, in whole days, or hours on its last day; None: not begun."""
        ends_at = self.left.bundle.ends_at
        if ends_at is None:
            return None
        time = max(ends_at - self.now, timedelta(0))
        return time // _DAY * _DAY or max(time // _HOUR, 1) * _HOUR

    @property
    def is_by_time(self) -> bool:
        """Whether its time is what counts, since less of it is left than of its data."""
        shares = self.left.shares
        return shares.data is None or shares.time <= shares.data

    @property
    def percent(self) -> int:
        """The share that counts, in whole percent, rounded down."""
        return int(self.left.shares.lesser * 100)

    @property
    def kept_bytes(self) -> int:
        """What it keeps until another eSIM is installed."""
        bundle = self.left.bundle
        kept = bridge(progress_of(bundle), ends_at=bundle.ends_at or self.now, now=self.now)
        return kept.volume_bytes - bundle.used_bytes

    @property
    def bridge_time(self) -> timedelta:
        """How long it goes on at most, until another eSIM is installed."""
        return BRIDGE_TIME


def former_on(esim: Esim, *, now: datetime) -> Former | None:
    """Return the plan of an eSIM that can be changed, or could if something were left of it; None:
    it has none in use or waiting."""
    bundles = open_bundles(esim_ids=[esim.pk])
    view = esim_view(esim=esim, bundles=bundles, now=now)
    same = same_bundles([view], now=now).get(esim.pk)
    if same is None:
        return None
    orders = Order.objects.select_related("quote", "subscriber", "esim")
    order = orders.filter(number=same.order_number).first()
    left = plan_left(order, now=now) if order else None
    if left is None:
        return None
    return Former(
        left=left,
        now=now,
        others=sum(1 for bundle in bundles if bundle.order_number != same.order_number),
        renews_itself=auto_renewal_of(esim) is not None,
    )


def groups_of(former: Former) -> list[Group]:
    """Return what a plan can be changed to, by carrier: that of the eSIM first."""
    esim = former.left.bundle.esim
    by_carrier: dict[str, list[Target]] = {}
    for offer in offers_to_change(left=former.left, now=former.now):
        target = Target(offer=offer, left=former.value, paid=former.left.paid)
        by_carrier.setdefault(target.plan.carrier_id, []).append(target)
    groups = [
        Group(
            carrier=targets[0].plan.carrier.name,
            is_here=code == esim.carrier_id,
            targets=sorted((one for one in targets if not one.loses), key=_rest),
            cheaper=sorted((one for one in targets if one.loses), key=_lost),
        )
        for code, targets in by_carrier.items()
    ]
    return sorted(groups, key=lambda group: not group.is_here)


def target_of(former: Former, plan_code: str) -> Target | None:
    """Return a plan that can be changed to."""
    for offer in offers_to_change(left=former.left, now=former.now):
        if offer.price.plan_id == plan_code:
            return Target(offer=offer, left=former.value, paid=former.left.paid)
    return None


def sign_change(former: Former, target: Target) -> str:
    """Return a signed copy of what the page shows."""
    content = {
        "order": former.left.order.number,
        "plan": target.plan.code,
        "value": target.value.amount_minor,
        "total": target.rest.amount_minor,
    }
    return signing.dumps(content, salt=_SALT, compress=True)


def read_change(text: str, former: Former, plan_code: str) -> ShownChange:
    """Return what a page showed. Raises PageTooOldError; ChangeMovedError: it showed another
    change, or we did not sign it."""
    try:
        shown: dict[str, Any] = signing.loads(text, salt=_SALT, max_age=QUOTE_LIFETIME)
    except signing.SignatureExpired:
        raise PageTooOldError from None
    except signing.BadSignature:
        raise ChangeMovedError from None
    if (shown["order"], shown["plan"]) != (former.left.order.number, plan_code):
        raise ChangeMovedError
    return ShownChange(plan_code=plan_code, value_minor=shown["value"], total_minor=shown["total"])


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """A plan that makes way for another one: `order`, of the new plan; `ends_at`: when the former
    ends at the latest, None: it has ended."""

    order: Order
    ends_at: datetime | None


def given_up_on(esim: Esim) -> GivenUp | None:
    """Return what became of an eSIM's latest plan, if it was changed to one on another eSIM."""
    newest = Bundle.objects.filter(esim=esim, validity_count__isnull=False).order_by("-id").first()
    order = Order.objects.filter(number=newest.order_number).first() if newest else None
    change = change_from(order) if order else None
    if newest is None or change is None or change.order.esim_id == esim.pk:
        return None
    return GivenUp(order=change.order, ends_at=None if change.ended_at else newest.ends_at)


def _rest(target: Target) -> int:
    return target.rest.amount_minor


def _lost(target: Target) -> int:
    return target.lost.amount_minor
