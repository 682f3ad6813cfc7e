"""One order with its whole trace, and what can be done about it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from limosa.domain.accounts.models import Subscriber
from limosa.domain.connectivity.supplies import current_supply
from limosa.domain.esims.models import Bundle
from limosa.domain.ordering.funds import refund_money
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.operations.count_use_now import count_use_now
from limosa.domain.ordering.queries import order_trace
from limosa.domain.ordering.refusals import RefundNotAllowedError
from limosa.domain.ordering.returns import returning_of
from limosa.domain.ordering.use_counts import UseCount
from limosa.domain.payments.models import Dispute, Payment, Refund
from limosa.domain.support.engine.signing import needs_second_signature
from limosa.domain.support.models import (
    AuditAction,
    AuditEntry,
    Case,
    ProposalState,
    RefundProposal,
)
from limosa.domain.support.operations.clear_payment import clear_payment
from limosa.domain.support.operations.poll_payment_by_staff import poll_payment_by_staff
from limosa.domain.support.operations.propose_refund import propose_refund
from limosa.domain.support.operations.put_refund_in_wallet_by_staff import (
    put_refund_in_wallet_by_staff,
)
from limosa.domain.support.operations.sign_refund import sign_refund
from limosa.domain.support.operations.turn_down_refund import turn_down_refund
from limosa.domain.support.refusals import OwnProposalError
from limosa.domain.wallets.models import is_top_up
from limosa.foundation.money import Money
from limosa.web.console.access import staff_action_page, staff_page
from limosa.web.console.callbacks import callbacks_of
from limosa.web.console.forms import RefundForm
from limosa.web.console.trace import trace_lines
from limosa.web.console.words import RESULTS, word
from limosa.web.provider_calls import provider_calls
from limosa.web.wording import refund_rule
from limosa.web.wording.refusals import refusal_text

_REFUNDABLE = {OrderState.PAID, OrderState.FULFILLED}


@staff_page
def payment(request: HttpRequest, staff: Subscriber, number: str) -> HttpResponse:  # noqa: ARG001
    """Redirect to the page of the payment's order."""
    found = get_object_or_404(Payment, number=number)
    return redirect("console:order", number=found.order_number)


@staff_page
def order(request: HttpRequest, staff: Subscriber, number: str) -> HttpResponse:
    """Show an order with its trace; a payment may also be of a wallet top-up."""
    if is_top_up(number):
        return redirect("console:top_up", number=number)
    shown = _order(number)
    attempts = list(
        Payment.objects.filter(order_number=number).prefetch_related("refunds").order_by("id")
    )
    bundle = Bundle.objects.filter(order_number=number).first()
    cases = list(Case.objects.filter(order=shown).order_by("-id"))
    actions = _actions_on(
        [number, *(row.number for row in attempts), *(row.number for row in cases)]
    )
    return render(
        request,
        "console/order.html",
        {
            "order": shown,
            "payments": attempts,
            "bundle": bundle,
            "supply": current_supply(number),
            "cases": cases,
            "callbacks": callbacks_of(number),
            "lines": trace_lines(order_trace(order=shown)),
            "actions": actions,
            "looked_at": _looked_at(attempts, actions),
            "may_refund": shown.state in _REFUNDABLE and _has_left(attempts),
            "proposals": list(
                shown.refund_proposals.select_related("proposed_by", "decided_by").order_by("-id")
            ),
            "paid_currency": _paid_currency(attempts),
            "disputes": list(Dispute.objects.filter(payment__in=attempts).order_by("-id")),
            "staff": staff,
        },
    )


@staff_action_page(AuditAction.PROPOSE_REFUND)
def refund(request: HttpRequest, staff: Subscriber, number: str) -> HttpResponse:
    """Ask for the amount, a reason and a confirmation; then refund, or await a second signature.

    Before all is refunded, the supplier is asked for the use; without a clear answer whoever
    confirms is told, and decides.
    """
    shown = _order(number)
    payment = Payment.objects.filter(order_number=number, pays_order=True).first()
    form = RefundForm(request.POST if request.method == "POST" else None, payment=payment)
    context: dict[str, Any] = {
        "order": shown,
        "payment": payment,
        "form": form,
        "limits": form.limit,
        "money": payment and refund_money(shown, payment, part_minor=None),
        "rule": refund_rule.BEFORE_A_REFUND,
        "staff": staff,
    }
    if form.is_valid():
        is_decided = form.part_minor is not None or form.cleaned_data["knowing"]
        use = None if is_decided else _use_now(number, staff)
        if payment is not None and not (form.is_confirmed and (use is None or use.is_clear)):
            going = refund_money(shown, payment, part_minor=form.part_minor)
            context |= {
                "going": going,
                "needs_second": _needs_second(payment, going.amount),
                "use": use,
                "warning": _warning(shown) if form.part_minor is None else "",
            }
            return render(request, "console/refund_sure.html", context)
        try:
            proposal = propose_refund(
                order_number=number,
                part_minor=form.part_minor,
                detail=form.cleaned_data["detail"],
                actor=staff,
                now=timezone.now(),
            )
        except RefundNotAllowedError:
            messages.error(request, str(refund_rule.REFUSED_IN_CONSOLE))
        else:
            messages.success(request, _outcome(proposal))
        return redirect("console:order", number=number)
    return render(request, "console/refund.html", context)


@staff_action_page(AuditAction.TURN_DOWN_REFUND)
@require_POST
def turn_down(request: HttpRequest, staff: Subscriber, proposal_id: int) -> HttpResponse:
    """Turn a proposed refund down, or withdraw one's own."""
    get_object_or_404(RefundProposal, pk=proposal_id)
    proposal = turn_down_refund(proposal_id=proposal_id, actor=staff, now=timezone.now())
    messages.success(request, _outcome(proposal))
    return redirect("console:order", number=proposal.order.number)


