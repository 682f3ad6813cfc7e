"""The payment PIN that somebody typed into a form."""

from django.forms import Form
from django.http import HttpRequest
from django.utils import timezone

from limosa.domain.accounts.models import Subscriber
from limosa.domain.accounts.operations.check_payment_pin import check_payment_pin
from limosa.foundation.errors import DomainRefusal
from limosa.web.origin import origin_of
from limosa.web.wording.refusals import refusal_text


def is_pin_right(request: HttpRequest, form: Form, person: Subscriber) -> bool:
    """Check the PIN in a valid form's field `pin`; a wrong one becomes a form error, with the
    attempts left or the pause."""
    try:
        check_payment_pin(
            subscriber_id=person.pk,
            pin=form.cleaned_data["pin"],
            origin=origin_of(request),
            now=timezone.now(),
        )
    except DomainRefusal as refusal:
        form.add_error("pin", refusal_text(refusal, time_zone=person.time_zone))
        return False
    return True
