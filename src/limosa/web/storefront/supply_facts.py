"""What pages say of where a plan's data comes from."""

from dataclasses import dataclass

from limosa.domain.catalog.engine.sources import places_of
from limosa.domain.catalog.models import Plan
from limosa.domain.catalog.sources import sources_of
from limosa.domain.connectivity.engine.renewing import RenewalWay, way_beside
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.esims.models import Esim
from limosa.domain.ordering.engine.returning import ReturnWay
from limosa.domain.ordering.returns import return_way_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyFacts:
    """`day_zone`: whose midnight its days begin at; `exit_country`: where its traffic reaches the
    internet; empty: not known. `is_start_open`: the supplier doesn't say when a bundle begins that
    waits for another on the eSIM. `leads_to_renewal`: without data, the network still leads to the
    page that renews it. `return_way`: at the suppliers where it may be bought; None: one takes back
    what another does not."""

    day_zone: str
    exit_country: str
    is_start_open: bool
    leads_to_renewal: bool
    return_way: ReturnWay | None


def supply_facts(plan: Plan, *, esim: Esim | None) -> SupplyFacts:
    """Return what is true of a plan for an eSIM, or for a new one wherever that is bought.

    One statement, unless the plan's sources were prefetched.
    """
    sources = [
        source for source in sources_of(plan) if esim is None or source.supplier == esim.supplier_id
    ]
    suppliers = {source.supplier for source in sources} | ({esim.supplier_id} if esim else set())
    places = places_of(sources)
    return SupplyFacts(
        day_zone=places.day_zone,
        exit_country=places.exit_country,
        is_start_open=is_start_open(esim),
        return_way=return_way_of(suppliers, is_new_esim=esim is None),
        leads_to_renewal=all(capabilities_of(code).in_own_database for code in suppliers),
    )


def is_start_open(esim: Esim | None) -> bool:
    """Return whether it is up to the eSIM's supplier when a bundle begins that waits on it."""
    return esim is not None and way_beside(capabilities_of(esim.supplier_id)) is RenewalWay.NOT_SAID
