"""Auto-renew: what it would do, agreed to by one press; what happens next, skipped, changed,
stopped or undone; and the same without what binds by a link in a mail."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from limosa.domain.autorenewal.address import address_digest
from limosa.domain.autorenewal.engine.attempts import Outcome
from limosa.domain.autorenewal.links import AutoRenewalLinkError, read_link_token
from limosa.domain.autorenewal.locking import attempt_under_way
from limosa.domain.autorenewal.models import AutoRenewal
from limosa.domain.autorenewal.operations.skip_renewal import skip_renewal
from limosa.domain.autorenewal.operations.stop_auto_renewal import stop_auto_renewal
from limosa.domain.autorenewal.operations.switch_on import Agreed, switch_on
from limosa.domain.autorenewal.operations.undo_renewal import undo_renewal
from limosa.domain.autorenewal.queries import (
    ahead,
    auto_renewal_of,
    by_public_id,
    cap_of,
    method_labels,
    past_cycles,
    prospect,
    undoable,
)
from limosa.domain.autorenewal.refusals import (
    AutoRenewalOffError,
    AutoRenewalOnError,
    UndoOverError,
)
from limosa.domain.esims.models import Esim
from limosa.domain.ledger.queries import spendable_in
from limosa.foundation.errors import DomainRefusal
from limosa.foundation.money import Money
from limosa.web.origin import origin_of
from limosa.web.provider_calls import provider_calls
from limosa.web.storefront.access import own_esim
from limosa.web.storefront.auto_renewal_form import (
    BY_DATA,
    BY_END,
    USED_PERCENT,
    AutoRenewalForm,
    Terms,
    terms_for,
)
from limosa.web.storefront.languages import use_language
from limosa.web.storefront.names import name_of
from limosa.web.storefront.pin_check import is_pin_right
from limosa.web.storefront.proof import Asked, Proof, asked_proof
from limosa.web.wording import formatting
from limosa.web.wording.promises import ways_that_keep, ways_that_never_keep
from limosa.web.wording.refusals import refusal_text

HISTORY_SHOWN = 12
_FIELDS = ("plan", "when", "cap", "month_cap", "method", "fallback", "until")


@sensitive_post_parameters("pin")
@never_cache
@login_required
def auto_renewal(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what auto-renew does or would do for an eSIM; POST agrees to it, or lessens it."""
    esim = own_esim(request, public_id)
    auto = auto_renewal_of(esim)
    deed = request.POST.get("do", "") if request.method == "POST" else ""
    if deed in _LESSENING:
        _lessen(request, esim, auto, deed, by_link=False)
        return redirect("auto_renewal", esim.public_id)
    if auto is not None and deed != "agree" and "change" not in request.GET:
        return render(request, "storefront/auto_renewal_on.html", _on(esim, auto))
    return _agreeing(request, esim, auto)


