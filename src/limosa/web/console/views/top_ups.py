"""One wallet top-up with its whole trace, and its refund."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ordering.engine.reversal import reverse
from limosa.domain.ordering.funds import top_up_of
from limosa.domain.ordering.queries import top_up_trace
from limosa.domain.ordering.refusals import RefundNotAllowedError
from limosa.domain.ordering.reversible import reversible_minor
from limosa.domain.payments.models import Dispute, Payment
from limosa.domain.support.models import AuditAction, AuditEntry
from limosa.domain.support.operations.refund_top_up_by_staff import refund_top_up_by_staff
from limosa.domain.wallets.engine.bonuses import taken_back
from limosa.domain.wallets.models import TopUpState, WalletTopUp
from limosa.domain.wallets.queries import bonus_of, grant_of
from limosa.foundation.money import Money
from limosa.web.console.access import staff_action_page, staff_page
from limosa.web.console.forms import ReasonForm
from limosa.web.console.trace import trace_lines


@staff_page
def top_up(request: HttpRequest, staff: Subscriber, number: str) -> HttpResponse:
    """Show a top-up with its trace."""
    shown = _top_up(number)
    attempts = list(
        Payment.objects.filter(order_number=number).prefetch_related("refunds").order_by("id")
    )
    subjects = [number, *(row.number for row in attempts)]
    actions = AuditEntry.objects.filter(subject__in=subjects).select_related("actor")
    context = {
        "top_up": shown,
        "payments": attempts,
        "disputes": list(Dispute.objects.filter(payment__in=attempts).order_by("-id")),
        "lines": trace_lines(top_up_trace(shown)),
        "actions": list(actions.order_by("-id")),
        "left": Money(shown.amount_minor - shown.reversed_minor, shown.currency),
        "frozen": Money(shown.frozen_minor, shown.currency),
        "bonus": bonus_of(shown),
        "may_refund": shown.state == TopUpState.PAID and not shown.frozen_minor,
        "staff": staff,
    }
    return render(request, "console/top_up.html", context)


@staff_action_page(AuditAction.REFUND_ORDER)
def refund(request: HttpRequest, staff: Subscriber, number: str) -> HttpResponse:
    """Ask for a reason; then refund what is still in the wallet, if that is what was shown."""
    shown = _top_up(number)
    payment = get_object_or_404(Payment, order_number=number, pays_order=True)
    with transaction.atomic():
        part_minor = reversible_minor(bought=shown, payment=payment)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and request.POST.get("shown") == str(part_minor):
        try:
            refund_top_up_by_staff(
                number=number,
                part_minor=part_minor,
                detail=form.cleaned_data["detail"],
                actor=staff,
                now=timezone.now(),
            )
        except RefundNotAllowedError:
            messages.error(
                request,
                gettext(
                    "This can't be refunded here: it is spent or disputed, or more than you may "
                    "refund alone. Refund that at the provider: it is then booked automatically."
                ),
            )
        else:
            messages.success(request, gettext("The refund is on its way."))
        return redirect("console:top_up", number=number)
    worth_minor = reverse(top_up_of(shown, payment), part_minor=part_minor).total_minor
    context = {
        "top_up": shown,
        "payment": payment,
        "form": form,
        "going": Money(part_minor, payment.received_currency),
        "worth": Money(worth_minor, shown.currency),
        "bonus": _bonus_back(shown, worth_minor),
        "staff": staff,
    }
    return render(request, "console/refund_top_up.html", context)


def _bonus_back(shown: WalletTopUp, worth_minor: int) -> dict[str, Money] | None:
    """Return what a refund takes back of the bonus, and of the money for bonus that was spent."""
    bonus = bonus_of(shown)
    if bonus is None:
        return None
    back = taken_back(grant_of(bonus, shown), reversed_minor=shown.reversed_minor + worth_minor)
    return {
        "left": Money(back.left_minor, shown.currency),
        "spent": Money(back.spent_minor, shown.currency),
    }


def _top_up(number: str) -> WalletTopUp:
    return get_object_or_404(WalletTopUp.objects.select_related("subscriber"), number=number)
