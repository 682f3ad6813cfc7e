"""An eSIM as the home page shows it: what is left, until when, and the price of renewing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from limosa.domain.accounts.models import Subscriber
from limosa.domain.autorenewal.queries import cap_of, charges_ahead
from limosa.domain.charging.models import Reserve
from limosa.domain.connectivity.engine.renewing import RenewalWay, way_beside
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.esims.engine.installation_life import InstallationState
from limosa.domain.esims.models import Bundle, Esim, EsimState
from limosa.domain.esims.queries import EsimView, home_esims, reported_states
from limosa.domain.ordering.returns import withdrawn
from limosa.domain.renewals.queries import same_bundles
from limosa.domain.shelf.listing import Shelved
from limosa.foundation.money import Money
from limosa.web.drawing import Ring, ring
from limosa.web.storefront.carrier_counts import CarrierCount, carrier_counts
from limosa.web.storefront.install_progress import is_silent
from limosa.web.storefront.names import name_in_view
from limosa.web.storefront.prices import prices_of
from limosa.web.storefront.reserves import reserves_of
from limosa.web.wording import formatting

DAYS_LEFT_LOW = 3


@dataclass(frozen=True, slots=True)
class EsimCard:
    """`last`: the bundle whose plan counts as the same again. `again`: that plan's current
    price. `is_deleted`: from its device, as that has reported. `count`: the carrier's, where it
    counts and we do not. `reserve`: what it has to renew with, if it has no plan. `is_withdrawn`:
    nobody is to install it any more. `auto`: whether it renews by itself; None: not said here."""

    view: EsimView
    home_zone: str
    now: datetime
    last: Bundle | None = None
    again: Shelved | None = None
    is_deleted: bool = False
    count: CarrierCount | None = None
    reserve: Reserve | None = None
    is_withdrawn: bool = False
    auto: "AutoLine | None" = None

    @property
    def esim(self) -> Esim:
        """The eSIM itself."""
        return self.view.esim

    @property
    def heading(self) -> str:
        """What the eSIM is called."""
        return name_in_view(self.view, self.last)

    @property
    def is_silent(self) -> bool:
        """Whether nobody tells us what devices do with it."""
        return is_silent(self.esim)

    @property
    def is_to_install(self) -> bool:
        """Whether installing it comes before all else: it is on no device as far as is known, and
        no data was used."""
        is_ready = self.esim.state == EsimState.READY and not self.is_withdrawn
        return is_ready and self.esim.usage_seen_at is None and not self._used_bytes

    @property
    def _used_bytes(self) -> int:
        return self.view.total_bytes - self.view.remaining_bytes

    @property
    def is_added(self) -> bool:
        """Whether what is bought for it is added at once to what is there."""
        return way_beside(capabilities_of(self.esim.supplier_id)) is RenewalWay.ADDED

    @property
    def is_waiting(self) -> bool:
        """Whether a bundle is waiting for its first use, and none is in use."""
        return bool(self.view.queued) and not self.view.in_use

    @property
    def ring(self) -> Ring:
        """The arc of what is left."""
        return ring(part=self.view.remaining_bytes, whole=self.view.total_bytes)

    @property
    def remaining(self) -> tuple[str, str]:
        """("3.6", "GB")"""
        return formatting.volume_parts(self.view.remaining_bytes)

    @property
    def days_left(self) -> int | None:
        """Calendar days left, today included; None if no end is known."""
        if self.view.ends_at is None:
            return None
        return formatting.days_left(self.view.ends_at, time_zone=self.esim.time_zone, now=self.now)

    @property
    def ends_soon(self) -> bool:
        """Whether only a few days are left."""
        return self.days_left is not None and self.days_left <= DAYS_LEFT_LOW

    @property
    def home_differs(self) -> bool:
        """Whether the person's home has another local time at the end than the eSIM's place."""
        ends_at = self.view.ends_at
        return ends_at is not None and not formatting.same_clock(
            ends_at, self.esim.time_zone, self.home_zone
        )


def own_card(view: EsimView, last: Bundle | None, *, now: datetime) -> EsimCard:
    """Return one eSIM as its own pages show it. Two statements at most."""
    return EsimCard(
        view,
        view.esim.subscriber.time_zone,
        now,
        last=last,
        count=carrier_counts([view], now=now).get(view.esim.pk),
        reserve=reserves_of([view], now=now).get(view.esim.pk),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoLine:
    """What a card says of an eSIM's automatic renewal. `charge_at`: when it is charged next."""

    is_on: bool
    charge_at: datetime | None = None
    cap: Money | None = None


def auto_lines(esims: Sequence[Esim]) -> dict[int, AutoLine]:
    """Return what is said of eSIMs' automatic renewals, by their key. Two statements at most."""
    known = charges_ahead(esims)
    return {
        esim.pk: AutoLine(is_on=True, charge_at=known[esim.pk][1], cap=cap_of(known[esim.pk][0]))
        if esim.pk in known
        else AutoLine(is_on=False)
        for esim in esims
    }


def cards_of(subscriber: Subscriber, *, now: datetime) -> list[EsimCard]:
    """Return a person's eSIMs as cards, the one that ends first on top. Six statements, and two
    more if an eSIM has no plan in use, one if it is not of our own network, two if it is on no
    device, one if it renews by itself.

    The plan to renew is the one in use, as on the page that the button opens.
    """
    views = sorted(home_esims(subscriber_id=subscriber.pk, now=now), key=urgency)
    same = same_bundles(views, now=now)
    plans = {bundle.plan_id for bundle in same.values()}
    prices = prices_of(plans, currency=subscriber.currency, now=now) if plans else {}
    states = reported_states([view.esim for view in views])
    counts = carrier_counts(views, now=now)
    reserves = reserves_of(views, now=now)
    autos = auto_lines([view.esim for view in views])
    deleted = {key for key, state in states.items() if state is InstallationState.DELETED}
    on_none = [
        view.esim for view in views if view.esim.state == EsimState.READY or view.esim.pk in deleted
    ]
    gone = withdrawn(on_none) if on_none else set()
    return [
        EsimCard(
            view,
            subscriber.time_zone,
            now,
            last=same.get(view.esim.pk),
            again=prices.get(same[view.esim.pk].plan_id) if view.esim.pk in same else None,
            is_deleted=view.esim.pk in deleted,
            count=counts.get(view.esim.pk),
            reserve=reserves.get(view.esim.pk),
            is_withdrawn=view.esim.pk in gone,
            auto=autos[view.esim.pk],
        )
        for view in views
    ]


def urgency(view: EsimView) -> tuple[bool, bool, float]:
    """Return where an eSIM comes: in use before idle; a known end before an open one; the earliest
    end first."""
    ends_at = view.ends_at
    return not view.in_use, ends_at is None, ends_at.timestamp() if ends_at else 0.0