@never_cache
def auto_renewal_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show what happens next, without signing in; POST skips, stops or undoes. Link scanners in
    mail programs only cause the page."""
    try:
        auto = by_public_id(read_link_token(token))
    except AutoRenewalLinkError:
        auto = None
    if auto is None:
        return render(request, "storefront/link_closed.html", {"is_expired": True}, status=410)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and not request.user.is_authenticated:
        use_language(request, auto.subscriber.language)
    deed = request.POST.get("do", "") if request.method == "POST" else ""
    if deed in _LESSENING:
        _lessen(request, auto.esim, auto, deed, by_link=True)
        return redirect("auto_renewal_by_link", token)
    now = timezone.now()
    context = {
        "auto": auto,
        "esim": auto.esim,
        "name": name_of(auto.esim, now=now),
        "ahead": ahead(auto, now=now) if auto.is_on else None,
        "undoable": undoable(auto.esim, now=now),
        "labels": method_labels(auto),
    }
    return render(request, "storefront/auto_renewal_by_link.html", context)


def _lessen(
    request: HttpRequest, esim: Esim, auto: AutoRenewal | None, deed: str, *, by_link: bool
) -> None:
    try:
        said = _LESSENING[deed](request, esim, auto, by_link)
    except DomainRefusal as refusal:
        messages.error(request, refusal_text(refusal, time_zone=esim.time_zone))
    else:
        messages.success(request, said)


def _skip(
    request: HttpRequest,
    esim: Esim,
    auto: AutoRenewal | None,
    by_link: bool,  # noqa: FBT001
) -> str:
    del request, esim, by_link
    if auto is None:
        raise AutoRenewalOffError
    skip_renewal(auto_id=auto.pk, now=timezone.now())
    return gettext("This renewal is left out. The one after it is announced as usual.")


def _stop(
    request: HttpRequest,
    esim: Esim,
    auto: AutoRenewal | None,
    by_link: bool,  # noqa: FBT001
) -> str:
    del esim
    if auto is None:
        raise AutoRenewalOffError
    attempt = attempt_under_way(auto)
    stop_auto_renewal(
        auto_id=auto.pk,
        now=timezone.now(),
        address=address_digest(origin_of(request).address),
        by_link=by_link,
    )
    if attempt is not None:
        attempt.refresh_from_db(fields=["outcome"])
        if attempt.outcome == Outcome.PAID:
            return gettext("Auto-renew is off. The renewal under way was paid by then.")
        return gettext("Auto-renew is off. What is being charged at this moment goes back in full.")
    return gettext("Auto-renew is off. Nothing more is charged.")


def _undo(
    request: HttpRequest,
    esim: Esim,
    auto: AutoRenewal | None,
    by_link: bool,  # noqa: FBT001
) -> str:
    del request, auto, by_link
    now = timezone.now()
    cycle = undoable(esim, now=now)
    if cycle is None:
        raise UndoOverError
    undo_renewal(
        cycle_id=cycle.pk,
        caller=provider_calls().caller(
            subscriber_id=esim.subscriber_id, order_number=cycle.order_number
        ),
        now=now,
    )
    return gettext("The renewal is undone, and you are being refunded.")


_LESSENING = {"skip": _skip, "stop": _stop, "undo": _undo}


def _on(esim: Esim, auto: AutoRenewal) -> dict[str, Any]:
    now = timezone.now()
    return {
        "esim": esim,
        "name": name_of(esim, now=now),
        "auto": auto,
        "ahead": ahead(auto, now=now),
        "labels": method_labels(auto),
        "past": past_cycles(auto, most=HISTORY_SHOWN),
    }


def _agreeing(request: HttpRequest, esim: Esim, auto: AutoRenewal | None) -> HttpResponse:
    now, person = timezone.now(), esim.subscriber
    seen = prospect(esim, now=now)
    name = name_of(esim, now=now)
    terms = terms_for(seen, person=person, name=name, zone=esim.time_zone)
    asked = asked_proof(request, now=now)
    form = None
    if terms is not None:
        is_sent = request.POST.get("do") == "agree"
        form = AutoRenewalForm(request.POST if is_sent else None, terms=terms, now=now)
        if is_sent and form.is_valid() and _agree(request, esim, form, asked):
            messages.success(request, gettext("Auto-renew is on. You get a confirmation by email."))
            return redirect("auto_renewal", esim.public_id)
    context = {
        "esim": esim,
        "name": name,
        "auto": auto,
        "prospect": seen,
        "terms": terms,
        "wording": terms.wording(now=now) if terms else "",
        "seal": terms.seal(now=now) if terms else "",
        "form": form,
        "chosen": _chosen(form, terms, auto),
        "asked": asked,
        "undoable": undoable(esim, now=now),
        "wallet": (held := spendable_in(subscriber_id=person.pk, currency=person.currency).total),
        "is_wallet_short": terms is not None and held.amount_minor < terms.price.amount_minor,
        "back": request.get_full_path(),
        "keeps": ways_that_keep(),
        "never_keeps": ways_that_never_keep(),
    }
    status = 400 if form is not None and form.errors else 200
    return render(request, "storefront/auto_renewal.html", context, status=status)


def _agree(request: HttpRequest, esim: Esim, form: AutoRenewalForm, asked: Asked) -> bool:
    """Switch it on, if the person has shown who they are; a refusal becomes a form error."""
    if asked.proof not in (Proof.GIVEN, Proof.PIN):
        return False
    now = timezone.now()
    if asked.proof is Proof.PIN and not is_pin_right(request, form, esim.subscriber):
        return False
    agreed = Agreed(
        plan_code=form.plan_code,
        cap_minor=form.cleaned_data["cap"],
        currency=form.terms.currency,
        methods=form.cleaned_data["methods"],
        wording=form.terms.wording(now=form.now),
        language=formatting.language(),
        address=address_digest(origin_of(request).address),
        until=form.cleaned_data["until"],
        used_percent=None if form.cleaned_data["month_cap"] is None else USED_PERCENT,
        month_cap_minor=form.cleaned_data["month_cap"],
    )
    try:
        switch_on(esim=esim, agreed=agreed, now=now)
    except AutoRenewalOnError:
        return True  # Pressed twice; the page shows what is on.
    except DomainRefusal as refusal:
        form.add_error(None, refusal_text(refusal, time_zone=esim.time_zone))
        return False
    return True


def _chosen(
    form: AutoRenewalForm | None, terms: Terms | None, auto: AutoRenewal | None
) -> dict[str, str]:
    """Return what the form shows as chosen: as it was sent, as it is agreed to, or the usual."""
    if form is None or terms is None:
        return {}
    if form.is_bound:
        return {name: form.data.get(name, "") for name in _FIELDS}
    month_cap = terms.usual_month_cap
    if auto is None:
        return {
            "plan": "same",
            "when": BY_END,
            "cap": f"{terms.usual_cap.to_decimal():f}",
            "month_cap": f"{month_cap.to_decimal():f}",
            "method": terms.methods[0].key,
        }
    if auto.consent.month_cap_minor is not None:
        month_cap = Money(auto.consent.month_cap_minor, auto.consent.currency)
    until = auto.consent.until
    keys = [
        f"saved-{one['saved_id']}" if one["saved_id"] else one["provider"]
        for one in auto.consent.methods
    ]
    return {
        "plan": "same" if auto.consent.plan_id else "cheapest",
        "when": BY_END if auto.consent.used_percent is None else BY_DATA,
        "cap": f"{cap_of(auto).to_decimal():f}",
        "month_cap": f"{month_cap.to_decimal():f}",
        "method": keys[0],
        "fallback": keys[1] if len(keys) > 1 else "",
        "until": until.astimezone(ZoneInfo(terms.zone)).date().isoformat() if until else "",
    }
