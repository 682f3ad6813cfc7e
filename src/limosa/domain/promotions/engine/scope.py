"""Which plans a promotion is for."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """All conditions hold together; an empty one holds for every plan.

    `durations`: as a validity is written, "7 days" or "1 month"; a top-up has none, so it fits no
    promotion that names some. `currency`: an amount is taken off prices in this one only.
    """

    plan_codes: Collection[str] = ()
    carrier_codes: Collection[str] = ()
    durations: Collection[str] = ()
    currency: str = ""

    @property
    def is_everything(self) -> bool:
        """Whether every price fits."""
        return not (self.plan_codes or self.carrier_codes or self.durations or self.currency)

    def fits(self, *, plan_code: str, carrier_code: str, duration: str, currency: str) -> bool:
        """Return whether a price fits. `duration`: empty for a top-up."""
        return (
            (not self.plan_codes or plan_code in self.plan_codes)
            and (not self.carrier_codes or carrier_code in self.carrier_codes)
            and (not self.durations or duration in self.durations)
            and self.currency in {"", currency}
        )
