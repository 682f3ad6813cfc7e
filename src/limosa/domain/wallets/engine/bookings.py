"""The journal entries of a wallet and its bonus that no order makes, as pure lists of legs.

Account kinds are those of ledger.models.AccountKind, here as plain strings.
"""

from limosa.domain.ledger.engine.postings import Leg
from limosa.foundation.money import Money


def frozen(part: Money, *, subscriber_id: int) -> list[Leg]:
    """A part of a wallet is kept from being spent, while the payer disputes its payment."""
    return [Leg("wallet", part, owner=str(subscriber_id)), Leg("wallet_frozen", -part)]


def thawed(part: Money, *, subscriber_id: int) -> list[Leg]:
    """The dispute is decided, and what was frozen is in the wallet again."""
    return [Leg("wallet_frozen", part), Leg("wallet", -part, owner=str(subscriber_id))]


def bonus_granted(bonus: Money, *, subscriber_id: int) -> list[Leg]:
    """A bonus is given: owed as service, and taken off our sales at once."""
    return [Leg("bonus_discounts", bonus), Leg("bonus", -bonus, owner=str(subscriber_id))]


def bonus_withdrawn(left: Money, *, subscriber_id: int, spent: Money) -> list[Leg]:
    """A bonus has expired, or is held or taken back: what was left of it, and money in place of
    what was spent."""
    return [
        Leg("bonus", left, owner=str(subscriber_id)),
        Leg("wallet", spent, owner=str(subscriber_id)),
        Leg("bonus_discounts", -(left + spent)),
    ]
