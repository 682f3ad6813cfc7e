"""What a stranger sees first: where to go, what runs, and how to pay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from limosa.domain.promotions.models import Promotion
from limosa.domain.promotions.queries import running_promotions
from limosa.domain.search.engine.ranking import popular
from limosa.domain.shelf.engine.ordering import Order
from limosa.domain.shelf.listing import Shelved, shelf_page, shelved
from limosa.domain.shelf.wanted import Wanted
from limosa.web.storefront.search_rows import Names, TargetRow, popular_rows
from limosa.web.wording.promises import offered_channels

POPULAR_COUNT = 6
_NAMED_MAX = 20
_WALLET = "wallet"


@dataclass(frozen=True, slots=True)
class RunningPromotion:
    """The promotion that is shown, and of the plans looked at the one that costs least per gigabyte
    with it; None: it is on none of them."""

    promotion: Promotion
    example: Shelved | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPage:
    """`channels`: the codes of the ways to pay, in display order."""

    popular: list[TargetRow]
    running: RunningPromotion | None
    channels: list[str]


def first_page(*, currency: str, now: datetime) -> FirstPage:
    """Return what the page shows."""
    names = Names()
    return FirstPage(
        popular=popular_rows(popular(POPULAR_COUNT), currency=currency, names=names),
        running=_running(currency=currency, now=now),
        channels=[*offered_channels(), _WALLET],
    )


def _running(*, currency: str, now: datetime) -> RunningPromotion | None:
    """Return the promotion that ends first of those with an example; else of all."""
    running = sorted(running_promotions(now=now), key=lambda one: (one.ends_at, one.code))
    found = [
        RunningPromotion(one, _example(one, currency=currency, now=now)) for one in running[:3]
    ]
    return next((one for one in found if one.example), next(iter(found), None))


def _example(promotion: Promotion, *, currency: str, now: datetime) -> Shelved | None:
    rows: Sequence[Shelved]
    if promotion.plan_codes:
        rows = shelved(promotion.plan_codes[:_NAMED_MAX], currency=currency, now=now)
    else:
        rows = shelf_page(Wanted(), currency=currency, order=Order.PER_GB, after=None, now=now).rows
    fitting = [one for one in rows if one.promotion and one.promotion.pk == promotion.pk]
    return min(fitting, key=lambda one: one.per_gb.amount_minor, default=None)
