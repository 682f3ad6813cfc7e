"""From a chosen payment option to the next step: the provider, a code, the order."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from limosa.domain.ordering.operations.start_payment import start_payment
from limosa.domain.ordering.purchases import Purchase
from limosa.domain.ordering.refusals import PayerNeededError
from limosa.domain.payments.calling import Caller, ProviderBusyError, ProviderSlowError
from limosa.domain.payments.models import Payment, PaymentState
from limosa.domain.payments.queries import unanswered_charge
from limosa.domain.payments.requests import Payer, PaymentMethodChoice, Shape
from limosa.domain.wallets.models import WalletTopUp
from limosa.foundation.errors import DomainRefusal, ProviderError
from limosa.web.provider_calls import provider_calls
from limosa.web.storefront.access import is_guest
from limosa.web.storefront.device import device_of
from limosa.web.storefront.payers import payer_reference
from limosa.web.storefront.payment_options import Option, order_options
from limosa.web.wording.refusals import refusal_text

BUSY_TEXT = gettext_lazy(
    "Too many payments are being started right now, so this one was not. Please try again in a "
    "moment."
)

NO_ANSWER_TEXT = gettext_lazy(
    "The payment service did not respond. Please try again in a moment: you won't pay twice."
)

REFUSED_TEXT = gettext_lazy(
    "The payment service declined this payment. Please try again, or choose another payment method."
)


def go_on_to_pay(
    request: HttpRequest, order: Purchase, option: Option, *, method: str = "", save: bool = False
) -> HttpResponse:
    """Redirect to what this option requires first, if anything; otherwise start the payment.

    `method`: another method of the option's channel. `save`: the person wants the method saved.
    """
    if option.asks_pin:
        query = urlencode({"with": option.key})
        return HttpResponseRedirect(f"{reverse('pin', args=[order.number])}?{query}")
    if option.needs_payer and not method and not payer_reference(request, option.provider):
        return redirect("identify", order.number, option.provider)
    return start(request, order, option.choice(method=method, save=save), shape=option.shape)


def start(
    request: HttpRequest, order: Purchase, choice: PaymentMethodChoice, *, shape: Shape
) -> HttpResponse:
    """Start a payment and redirect to where the person follows it. On failure the order stays
    unpaid.

    `shape`: what the person expects; anything that opens a page is opened at once.
    """
    try:
        payment = start_payment(
            order=order,
            choice=choice,
            payer=_payer(request, order, choice),
            now=timezone.now(),
            caller=caller_for(order),
        )
    except PayerNeededError as refusal:
        messages.warning(request, refusal_text(refusal))
        return _start_with_the_payer(request, order, choice.provider)
    except DomainRefusal as refusal:
        messages.error(request, refusal_text(refusal))
        return redirect("order", order.number)
    except ProviderError as error:
        return _after(error, request, order)
    if payment.state == PaymentState.SUCCEEDED:
        return redirect("order", order.number)
    return redirect(pay_page(order, payment, opens=shape is Shape.OPEN))


def caller_for(order: Purchase) -> Caller:
    """Return the caller for the provider calls of a page about this order."""
    link = "" if isinstance(order, WalletTopUp) else order.link
    return provider_calls().caller(
        subscriber_id=order.subscriber_id, order_number=order.number, link=link
    )


def options_here(request: HttpRequest, order: Purchase) -> list[Option]:
    """Return the payment options of an order that was placed, for this person on this device."""
    return order_options(order, device=device_of(request), is_guest=is_guest(request, order))


def pay_page(order: Purchase, payment: Payment, *, opens: bool = False) -> str:
    """Return the URL of the page that shows a payment. `opens`: it redirects itself.

    A redirect from the form straight to the provider would be blocked by our own
    Content-Security-Policy, which limits where forms may lead.
    """
    wishes = {"payment": payment.number} | ({"open": "1"} if opens else {})
    return f"{reverse('pay', args=[order.number])}?{urlencode(wishes)}"


def _after(error: ProviderError, request: HttpRequest, order: Purchase) -> HttpResponse:
    is_busy = isinstance(error, ProviderBusyError)
    is_unknown = error.retryable and not is_busy
    if isinstance(error, ProviderSlowError) or (is_unknown and unanswered_charge(order.number)):
        return redirect("asking", order.number)
    text = NO_ANSWER_TEXT if is_unknown else REFUSED_TEXT
    messages.error(request, str(BUSY_TEXT if is_busy else text))
    return redirect("pay", order.number)


def _start_with_the_payer(request: HttpRequest, order: Purchase, provider: str) -> HttpResponse:
    """Start the same channel with its own page, where the bank can authenticate the person."""
    option = next((one for one in options_here(request, order) if one.key == provider), None)
    if option is None:
        return redirect("pay", order.number)
    return start(request, order, option.choice(), shape=Shape.NOTHING)


def _payer(request: HttpRequest, order: Purchase, choice: PaymentMethodChoice) -> Payer:
    return Payer(
        ip=request.META.get("REMOTE_ADDR", ""),
        language=order.subscriber.language,
        reference=payer_reference(request, choice.provider),
    )
