"""On arrival: what an eSIM does where its person is, and what to do if it brings no data.

It is one of the pages that a device keeps for when it has no connection (kept_pages.py).
"""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from limosa.domain.esims.queries import esim_view, open_bundles, waiting_move
from limosa.domain.ordering.returns import is_withdrawn
from limosa.domain.renewals.queries import same_bundles
from limosa.web.storefront.access import own_esim
from limosa.web.storefront.arrival import arrival_of, reached_by
from limosa.web.storefront.cards import own_card
from limosa.web.storefront.device import ask_for_model, platform_of
from limosa.web.storefront.install_code import shown_code, unused_code
from limosa.web.storefront.names import name_of
from limosa.web.storefront.no_data_steps import no_data_guides
from limosa.web.storefront.supply_facts import supply_facts
from limosa.web.storefront.whereabouts import ZONE_COOKIE, remember_place, whereabouts
from limosa.web.wording import countries


@login_required
def arrival(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what to know and to do on arrival. `country` in the address: where; else where the
    person seems to be."""
    found, now = own_esim(request, public_id), timezone.now()
    if is_withdrawn(found):
        named = {"esim": found, "name": name_of(found, now=now)}
        return render(request, "storefront/withdrawn.html", named)
    view = esim_view(esim=found, bundles=open_bundles(esim_ids=[found.pk]), now=now)
    last = same_bundles([view], now=now).get(found.pk)
    where = whereabouts(request, reached=reached_by(view, last))
    known = arrival_of(view, last, where=where, currency=found.subscriber.currency, now=now)
    guides, visiting = no_data_guides(known), platform_of(request)
    context = {
        "esim": found,
        "view": view,
        "card": own_card(view, last, now=now),
        "arrival": known,
        "order_number": last.order_number if last else "",
        "facts": supply_facts(known.plan, esim=found) if known.plan else None,
        "countries": countries.choices(),
        "elsewhere": where.elsewhere and countries.name(where.elsewhere),
        "is_zone_told": ZONE_COOKIE in request.COOKIES,
        "guide": next((one for one in guides if one.platform == visiting), None),
        "guides": [one for one in guides if one.platform != visiting],
        "now": now,
        **shown_code(unused_code(found, waiting_move(found))),
    }
    answer = render(request, "storefront/arrival.html", context)
    remember_place(request, answer)
    ask_for_model(answer)
    return answer
