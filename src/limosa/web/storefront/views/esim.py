"""One eSIM: its name, its usage, and its bundles."""

from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from limosa.domain.charging.operations.look_at_usage_now import look_at_usage_now
from limosa.domain.esims.operations.rename_esim import rename_esim
from limosa.domain.esims.queries import esim_view, is_deleted_from_device, open_bundles
from limosa.domain.ordering.returns import is_withdrawn
from limosa.domain.renewals.queries import same_bundles
from limosa.web.storefront.access import own_esim
from limosa.web.storefront.cards import auto_lines, own_card
from limosa.web.storefront.carrier_counts import day_begins_at
from limosa.web.storefront.changing import given_up_on
from limosa.web.storefront.charts import usage_chart
from limosa.web.storefront.forms import RenameForm
from limosa.web.storefront.supply_facts import supply_facts

BUNDLES_SHOWN = 20


@login_required
def esim(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show an eSIM; POST renames it, or with `look` has its carrier asked for its use."""
    found = own_esim(request, public_id)
    if request.method == "POST" and "look" in request.POST:
        if look_at_usage_now(esim=found, now=timezone.now()):
            messages.success(request, gettext("We are asking the carrier. Look again in a minute."))
        return redirect("esim", found.public_id)
    form = RenameForm(request.POST or None, initial={"label": found.label})
    if request.method == "POST" and form.is_valid():
        rename_esim(esim=found, label=form.cleaned_data["label"])
        messages.success(request, gettext("Name saved."))
        return redirect("esim", found.public_id)
    now = timezone.now()
    view = esim_view(esim=found, bundles=open_bundles(esim_ids=[found.pk]), now=now)
    same = same_bundles([view], now=now).get(found.pk)
    plan = same.plan if same else None
    return render(
        request,
        "storefront/esim.html",
        {
            "esim": found,
            "form": form,
            "view": view,
            "facts": supply_facts(plan, esim=found) if plan else None,
            "is_withdrawn": is_withdrawn(found),
            "given_up": given_up_on(found),
            "is_deleted": is_deleted_from_device(found),
            "card": replace(own_card(view, same, now=now), auto=auto_lines([found])[found.pk]),
            "day_begins_at": day_begins_at(view, now=now),
            "chart": usage_chart(found, count=30, now=now, height=88),
            "bundles": found.bundles.select_related("plan").order_by("-id")[:BUNDLES_SHOWN],
        },
        status=400 if form.errors else 200,
    )
