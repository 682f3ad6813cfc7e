"""Advice as pages show it: to a person by their own use, to a newcomer by three answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from limosa.domain.advice.engine.assuming import BYTES_A_DAY, DAYS_MAX
from limosa.domain.advice.engine.replaying import Replay
from limosa.domain.advice.queries import (
    Advice,
    advice_from_answers,
    advice_from_use,
    plans_of,
)
from limosa.domain.catalog.models import Plan, Price
from limosa.domain.catalog.queries import offered_prices
from limosa.domain.charging.queries import watches_of
from limosa.domain.connectivity.engine.renewing import RenewalWay
from limosa.domain.esims.models import Bundle, Esim
from limosa.domain.esims.queries import running_bundles
from limosa.domain.ordering.shared_esims import is_renewable
from limosa.domain.ordering.starts import way_for
from limosa.domain.renewals.queries import works_on
from limosa.domain.shelf.engine.suiting import Use
from limosa.foundation.money import Money
from limosa.web.storefront.advice_picture import AdvicePicture, advice_picture
from limosa.web.wording import countries

_DIGITS_MAX = 3
# So much of what was typed as a number is shown again.
_TYPED_MAX = 20


@dataclass(frozen=True, slots=True)
class AdviceRow:
    """A plan with what the days would have cost. `is_on_new_esim`: it takes another eSIM than the
    person's own; None: a newcomer's."""

    plan: Plan
    replay: Replay
    is_own: bool = False
    is_on_new_esim: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvicePage:
    """`own`: the plan that would be renewed. `is_counted_late`: the carrier counts, not we."""

    advice: Advice
    carried: list[AdviceRow]
    slower: list[AdviceRow]
    own: AdviceRow | None = None
    picture: AdvicePicture | None = None
    is_counted_late: bool = False

    @property
    def best(self) -> AdviceRow | None:
        """The cheapest."""
        return next(iter(self.carried), None)

    @property
    def sold_for(self) -> list[tuple[str, str]]:
        """Where the plans of these days can be used, as choices."""
        sold = self.advice.sold_for
        return [choice for choice in countries.choices() if choice[0] in sold]


@dataclass(frozen=True, slots=True)
class AdviceLine:
    """A saving that is told unasked."""

    esim: Esim
    plan: Plan
    advice: Advice
    cost: Money
    instead_of: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a newcomer says: where, for how many days, what for; what is no answer is left out.

    `days_typed`: what was typed as the days, though it may be no number of them.
    """

    country: str = ""
    days: int = 0
    days_typed: str = ""
    use: Use | None = None
    is_asked: bool = False

    @property
    def are_days_wrong(self) -> bool:
        """Whether what was typed is no number of days that we reckon with."""
        return bool(self.days_typed) and not self.days

    @property
    def is_complete(self) -> bool:
        """Whether all three questions are answered."""
        return bool(self.country and self.days and self.use)


def read_answers(asked: QueryDict) -> Answers:
    """Return the answers in an address."""
    country, days, use = (asked.get(name, "") for name in ("country", "days", "use"))
    is_number = days.isascii() and days.isdecimal() and len(days) <= _DIGITS_MAX
    number = int(days) if is_number else 0
    return Answers(
        country=country if country in countries.CODES else "",
        days=number if number <= DAYS_MAX else 0,
        days_typed=days[:_TYPED_MAX],
        use=Use(use) if use in set(BYTES_A_DAY) else None,
        is_asked="use" in asked or "days" in asked,
    )


def newcomer_page(answers: Answers, *, currency: str, now: datetime) -> AdvicePage | None:
    """Return the plans for complete answers."""
    if not answers.is_complete or answers.use is None:
        return None
    advice = advice_from_answers(
        country=answers.country,
        days=answers.days,
        use=answers.use,
        currency=currency,
        today=now.date(),
    )
    plans = plans_of([*advice.choice.carried, *advice.choice.slower])
    return AdvicePage(
        advice=advice,
        carried=_rows(advice.choice.carried, plans),
        slower=_rows(advice.choice.slower, plans),
    )


def person_page(
    esim: Esim, same: Bundle | None, *, currency: str, country: str, now: datetime
) -> AdvicePage:
    """Return the plans that would have carried an eSIM's person. `same`: as in same_bundles."""
    own = _price(same, currency) if same else None
    advice = advice_from_use(esim, own=own, currency=currency, now=now, country=country)
    shown = [*advice.choice.carried, *advice.choice.slower, *([advice.own] if advice.own else [])]
    plans = plans_of(shown) if shown else {}
    own_code = advice.own.terms.code if advice.own else ""
    new = _on_new_esim(plans.values(), esim, same, now=now) if plans else set()
    carried = _rows(advice.choice.carried, plans, own=own_code, new=new)
    mine = _rows([advice.own], plans, own=own_code, new=new) if advice.own else [None]
    return AdvicePage(
        advice=advice,
        carried=carried,
        slower=_rows(advice.choice.slower, plans, own=own_code, new=new),
        own=mine[0],
        picture=advice_picture(advice) if advice.best else None,
        is_counted_late=bool(watches_of(esim_ids=[esim.pk])),
    )


def advice_line(
    esim: Esim, *, own: Price | None, currency: str, now: datetime
) -> AdviceLine | None:
    """Return what a person is told unasked; None: nothing would save enough. Six statements at
    most, one for an eSIM that was not used. `own`: of the plan that would be renewed."""
    if own is None:
        return None
    advice = advice_from_use(esim, own=own, currency=currency, now=now, most=1)
    if not advice.saves_enough or advice.best is None or advice.instead_of is None:
        return None
    best = advice.best
    plan = plans_of([best])[best.terms.code]
    return AdviceLine(esim, plan, advice, best.cost, advice.instead_of)


def _price(bundle: Bundle, currency: str) -> Price | None:
    """Return the price of a bundle's plan, with the plan, if it is offered in a currency."""
    prices = offered_prices().filter(plan_id=bundle.plan_id, currency=currency)
    return prices.select_related("plan").first()


def _rows(
    replays: Iterable[Replay],
    plans: dict[str, Plan],
    *,
    own: str = "",
    new: set[str] | None = None,
) -> list[AdviceRow]:
    return [
        AdviceRow(
            plans[one.terms.code],
            one,
            is_own=one.terms.code == own,
            is_on_new_esim=None if new is None else one.terms.code in new,
        )
        for one in replays
    ]


def _on_new_esim(
    plans: Iterable[Plan], esim: Esim, same: Bundle | None, *, now: datetime
) -> set[str]:
    """Return which plans take another eSIM. Two statements."""
    running = running_bundles(esim_id=esim.pk, now=now)
    goes_on = is_renewable(esim)
    return {
        plan.code
        for plan in plans
        if not works_on(esim, plan, same)
        or way_for(plan, esim, running, is_renewable=goes_on) is RenewalWay.NEW_ESIM
    }