@staff_action_page(AuditAction.SIGN_REFUND)
@require_POST
def sign(request: HttpRequest, staff: Subscriber, proposal_id: int) -> HttpResponse:
    """Sign a proposed refund, once the supplier was asked for the use as for `refund`."""
    proposal = get_object_or_404(RefundProposal.objects.select_related("order"), pk=proposal_id)
    is_decided = proposal.part_minor is not None or proposal.state != ProposalState.OPEN
    if not is_decided and request.POST.get("knowing") != "yes":
        use = _use_now(proposal.order.number, staff)
        if not use.is_clear:
            order = proposal.order
            payment = Payment.objects.get(order_number=order.number, pays_order=True)
            context = {
                "order": order,
                "proposal": proposal,
                "going": refund_money(order, payment, part_minor=None),
                "use": use,
                "warning": _warning(order),
                "staff": staff,
            }
            return render(request, "console/sign_sure.html", context)
    try:
        proposal = sign_refund(proposal_id=proposal_id, actor=staff, now=timezone.now())
    except RefundNotAllowedError:
        messages.error(request, str(refund_rule.REFUSED_IN_CONSOLE))
    except OwnProposalError as refusal:
        messages.error(request, refusal_text(refusal))
    else:
        messages.success(request, _outcome(proposal))
    return redirect("console:order", number=proposal.order.number)


@staff_action_page(AuditAction.REFUND_TO_WALLET)
@require_POST
def refund_to_wallet(request: HttpRequest, staff: Subscriber, number: str) -> HttpResponse:
    """Put what is owed of a failed refund into the person's wallet."""
    found = get_object_or_404(Refund.objects.select_related("payment"), number=number)
    try:
        put_refund_in_wallet_by_staff(refund_number=number, actor=staff, now=timezone.now())
    except RefundNotAllowedError:
        messages.error(
            request,
            gettext(
                "This can't be moved to the wallet: it has not failed, or the payer disputes it."
            ),
        )
    else:
        messages.success(
            request, gettext("The money is in the customer's wallet, and they have been notified.")
        )
    return redirect("console:order", number=found.payment.order_number)


def _warning(order: Order) -> str:
    """Return what refunding all of a delivered order means at its supplier; empty: nothing."""
    if order.state != OrderState.FULFILLED:
        return ""
    way = returning_of(order, now=timezone.now()).way
    return str(refund_rule.STAFF_WARNINGS.get(way, ""))


def _use_now(number: str, staff: Subscriber) -> UseCount:
    """Have the supplier asked how much of an order was used."""
    caller = provider_calls().caller(subscriber_id=staff.pk, order_number=number)
    return count_use_now(order_number=number, caller=caller, now=timezone.now())


def _needs_second(payment: Payment, amount: Money) -> bool:
    """Whether the button only proposes the refund."""
    return needs_second_signature(
        amount,
        returned_before=Money(payment.refunded_minor, payment.received_currency),
        limits_minor=settings.REFUND_LIMITS,
    )


def _outcome(proposal: RefundProposal) -> str:
    if proposal.state == ProposalState.OPEN:
        return gettext(
            "The refund is over your limit and is waiting for a second person to sign off."
        )
    if proposal.state == ProposalState.TURNED_DOWN:
        return gettext("The refund was rejected. Nothing was refunded.")
    return gettext("The refund is on its way.")


@staff_action_page(AuditAction.POLL_PAYMENT)
@require_POST
def ask(request: HttpRequest, staff: Subscriber, number: str) -> HttpResponse:
    """Poll the provider about a payment now."""
    found = get_object_or_404(Payment, number=number)
    result = poll_payment_by_staff(
        payment_number=number,
        actor=staff,
        now=timezone.now(),
        caller=provider_calls().caller(subscriber_id=staff.pk, order_number=found.order_number),
    )
    messages.info(
        request,
        gettext("Checked with the provider: %(result)s.") % {"result": word(RESULTS, result)},
    )
    return redirect("console:order", number=found.order_number)


@staff_action_page(AuditAction.CLEAR_PAYMENT)
@require_POST
def clear(request: HttpRequest, staff: Subscriber, number: str) -> HttpResponse:
    """Take a payment off the list of those that need attention."""
    found = get_object_or_404(Payment, number=number)
    clear_payment(payment_number=number, actor=staff, now=timezone.now())
    messages.success(request, gettext("The payment was removed from the list."))
    return redirect("console:order", number=found.order_number)


def _paid_currency(payments: list[Payment]) -> str:
    return next((row.received_currency for row in payments if row.pays_order), "")


def _has_left(payments: list[Payment]) -> bool:
    """Return whether any money that paid the order is still here, undisputed."""
    return any(
        payment.pays_order
        and payment.refunded_minor < payment.received_minor
        and payment.problem != "disputed"
        for payment in payments
    )


def _actions_on(subjects: list[str]) -> list[AuditEntry]:
    rows = AuditEntry.objects.filter(subject__in=subjects).select_related("actor")
    return list(rows.order_by("-id"))


def _looked_at(payments: list[Payment], actions: list[AuditEntry]) -> set[str]:
    """Return the numbers of the payments whose current problem somebody has cleared."""
    seen = {
        (action.subject, action.detail)
        for action in actions
        if action.action == AuditAction.CLEAR_PAYMENT
    }
    return {row.number for row in payments if (row.number, row.problem) in seen}


def _order(number: str) -> Order:
    return get_object_or_404(
        Order.objects.select_related("subscriber", "esim", "quote__plan__carrier"), number=number
    )
