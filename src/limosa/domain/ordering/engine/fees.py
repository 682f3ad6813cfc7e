"""The journal entry for the fees a provider kept from a day's takings."""

from limosa.domain.ledger.engine.postings import Leg
from limosa.foundation.money import Money


def fees_kept(provider: str, amount: Money) -> list[Leg]:
    """The provider kept its fees from what it holds for us; a negative amount is a repayment."""
    return [
        Leg("provider_fees", amount, owner=provider),
        Leg("clearing", -amount, owner=provider),
    ]
