"""Installing an eSIM: its code in every form, the steps for a device, and how far it has come."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import segno
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables

from limosa.domain.esims.changes import watch_esim_path
from limosa.domain.esims.models import Esim, MoveReason, MoveState
from limosa.domain.esims.queries import is_deleted_from_device, newest_moves, waiting_move
from limosa.domain.ordering.returns import is_withdrawn
from limosa.web.storefront.access import own_esim
from limosa.web.storefront.device import Platform, ask_for_model, platform_of
from limosa.web.storefront.install_code import install_code, shown_code
from limosa.web.storefront.install_progress import progress_of
from limosa.web.storefront.install_steps import GUIDES, one_tap_url
from limosa.web.storefront.names import name_of

_DOTS_PER_MODULE, _QUIET_MODULES = 10, 4
_MOVED_LATELY = timedelta(days=1)


@never_cache
@login_required
def install(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show how to install an eSIM. `device` in the address: on what; else on what is visiting,
    and in general where nothing says that it is a phone or a tablet."""
    found = own_esim(request, public_id)
    named = {"esim": found, "name": name_of(found, now=timezone.now())}
    if is_withdrawn(found):
        return render(request, "storefront/withdrawn.html", named)
    visiting = platform_of(request)
    chosen = _chosen(request) or visiting
    context = {
        **named,
        "guides": list(GUIDES.items()),
        "platform": chosen,
        "guide": GUIDES[chosen or Platform.OTHER],
        "is_chosen": bool(_chosen(request)),
        "is_here": chosen is not None and chosen == visiting,
        "watch": watch_esim_path(found.public_id),
        **_progress(found),
        **_codes(found, visiting),
    }
    answer = render(request, "storefront/install.html", context)
    ask_for_model(answer)
    return answer


@never_cache
@login_required
def progress(request: HttpRequest, public_id: str) -> HttpResponse:
    """Return the part of the page that changes; all of it does once nobody is to install it."""
    found = own_esim(request, public_id)
    if is_withdrawn(found):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(
        request,
        "storefront/_progress.html",
        {"esim": found, "is_live": "used" not in request.GET, **_progress(found)},
    )


@never_cache
@login_required
def code_picture(request: HttpRequest, public_id: str) -> HttpResponse:
    """Return the QR code as a picture to save."""
    found = own_esim(request, public_id)
    picture = BytesIO()
    move = waiting_move(found)
    code = install_code(found, move)
    if not code:
        raise Http404
    segno.make(code, error="m").save(
        picture, kind="png", scale=_DOTS_PER_MODULE, border=_QUIET_MODULES
    )
    name = f'attachment; filename="eSIM-{(move.iccid if move else found.iccid)[-4:]}.png"'
    return HttpResponse(
        picture.getvalue(), content_type="image/png", headers={"Content-Disposition": name}
    )


def _chosen(request: HttpRequest) -> Platform | None:
    wanted = request.GET.get("device", "")
    return Platform(wanted) if wanted in list(Platform) else None


def _progress(found: Esim) -> dict[str, Any]:
    move = waiting_move(found)
    newest = newest_moves(found, most=1)
    done_at = newest[0].ended_at if newest and newest[0].state == MoveState.DONE else None
    return {
        "move": move,
        "progress": progress_of(found, move),
        "is_deleted": is_deleted_from_device(found),
        "is_same": bool(newest) and newest[0].reason == MoveReason.DELETED,
        "is_moved": done_at is not None and timezone.now() - done_at < _MOVED_LATELY,
    }


@sensitive_variables()
def _codes(found: Esim, visiting: Platform | None) -> dict[str, Any]:
    code = install_code(found, waiting_move(found))
    shown = shown_code(code)
    if not code:
        return shown
    return {
        **shown,
        "one_tap_url": one_tap_url(visiting, code),
        "demo_url": _demo_url(code),
    }


@sensitive_variables()
def _demo_url(code: str) -> str:
    """Return where the demo's phones install a code; empty: there are none."""
    demo = settings.DEMO_PHONE_URL
    return f"{demo}/?{urlencode({'code': code})}" if demo else ""
