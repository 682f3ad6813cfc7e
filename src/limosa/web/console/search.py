"""One field finds a person, an order, a payment or a case; each kind by an index of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models.functions import Lower, Reverse
from django.urls import reverse

from limosa.domain.accounts.models import Subscriber
from limosa.domain.esims.models import Esim
from limosa.domain.ordering.models import Order
from limosa.domain.payments.models import Payment
from limosa.domain.support.models import Case

ICCID_TAIL_MIN = 4
_FOUND_MAX = 20


@dataclass(frozen=True, slots=True)
class Found:
    """`page`: where the one thing that was found is shown; else the eSIMs to choose from."""

    page: str = ""
    esims: Sequence[Esim] = ()


def search(text: str) -> Found:
    """Look for an e-mail address, an ICCID or its last digits, or a number of ours."""
    text = text.strip()
    if "@" in text:
        return _person(text)
    digits = text.replace(" ", "")
    if digits.isdecimal() and len(digits) >= ICCID_TAIL_MIN:
        return _esims(digits)
    return _number(text.upper())


def _person(email: str) -> Found:
    person = Subscriber.objects.alias(lower=Lower("email")).filter(lower=email.lower()).first()
    return Found(reverse("console:person", args=[person.pk])) if person else Found()


def _esims(digits: str) -> Found:
    esims = list(
        Esim.objects.alias(backwards=Reverse("iccid"))
        .filter(backwards__startswith=digits[::-1])
        .select_related("subscriber", "carrier")[:_FOUND_MAX]
    )
    if len(esims) == 1:
        return Found(reverse("console:person", args=[esims[0].subscriber_id]))
    return Found(esims=esims)


def _number(number: str) -> Found:
    if Order.objects.filter(number=number).exists():
        return Found(reverse("console:order", args=[number]))
    payment = Payment.objects.filter(number=number).first()
    if payment:
        return Found(reverse("console:order", args=[payment.order_number]))
    if Case.objects.filter(number=number).exists():
        return Found(reverse("console:case", args=[number]))
    return Found()
