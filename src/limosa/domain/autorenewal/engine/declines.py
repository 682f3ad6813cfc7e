"""Whether a refused charge may be attempted again with the same method."""

from limosa.domain.autorenewal.engine.attempts import Outcome
from limosa.domain.payments.status_reports import Decline

# What another day does not change.
_HARD = frozenset(
    {
        Decline.CARD_EXPIRED,
        Decline.DETAILS_WRONG,
        Decline.NOT_SUPPORTED,
        Decline.ACCOUNT_RESTRICTED,
    }
)


def outcome_of(decline: str) -> Outcome:
    """Return what a refusal means; empty: the provider gave no reason, which may pass.

    `decline`: a value of Decline.
    """
    if not decline:
        return Outcome.SOFT
    reason = Decline(decline)
    if reason is Decline.NOT_AUTHENTICATED:
        return Outcome.PAYER
    return Outcome.HARD if reason in _HARD else Outcome.SOFT
