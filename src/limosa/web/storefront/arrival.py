"""What somebody needs to know on arrival: the network, roaming, the access point, and what to buy
where their plans don't reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from limosa.domain.catalog.models import Plan
from limosa.domain.connectivity.engine.renewing import RenewalWay
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.coverage.credits import Credit, credits_for
from limosa.domain.coverage.engine.facts import PlanFacts, PlanNetwork
from limosa.domain.coverage.queries import operators_of, plan_facts
from limosa.domain.esims.models import Bundle, Esim
from limosa.domain.esims.queries import EsimView
from limosa.domain.ordering.shared_esims import is_renewable
from limosa.domain.ordering.starts import way_for
from limosa.domain.shelf.engine.ordering import Order
from limosa.domain.shelf.listing import Shelved, shelf_page
from limosa.domain.shelf.wanted import Wanted
from limosa.web.storefront.plan_networks import CountryNetworks, networks_of
from limosa.web.storefront.whereabouts import Whereabouts
from limosa.web.wording import countries

REMEDIES_SHOWN = 3
_APNS_SHOWN = 2


class Roaming(StrEnum):
    """Whether a device has to be allowed to roam with an eSIM. NOT_NEEDED: its own network is
    there. IN_VAIN: no plan reaches the place."""

    ON = "on"
    NOT_NEEDED = "not_needed"
    IN_VAIN = "in_vain"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPoint:
    """Access point names, the likeliest first; none: not stated. `is_entered`: the carrier says
    that a person has to enter it; otherwise devices know it, and it is for those that don't."""

    names: tuple[str, ...] = ()
    is_entered: bool = False
    credits: tuple[Credit, ...] = ()


@dataclass(frozen=True, slots=True)
class Remedy:
    """A plan that reaches where this eSIM's don't. `is_same_esim`: it comes on this one."""

    row: Shelved
    is_same_esim: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """`plan`: what counts where the person is; None: the eSIM never had any. `is_open`: it can be
    used, or will be. `place`: the country and its networks, None: not known which. `is_reached`:
    the plan is for that country. `places`: all countries of the plan."""

    where: Whereabouts
    plan: Plan | None
    is_open: bool
    place: CountryNetworks | None
    is_reached: bool
    places: list[CountryNetworks]
    roaming: Roaming
    access: AccessPoint
    remedies: list[Remedy]

    @property
    def network_names(self) -> list[str]:
        """The networks to choose from by hand, if the device finds none by itself."""
        return [one.operator for one in self.place.networks] if self.place else []


def reached_by(view: EsimView, last: Bundle | None) -> set[str]:
    """Return the countries of an eSIM's open plans or, without any, of the one before."""
    return {code for plan in _plans(view, last) for code in plan.countries}


def arrival_of(
    view: EsimView, last: Bundle | None, *, where: Whereabouts, currency: str, now: datetime
) -> Arrival:
    """Return what is to be known of an eSIM where somebody is.

    `last`: what counts as the same plan again. Two or three statements, and a few more where no
    plan reaches.
    """
    plans = _plans(view, last)
    reaching = [plan for plan in plans if where.country in plan.countries]
    plan = next(iter([*reaching, *plans]), None)
    known = plan_facts([plan.code])[plan.code] if plan else PlanFacts()
    is_reached = bool(reaching)
    return Arrival(
        where=where,
        plan=plan,
        is_open=bool(view.in_use or view.queued),
        place=_place(where.country, known, is_reached=is_reached),
        is_reached=is_reached,
        places=networks_of(plan, known, first="") if plan else [],
        roaming=Roaming.IN_VAIN
        if where.country and not is_reached
        else roaming_for(view.esim, plan),
        access=access_point(view.esim, plan),
        remedies=[]
        if is_reached or not where.country
        else _remedies(view, where.country, currency=currency, now=now),
    )


def roaming_for(esim: Esim, plan: Plan | None) -> Roaming:
    """Return whether data roaming has to be on.

    Profiles of wholesalers are guests in every network. One of our own network is at home where
    all that its plan covers is one country.
    """
    is_own = capabilities_of(esim.supplier_id).in_own_database
    at_home = plan is not None and len(plan.countries) == 1
    return Roaming.NOT_NEEDED if is_own and at_home else Roaming.ON


def access_point(esim: Esim, plan: Plan | None) -> AccessPoint:
    """Return the access point: as the carrier says or, for our own network in one country, as the
    public list has it for an operator of the carrier's name."""
    if esim.carrier.apn:
        return AccessPoint(names=(esim.carrier.apn,), is_entered=True)
    if plan is None or roaming_for(esim, plan) is Roaming.ON:
        return AccessPoint()
    name = esim.carrier.name.casefold()
    found = [one for one in operators_of(plan.countries[0]) if one.name.casefold() == name]
    names = dict.fromkeys(apn.value for one in found for apn in one.apns)
    if not names:
        return AccessPoint()
    return AccessPoint(names=tuple(names)[:_APNS_SHOWN], credits=credits_for(found))


def _plans(view: EsimView, last: Bundle | None) -> list[Plan]:
    opened = [bundle.plan for bundle in (*view.in_use, *view.queued, *view.on_hold)]
    return opened or ([last.plan] if last else [])


def _place(country: str, known: PlanFacts, *, is_reached: bool) -> CountryNetworks | None:
    if not country:
        return None
    networks: Sequence[PlanNetwork] = known.networks.get(country, ()) if is_reached else ()
    return CountryNetworks(country, countries.name(country), tuple(networks))


def _remedies(view: EsimView, country: str, *, currency: str, now: datetime) -> list[Remedy]:
    """Return the cheapest plans for a country, those on the same eSIM first."""
    page = shelf_page(
        Wanted(country=country), currency=currency, order=Order.PRICE, after=None, now=now
    )
    esim = view.esim
    # A supplier that has to be called renews an eSIM for the countries that it is for, no others.
    may_stay = capabilities_of(esim.supplier_id).in_own_database and is_renewable(esim)
    rows = page.rows[:REMEDIES_SHOWN]
    found = [
        Remedy(
            row,
            is_same_esim=may_stay
            and way_for(row.plan, esim, [], is_renewable=True) is not RenewalWay.NEW_ESIM,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: not one.is_same_esim)
