"""An eSIM on devices: where it is, and what to do when it was deleted or goes elsewhere."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from limosa.domain.connectivity.moves import install_terms, may_get_new_profile, move_limit
from limosa.domain.esims.models import EsimState
from limosa.domain.esims.operations.rename_device import rename_device
from limosa.domain.esims.queries import (
    installation_of,
    is_deleted_from_device,
    moves_left_for,
    newest_moves,
    waiting_move,
)
from limosa.domain.ordering.returns import is_withdrawn
from limosa.web.storefront.access import own_esim
from limosa.web.storefront.forms import DeviceForm
from limosa.web.storefront.install_progress import progress_of
from limosa.web.storefront.names import name_of

MOVES_SHOWN = 5


@never_cache
@login_required
def devices(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show where an eSIM is; POST renames the device that has it."""
    found = own_esim(request, public_id)
    installation = installation_of(found)
    device = installation.device if installation else None
    form = DeviceForm(request.POST or None, initial={"name": device.name if device else ""})
    if request.method == "POST" and device is None:
        raise Http404
    if device is not None and request.method == "POST" and form.is_valid():
        rename_device(device=device, name=form.cleaned_data["name"])
        messages.success(request, gettext("Name saved."))
        return redirect("esim_devices", found.public_id)
    now = timezone.now()
    context = {
        "esim": found,
        "name": name_of(found, now=now),
        "form": form,
        "device": device,
        "is_deleted": is_deleted_from_device(found),
        "is_withdrawn": is_withdrawn(found),
        "progress": progress_of(found),
        "move": waiting_move(found),
        "moves": newest_moves(found, most=MOVES_SHOWN),
        "may_move": may_get_new_profile(found),
        "left": moves_left_for(found, limit=move_limit(), now=now),
        "zone": found.time_zone,
    }
    return render(request, "storefront/devices.html", context, status=400 if form.errors else 200)


@never_cache
@login_required
def again(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say what can be done about a profile that was deleted from its device."""
    found = own_esim(request, public_id)
    is_unused = found.state == EsimState.READY and not may_get_new_profile(found)
    if is_unused or waiting_move(found) is not None:
        return redirect("install", found.public_id)
    context = {
        "esim": found,
        "terms": install_terms(found),
        "may_move": may_get_new_profile(found),
        "left": moves_left_for(found, limit=move_limit(), now=timezone.now()),
        "zone": found.time_zone,
    }
    return render(request, "storefront/again.html", context)
