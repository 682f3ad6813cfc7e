"""One eSIM: its name, how to install it, its usage, and its bundles."""

from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from limosa.domain.esims.models import Esim
from limosa.domain.esims.operations.rename_esim import rename_esim
from limosa.domain.esims.queries import esim_view, open_bundles
from limosa.web.storefront.access import own_esim
from limosa.web.storefront.cards import EsimCard
from limosa.web.storefront.charts import usage_chart
from limosa.web.storefront.device import is_iphone
from limosa.web.storefront.forms import RenameForm
from limosa.web.storefront.views.pay import qr_code

# Apple's page that starts the installation on the phone itself (iOS 17.4 and newer).
APPLE_INSTALL_URL = "https://esimsetup.apple.com/esim_qrcode_provisioning?carddata="
BUNDLES_SHOWN = 20


@login_required
def esim(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show an eSIM; POST renames it."""
    found = own_esim(request, public_id)
    form = RenameForm(request.POST or None, initial={"label": found.label})
    if request.method == "POST" and form.is_valid():
        rename_esim(esim=found, label=form.cleaned_data["label"])
        messages.success(request, gettext("Name saved."))
        return redirect("esim", found.public_id)
    now = timezone.now()
    view = esim_view(esim=found, bundles=open_bundles(esim_ids=[found.pk]), now=now)
    return render(
        request,
        "storefront/esim.html",
        {
            "esim": found,
            "form": form,
            "view": view,
            "card": EsimCard(view, found.subscriber.time_zone, now),
            "chart": usage_chart(found, count=30, now=now, height=88),
            "bundles": found.bundles.select_related("plan").order_by("-id")[:BUNDLES_SHOWN],
            "is_iphone": is_iphone(request),
            **_install(found),
        },
        status=400 if form.errors else 200,
    )


def _install(found: Esim) -> dict[str, str]:
    code = found.activation_code
    _version, address, matching_id = [*code.split("$"), "", ""][:3]
    return {
        "code": qr_code(code),
        "apple_url": APPLE_INSTALL_URL + quote(code, safe=""),
        "smdp_address": address,
        "matching_id": matching_id,
    }
