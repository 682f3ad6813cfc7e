"""What prices depend on, as it stands now: rules, endings, rates, the fee and the tax."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from limosa.domain.catalog.queries import RateMissingError, exchange_rate
from limosa.domain.wholesale.engine.pricing import Ending, Fee, Rule, Terms
from limosa.domain.wholesale.models import PriceEnding, PricingRule

# With an older rate prices are proposed, and nothing is approved by rule. Banks rest for four days.
RATE_IS_OLD_AFTER = timedelta(days=7)


@dataclass(slots=True)
class StandingTerms:
    """The terms of a day. Each rate is read once, when it is first needed."""

    rules: list[Rule]
    endings: dict[str, Ending]
    fee: Fee
    tax_basis_points: int
    today: date
    _rates: dict[tuple[str, str], tuple[Fraction, date] | None] = field(default_factory=dict)

    @classmethod
    def now(cls, *, fee: Fee, tax_basis_points: int, today: date) -> "StandingTerms":
        """Read the rules and endings."""
        return cls(
            rules=[row.as_rule for row in PricingRule.objects.order_by("position")],
            endings={row.currency: row.as_ending for row in PriceEnding.objects.all()},
            fee=fee,
            tax_basis_points=tax_basis_points,
            today=today,
        )

    def between(self, currencies: set[str], sold_in: set[str]) -> Terms:
        """Return the terms with the rates from each of some currencies to each of others."""
        pairs = {(one, other) for one in currencies for other in sold_in if one != other}
        found = {pair: self._rate(*pair) for pair in pairs}
        return Terms(
            endings=self.endings,
            rates={pair: rate[0] for pair, rate in found.items() if rate},
            fee=self.fee,
            tax_basis_points=self.tax_basis_points,
        )

    def rate_day(self, one: str, other: str) -> date | None:
        """Return the day of a rate; None: there is none, or none is needed."""
        rate = self._rate(one, other) if one != other else None
        return rate[1] if rate else None

    def is_old(self, day: date) -> bool:
        """Return whether a rate of that day needs somebody's approval."""
        return self.today - day > RATE_IS_OLD_AFTER

    def _rate(self, one: str, other: str) -> tuple[Fraction, date] | None:
        if (one, other) not in self._rates:
            try:
                quote = exchange_rate(from_currency=one, to_currency=other, day=self.today)
                self._rates[one, other] = (Fraction(quote.rate), quote.day)
            except RateMissingError:
                self._rates[one, other] = None
        return self._rates[one, other]
