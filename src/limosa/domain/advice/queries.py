"""Reads: advice from what was really used, or from what a newcomer says."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from limosa.domain.advice.candidates import candidates, terms_of
from limosa.domain.advice.engine.assuming import assumed_days
from limosa.domain.advice.engine.choosing import RENEWALS_MAX, Choice, choose, is_worth_telling
from limosa.domain.advice.engine.replaying import DayUse, Replay, Terms, replay, whole_until
from limosa.domain.advice.engine.window import KnownUse, Span, cut, looked_back
from limosa.domain.advice.looking_back import history_of, paid_for
from limosa.domain.catalog.engine.rates import days_of
from limosa.domain.catalog.models import Plan, Price
from limosa.domain.esims.models import Esim
from limosa.domain.shelf.engine.suiting import Use
from limosa.foundation.money import Money

SUGGESTED_MAX = 4
# Of fewer days, the cheapest plan is chance.
DAYS_LEAST = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What days of use would have cost.

    `own`: with the person's own plan; None: it is not known, not sold any more, not for these
    countries, or no whole one has run. `paid`: for the plans that ran, shared out over these days;
    None: in several currencies. `countries`: what a plan has to be for; `sold_for`: where the plans
    of these days can be used. `is_whole`: no plan that was not looked at can be cheaper.
    """

    known: KnownUse
    countries: frozenset[str]
    sold_for: frozenset[str]
    own: Replay | None = None
    paid: Money | None = None
    choice: Choice = field(default_factory=Choice)
    is_whole: bool = True

    @property
    def best(self) -> Replay | None:
        """The cheapest plan that would have carried the person."""
        return next(iter(self.choice.carried), None)

    @property
    def is_enough(self) -> bool:
        """Whether enough days are known to go by."""
        return self.known.span.days >= DAYS_LEAST

    @property
    def instead_of(self) -> Money | None:
        """What the cost of another plan is held against: what the own plan costs as listed or, if
        that was less, what was paid."""
        if self.own is None:
            return None
        is_less = self.paid is not None and self.paid.amount_minor < self.own.cost.amount_minor
        return self.paid if is_less else self.own.cost

    @property
    def saves_enough(self) -> bool:
        """Whether another plan would have saved so much that a person is told unasked."""
        if self.best is None or self.instead_of is None or not self.is_enough:
            return False
        return is_worth_telling(self.best.cost, instead_of=self.instead_of)


def advice_from_use(
    esim: Esim,
    *,
    own: Price | None,
    currency: str,
    now: datetime,
    country: str = "",
    most: int = SUGGESTED_MAX,
) -> Advice:
    """Return which plans would have carried an eSIM's person over its last days.

    `own`: the price of the plan that would be renewed, with the plan, if it is sold in `currency`.
    `country`: where the data was used, if the person says, and their plans are for it; otherwise
    wherever the plans of these days can be used. `most`: how many plans; the fewer, the fewer are
    lived through.
    Four statements; fewer while too little is known.
    """
    today = now.astimezone(ZoneInfo(esim.time_zone)).date()
    validity = own.plan.validity if own else None
    span = looked_back(today=today, days_of_plan=days_of(validity) if validity else 0)
    history = history_of(esim, span)
    is_theirs = country in history.countries
    known, countries = history.known, frozenset({country}) if is_theirs else history.countries
    mine = _own_terms(own, countries)
    if mine is not None:
        known, mine = _whole(known, mine)
    if not known.used or not countries:
        return Advice(known=known, countries=countries, sold_for=history.countries)
    own_replay = replay(mine, known.used) if mine else None
    choice, is_whole = _choose(
        known.used,
        countries,
        currency,
        most=most,
        slow_days_max=own_replay.slow_days if own_replay else 0,
        # Who renews often anyway may be told of what is renewed as often.
        renewals_max=max(RENEWALS_MAX, own_replay.count - 1 if own_replay else 0),
    )
    return Advice(
        known=known,
        countries=countries,
        sold_for=history.countries,
        own=own_replay,
        paid=paid_for(history, known.span, currency=currency),
        choice=choice,
        is_whole=is_whole,
    )


def advice_from_answers(*, country: str, days: int, use: Use, currency: str, today: date) -> Advice:
    """Return which plans would carry a newcomer: a country, days, and what the data is for. One
    statement."""
    used = assumed_days(use, days=days, begins_on=today)
    known = KnownUse(Span(today, today + timedelta(days=days)), used)
    countries = frozenset({country})
    choice, is_whole = _choose(used, countries, currency, most=SUGGESTED_MAX)
    return Advice(
        known=known, countries=countries, sold_for=countries, choice=choice, is_whole=is_whole
    )


def plans_of(replays: Collection[Replay]) -> dict[str, Plan]:
    """Return the plans of replays by code, with carrier and sources. Two statements."""
    codes = [one.terms.code for one in replays]
    rows = Plan.objects.filter(pk__in=codes).select_related("carrier").prefetch_related("sources")
    return {plan.code: plan for plan in rows}


def _own_terms(own: Price | None, countries: frozenset[str]) -> Terms | None:
    covers = own is not None and countries <= {*own.plan.countries}
    return terms_of(own, own.plan) if own and covers else None


def _whole(known: KnownUse, mine: Terms) -> tuple[KnownUse, Terms | None]:
    """Return the days of which the own plan has shown its worth; all days, and no own plan, if no
    whole one has run."""
    whole = cut(known, until=whole_until(replay(mine, known.used), known.span.until))
    return (whole, mine) if whole.used else (known, None)


def _choose(
    used: Sequence[DayUse],
    countries: frozenset[str],
    currency: str,
    *,
    most: int,
    slow_days_max: int = 0,
    renewals_max: int = RENEWALS_MAX,
) -> tuple[Choice, bool]:
    found = candidates(
        countries=countries,
        currency=currency,
        total_bytes=sum(day.used_bytes for day in used),
        days=len(used),
    )
    choice = choose(
        found.terms, used, most=most, slow_days_max=slow_days_max, renewals_max=renewals_max
    )
    beyond, carried = found.beyond_minor, choice.carried
    is_whole = beyond is None or (len(carried) == most and carried[-1].cost.amount_minor <= beyond)
    return choice, is_whole
