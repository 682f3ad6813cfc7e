from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.models import Plan, Price
from limosa.domain.catalog.queries import channel_rates, offered_prices
from limosa.domain.connectivity.engine.renewing import RenewalWay
from limosa.domain.esims.models import Esim
from limosa.domain.esims.queries import running_bundles
from limosa.domain.ordering.models import Quote, StartRule
from limosa.domain.ordering.refusals import PlanNotOnSaleError
from limosa.domain.ordering.shared_esims import is_renewable
from limosa.domain.ordering.starts import Start, way_for, zone_of_new_esim
from limosa.domain.ordering.tax import tax_in
from limosa.domain.promotions.codes import best_with_code, check_runs
from limosa.domain.promotions.models import PromotionCode
from limosa.domain.promotions.queries import discount_of, running_promotions
from limosa.domain.rows import insert_row
from limosa.foundation.identifiers import random_code

QUOTE_LIFETIME = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What else somebody asks of a quote.

    `public_id`: its own, of twelve characters, that no quote has; empty: a new one. `code`: what
    the person entered, with its promotion, as `check_code` let it pass; the quote names it only
    where it is worth most.
    """

    public_id: str = ""
    code: PromotionCode | None = None


def make_quote(
    *,
    subscriber: Subscriber,
    esim: Esim | None,
    plan_code: str,
    start_rule: StartRule,
    now: datetime,
    asked: Asked | None = None,
) -> Quote:
    """Return a price that binds us for 30 minutes, with everything that determined it.

    `esim` None buys a new eSIM. `start_rule`: what the person wants; the quote has what the eSIM's
    supplier can do of it. The bundle will have at least the quoted period.
    Raises: PlanNotOnSaleError, TopUpNeedsBundleError, PromotionCodeEarlyError,
            PromotionCodeOverError; nothing changed.
    """
    price = (
        offered_prices()
        .filter(plan_id=plan_code, currency=subscriber.currency)
        .select_related("plan")
        .first()
    )
    if price is None:
        raise PlanNotOnSaleError
    asked = asked or Asked()
    plan = price.plan
    start = _start(plan, esim, start_rule, now)
    period = start.promise(now)
    quote = Quote(
        public_id=asked.public_id or random_code(12),
        subscriber=subscriber,
        esim=esim,
        plan=plan,
        start_rule=start.rule,
        way=start.way.value,
        **_amounts(price, now, asked.code),
        currency=price.currency,
        exchange=channel_rates(currency=price.currency, now=now),
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        time_zone=start.time_zone,
        created_at=now,
        expires_at=now + QUOTE_LIFETIME,
    )
    insert_row(quote)
    return quote


def _start(plan: Plan, esim: Esim | None, wanted: StartRule, now: datetime) -> Start:
    running = running_bundles(esim_id=esim.pk, now=now) if esim else []
    way = RenewalWay.NEW_ESIM
    if esim is not None:
        way = way_for(plan, esim, running, is_renewable=is_renewable(esim))
    if esim is None or way is RenewalWay.NEW_ESIM:
        time_zone = zone_of_new_esim(plan)
    else:
        time_zone = esim.time_zone
    return Start(
        plan=plan,
        way=way,
        wanted=wanted,
        running=running,
        time_zone=time_zone,
    )


def _amounts(price: Price, now: datetime, code: PromotionCode | None) -> dict[str, Any]:
    """Return the fields of a quote that depend on the price and its promotion."""
    plan = price.plan
    if code is not None:
        check_runs(code, now=now)
    promotion = best_with_code(running_promotions(now=now), code, price=price)
    discount = discount_of(promotion, price_minor=price.amount_minor)
    bonus_bytes = promotion.bonus_bytes if promotion else 0
    total_minor = price.amount_minor - discount
    return {
        "promotion": promotion,
        "promotion_code": code if promotion and promotion.needs_code else None,
        "list_minor": price.amount_minor,
        "discount_minor": discount,
        "total_minor": total_minor,
        "tax_minor": tax_in(total_minor),
        "volume_bytes": None if plan.volume_bytes is None else plan.volume_bytes + bonus_bytes,
    }
