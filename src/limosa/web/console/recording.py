"""What staff are told of a payment that they recorded."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext


def tell_recorded(request: HttpRequest, *, is_new: bool) -> None:
    """Say on the next page that the payment is recorded, or was before."""
    if is_new:
        messages.success(request, gettext("Payment recorded."))
    else:
        messages.info(request, gettext("This payment was already recorded."))
