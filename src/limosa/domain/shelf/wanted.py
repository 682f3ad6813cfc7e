"""What somebody looks for, as conditions on the prices of plans."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from limosa.domain.catalog.engine.rates import DAYS_OF_A_MONTH
from limosa.domain.catalog.models import PlanKind
from limosa.foundation.period import ValidityUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Filters; one that is empty, zero or False leaves all plans.

    `days`: valid for as many or more; `volume_bytes`: as much data or more, or unlimited.
    """

    country: str = ""
    days: int = 0
    volume_bytes: int = 0
    is_unlimited: bool = False
    carrier: str = ""

    def conditions(self) -> Q:
        """Return them for prices."""
        of_plan: dict[str, Any] = {}
        if self.country:
            of_plan["plan__countries__contains"] = [self.country]
        if self.carrier:
            of_plan["plan__carrier"] = self.carrier
        if self.is_unlimited:
            of_plan["plan__kind"] = PlanKind.UNLIMITED
        found = Q(**of_plan)
        if self.volume_bytes:
            found &= Q(plan__volume_bytes__gte=self.volume_bytes) | Q(plan__volume_bytes=None)
        if self.days:
            months = -(-self.days // DAYS_OF_A_MONTH)
            found &= Q(
                plan__validity_unit=ValidityUnit.DAY, plan__validity_count__gte=self.days
            ) | Q(plan__validity_unit=ValidityUnit.MONTH, plan__validity_count__gte=months)
        return found
