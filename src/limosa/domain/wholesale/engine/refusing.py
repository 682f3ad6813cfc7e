"""Whether a supplier refuses a plan for good, so that selling it on would only make refunds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

# So many orders in a row, none older than this. Each was paid, and went back.
REFUSED_IN_A_ROW = 3
LATELY = timedelta(days=1)

# What passes by itself, or once we do something about it: staff are told of it, and the plan stays.
PASSING = frozenset(
    {
        "out_of_stock",
        "price_changed",
        "credit_used_up",
        "maintenance",
        "busy",
        "rate_limited",
        "paused",
        "not_answering",
        "asked_to_wait",
        # Our account, or an answer that could not be had: no word about the plan.
        "account_refused",
        "token_refused",
        "no_profile_left",
        "offers_unknown",
        "product_unknown",
        "card_unknown",
    }
)
# What is said of the eSIM that an order renews tells nothing of the plan.
OF_ONE_ESIM = frozenset(
    {"not_renewable", "not_for_this_esim", "esim_recycled", "esim_unknown", "renewal_failed"}
)


@dataclass(frozen=True, slots=True)
class Answered:
    """How an order of a plan ended at a supplier. `refused`: the term for why; empty: it was not.
    `is_listed` False: its list in force does not have the code."""

    refused: str
    is_listed: bool = True

    @property
    def is_for_good(self) -> bool:
        """Whether it was refused by something that does not pass."""
        return self.refused != "" and self.refused not in PASSING


def refused_for_good(answered: Sequence[Answered]) -> str:
    """Return the term by which a supplier refuses a plan for good; empty: it does not.

    `answered`: the orders of a day, the newest first. One refusal is enough where its list no
    longer has the code either.
    """
    of_plan = [one for one in answered if one.refused not in OF_ONE_ESIM]
    if not of_plan or not of_plan[0].is_for_good:
        return ""
    latest = of_plan[:REFUSED_IN_A_ROW]
    is_repeated = len(latest) == REFUSED_IN_A_ROW and all(one.is_for_good for one in latest)
    return of_plan[0].refused if is_repeated or not of_plan[0].is_listed else ""
