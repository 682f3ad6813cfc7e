"""The tables of wholesale."""

from limosa.domain.wholesale.models.pricing import PriceEnding, PricingRule
from limosa.domain.wholesale.models.proposals import PriceProposal
from limosa.domain.wholesale.models.sheets import ListChange, ListedPlan, PriceSheet

__all__ = [
    "ListChange",
    "ListedPlan",
    "PriceEnding",
    "PriceProposal",
    "PriceSheet",
    "PricingRule",
]
