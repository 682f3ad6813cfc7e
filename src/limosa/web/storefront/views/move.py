"""Moving an eSIM to another device: what will happen and its limits first, then the person's PIN or
second step, then the new code."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from limosa.domain.connectivity.moves import may_get_new_profile, move_limit
from limosa.domain.connectivity.operations.call_off_move import call_off_move
from limosa.domain.connectivity.operations.start_move import start_move
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.esims.models import DeviceKind, Esim, EsimState, MoveReason
from limosa.domain.esims.operations.begin_move import MoveTarget
from limosa.domain.esims.queries import (
    installation_of,
    is_deleted_from_device,
    moves_left_for,
    waiting_move,
)
from limosa.domain.esims.refusals import MoveOverError
from limosa.foundation.errors import DomainRefusal
from limosa.web.origin import origin_of
from limosa.web.storefront.access import own_esim
from limosa.web.storefront.forms import MoveForm
from limosa.web.storefront.pin_check import is_pin_right
from limosa.web.storefront.proof import Asked, Proof, asked_proof
from limosa.web.wording.refusals import refusal_text

# Where it may go, as the address says it. A watch takes none of ours.
SAME_DEVICE, WATCH = "same", "watch"


@sensitive_post_parameters("pin")
@never_cache
@login_required
def move(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say what a move will do, and begin it on POST. `to` in the address: to what."""
    found = own_esim(request, public_id)
    if waiting_move(found) is not None:
        return redirect("install", found.public_id)
    if found.state == EsimState.READY and not may_get_new_profile(found):
        messages.info(
            request,
            gettext("This eSIM is on no device yet. Install it on the one that is to have it."),
        )
        return redirect("install", found.public_id)
    asked = asked_proof(request, now=timezone.now())
    form = MoveForm(request.POST or None, initial={"to": request.GET.get("to", "phone")})
    if request.method == "POST" and form.is_valid() and _begin(request, found, form, asked):
        return redirect("install", found.public_id)
    status = 400 if form.errors else 200
    return render(request, "storefront/move.html", _context(request, found, form), status=status)


@require_POST
@login_required
def give_up(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give up the waiting move: the eSIM stays where it is."""
    found = own_esim(request, public_id)
    waiting = waiting_move(found)
    try:
        call_off_move(number=waiting.number if waiting else "", now=timezone.now())
    except MoveOverError as refusal:
        messages.info(request, refusal_text(refusal))
    else:
        given_up = gettext(
            "The move is given up, and the new code is void. If a device is installing it at this "
            "moment, it will have no data there."
        )
        messages.success(request, given_up)
    return redirect("esim_devices", found.public_id)


def _begin(request: HttpRequest, found: Esim, form: MoveForm, asked: Asked) -> bool:
    """Begin the move if the person has shown who they are; a refusal becomes a form error."""
    now = timezone.now()
    if asked.proof not in (Proof.GIVEN, Proof.PIN):
        return False
    if asked.proof is Proof.PIN and not is_pin_right(request, form, found.subscriber):
        return False
    try:
        start_move(
            esim_id=found.pk, target=_target(found, form), origin=origin_of(request), now=now
        )
    except DomainRefusal as refusal:
        form.add_error(None, refusal_text(refusal, time_zone=found.time_zone))
        return False
    return True


def _target(found: Esim, form: MoveForm) -> MoveTarget:
    to, name = form.cleaned_data["to"], form.cleaned_data["name"]
    if to != SAME_DEVICE:
        return MoveTarget(kind=DeviceKind(to), name=name)
    installation = installation_of(found)
    device = installation.device if installation else None
    kind = DeviceKind(device.kind) if device else DeviceKind.PHONE
    return MoveTarget(kind=kind, reason=MoveReason.DELETED)


def _context(request: HttpRequest, found: Esim, form: MoveForm) -> dict[str, Any]:
    now = timezone.now()
    to = form["to"].value()
    orders = found.bundles.order_by("-id").values_list("order_number", flat=True)
    return {
        "esim": found,
        "form": form,
        "to": to,
        "is_same": to == SAME_DEVICE,
        "is_watch": to == WATCH,
        "can": capabilities_of(found.supplier_id),
        "asked": asked_proof(request, now=now),
        "left": moves_left_for(found, limit=move_limit(), now=now),
        "zone": found.time_zone,
        "is_deleted": is_deleted_from_device(found),
        "order_number": orders.first(),
        "back": request.get_full_path(),
    }
