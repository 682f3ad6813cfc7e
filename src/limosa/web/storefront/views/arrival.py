"""On arrival: what an eSIM does where its person is, and what to do if it brings no data.

It is one of the pages that a device keeps for when it has no connection (kept_pages.py).
"""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from limosa.domain.esims.models import Esim
from limosa.domain.esims.queries import esim_view, open_bundles, waiting_move
from limosa.domain.ordering.returns import is_withdrawn
from limosa.domain.renewals.queries import same_bundles
from limosa.web.storefront.access import own_esim
from limosa.web.storefront.arrival import arrival_of, reached_by
from limosa.web.storefront.cards import EsimCard
from limosa.web.storefront.carrier_counts import carrier_counts
from limosa.web.storefront.device import ask_for_model, platform_of
from limosa.web.storefront.install_code import parts_of, unused_code
from limosa.web.storefront.no_data_steps import no_data_guides
from limosa.web.storefront.reserves import reserves_of
from limosa.web.storefront.supply_facts import supply_facts
from limosa.web.storefront.views.pay import qr_code
from limosa.web.storefront.whereabouts import ZONE_COOKIE, remember_place, whereabouts
from limosa.web.wording import countries


@login_required
def arrival(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what to know and to do on arrival. `country` in the address: where; else where the
    person seems to be."""
    found, now = own_esim(request, public_id), timezone.now()
    if is_withdrawn(found):
        return render(request, "storefront/withdrawn.html", {"esim": found})
    view = esim_view(esim=found, bundles=open_bundles(esim_ids=[found.pk]), now=now)
    last = same_bundles([view], now=now).get(found.pk)
    where = whereabouts(request, reached=reached_by(view, last))
    known = arrival_of(view, last, where=where, currency=found.subscriber.currency, now=now)
    guides, visiting = no_data_guides(known), platform_of(request)
    context = {
        "esim": found,
        "view": view,
        "card": EsimCard(
            view,
            found.subscriber.time_zone,
            now,
            last=last,
            count=carrier_counts([view], now=now).get(found.pk),
            reserve=reserves_of([view], now=now).get(found.pk),
        ),
        "arrival": known,
        "order_number": last.order_number if last else "",
        "facts": supply_facts(known.plan, esim=found) if known.plan else None,
        "countries": countries.choices(),
        "elsewhere": where.elsewhere and countries.name(where.elsewhere),
        "is_zone_told": ZONE_COOKIE in request.COOKIES,
        "guide": next((one for one in guides if one.platform == visiting), None),
        "guides": [one for one in guides if one.platform != visiting],
        "now": now,
        **_code(found),
    }
    answer = render(request, "storefront/arrival.html", context)
    remember_place(request, answer)
    ask_for_model(answer)
    return answer


@sensitive_variables()
def _code(found: Esim) -> dict[str, Any]:
    code = unused_code(found, waiting_move(found))
    if not code:
        return {"code": ""}
    address, matching_id = parts_of(code)
    return {
        "code": code,
        "qr": qr_code(code),
        "smdp_address": address,
        "matching_id": matching_id,
    }
