"""The promotion code that a person entered, or came with by a link: kept in the session until it is
used, taken out, or of no more use.

Only signed-in people use codes on what they buy for themselves: each use counts for a person. What
came by a link is looked up, and counted as an attempt, once the person is at a checkout page.
"""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ordering.first_orders import has_ordered
from limosa.domain.promotions.codes import check_code
from limosa.domain.promotions.engine.code_text import TYPED_LENGTH_MAX
from limosa.domain.promotions.models import PromotionCode
from limosa.domain.promotions.operations.enter_promotion_code import enter_promotion_code
from limosa.foundation.errors import DomainRefusal
from limosa.web.origin import origin_of
from limosa.web.wording.refusals import refusal_text

_TYPED, _KEPT = "promotion_code_typed", "promotion_code"


@dataclass(frozen=True, slots=True)
class EnteredCode:
    """`code` None: there is none to use. `refusal`: why what was entered is not used."""

    code: PromotionCode | None = None
    refusal: str = ""


def is_about_code(request: HttpRequest) -> bool:
    """Whether the form was sent to enter a code or to take it out, and not to buy."""
    return request.method == "POST" and bool({"apply", "forget"} & request.POST.keys())


def keep_typed(request: HttpRequest, typed: str) -> None:
    """Keep what came by a link for the next checkout page."""
    request.session[_TYPED] = typed[:TYPED_LENGTH_MAX]


def forget_code(request: HttpRequest) -> None:
    """Keep no code any more."""
    request.session.pop(_KEPT, None)


def entered_code(request: HttpRequest, person: Subscriber, *, now: datetime) -> EnteredCode:
    """Return the code that is used on a checkout page; a new one where the form brings one."""
    if is_about_code(request):
        forget_code(request)
    typed = request.session.pop(_TYPED, "")
    if request.method == "POST" and "apply" in request.POST:
        typed = request.POST.get("code", "")[:TYPED_LENGTH_MAX]
    try:
        code = _entered(request, person, typed, now) if typed else _kept(request, person, now)
    except DomainRefusal as refusal:
        forget_code(request)
        return EnteredCode(refusal=refusal_text(refusal))
    return EnteredCode(code)


def _entered(request: HttpRequest, person: Subscriber, typed: str, now: datetime) -> PromotionCode:
    code = enter_promotion_code(
        subscriber_id=person.pk,
        typed=typed,
        address=origin_of(request).address,
        has_ordered=has_ordered(subscriber_id=person.pk),
        now=now,
    )
    request.session[_KEPT] = code.text
    return code


def _kept(request: HttpRequest, person: Subscriber, now: datetime) -> PromotionCode | None:
    text = request.session.get(_KEPT)
    if text is None:
        return None
    code = PromotionCode.objects.select_related("promotion").filter(text=text).first()
    if code is None:
        return None
    ordered = has_ordered(subscriber_id=person.pk)
    check_code(code, subscriber_id=person.pk, has_ordered=ordered, now=now)
    return code
