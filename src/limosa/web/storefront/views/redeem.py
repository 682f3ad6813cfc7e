"""Redeeming a code: what is on a card goes into the wallet."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from limosa.domain.accounts.models import Subscriber
from limosa.domain.accounts.refusals import TriedTooOftenError
from limosa.domain.ledger.queries import wallet_balance
from limosa.domain.redemption.engine.codes import NEVER_USED, TYPED_LENGTH_MAX
from limosa.domain.redemption.operations.redeem_code import redeem_code
from limosa.domain.redemption.queries import redeemed_by
from limosa.foundation.errors import DomainRefusal
from limosa.web.origin import origin_of
from limosa.web.storefront.access import person_of
from limosa.web.storefront.attempts import too_often
from limosa.web.wording import formatting
from limosa.web.wording.refusals import refusal_text

_SHOWN = 10
_EXAMPLE = "7K3M-Q9XP-…"


class CodeForm(forms.Form):
    """A code as it was typed; the domain reads it."""

    code = forms.CharField(
        max_length=TYPED_LENGTH_MAX,
        error_messages={
            "required": _("Enter the code."),
            "max_length": _("This is too long. Please compare it with your code."),
        },
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "maxlength": TYPED_LENGTH_MAX,
            }
        ),
    )


@sensitive_post_parameters("code")
@never_cache
@login_required
def redeem(request: HttpRequest) -> HttpResponse:
    """Ask for a code; on POST, credit it to the wallet."""
    person = person_of(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return _redeemed(request, person, form.cleaned_data["code"])
        except TriedTooOftenError as refusal:
            return too_often(request, refusal)
        except DomainRefusal as refusal:
            form.add_error("code", refusal_text(refusal, time_zone=person.time_zone))
    context: dict[str, Any] = {
        "form": form,
        "never": ", ".join(NEVER_USED),
        "example": _EXAMPLE,
        "wallets": wallet_balance(subscriber_id=person.pk),
        "codes": redeemed_by(subscriber_id=person.pk, most=_SHOWN),
    }
    status = 400 if form.errors else 200
    return render(request, "storefront/redeem.html", context, status=status)


def _redeemed(request: HttpRequest, person: Subscriber, typed: str) -> HttpResponse:
    """Redeem the code and say what it brought. Raises as redeem_code."""
    done = redeem_code(
        subscriber_id=person.pk,
        typed=typed,
        address=origin_of(request).address,
        now=timezone.now(),
    )
    text = gettext("%(amount)s is in your wallet.")
    messages.success(request, text % {"amount": formatting.money(done.amount)})
    return redirect("redeem")
