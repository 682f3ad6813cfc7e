"""The journal entry of what a provider kept of a day's takings."""

from limosa.domain.ledger.engine.postings import Leg
from limosa.foundation.money import Money


def fees_kept(provider: str, amount: Money) -> list[Leg]:
    """The provider kept its fees of what it holds for us; a negative amount gave some back."""
    return [
        Leg("provider_fees", amount, owner=provider),
        Leg("clearing", -amount, owner=provider),
    ]
