"""What the list of plans and the page of a plan are, for search engines and whoever shares them."""

from django.utils.translation import gettext

from limosa.domain.shelf.listing import Shelved
from limosa.web.storefront.plan_facts import speed_text
from limosa.web.storefront.public_pages import About
from limosa.web.wording import countries, formatting, words

_NAMED_MAX = 3


def about_plans() -> About:
    """Return what the list of plans is."""
    text = gettext("Prepaid eSIM data plans by place, days, data and network. Prices include tax.")
    return About(gettext("Plans and prices"), text)


def about_plan(row: Shelved) -> About:
    """Return what a plan's page is."""
    plan = row.plan
    name = plan.name_in(formatting.language())
    volume = row.volume_bytes
    places = formatting.enumeration(map(countries.name, plan.countries[:_NAMED_MAX]))
    more = len(plan.countries) - _NAMED_MAX
    if more > 0:
        places = gettext("%(places)s and %(count)d more") % {"places": places, "count": more}
    said = {
        "data": gettext("Unlimited") if volume is None else formatting.volume(volume),
        "validity": words.validity(plan.validity),
        "places": places,
        "price": formatting.money(row.total),
    }
    text = gettext("eSIM data for %(places)s: %(data)s, %(validity)s, %(price)s with tax.") % said
    gap = formatting.sentence_gap()
    return About(f"{name} · {plan.carrier.name}", f"{text}{gap}{speed_text(plan)}")
