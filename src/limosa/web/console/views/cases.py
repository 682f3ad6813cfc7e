"""Cases: what people ask about their orders, and what we answer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.duties import may
from limosa.domain.support.models import AuditAction, AuditEntry, Case, CaseState
from limosa.domain.support.operations.answer_case import answer_case
from limosa.domain.support.operations.close_case import close_case
from limosa.web.console import attention
from limosa.web.console.access import staff_action_page, staff_page
from limosa.web.console.forms import AnswerForm, ClosingForm
from limosa.web.console.shown_lists import shown_list
from limosa.web.console.trace import trace_lines

_CASES = Case.objects.select_related("subscriber", "order__quote__esim", "answered_by")


@staff_page
def cases(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """List cases: those that wait for us, those that were answered, or all."""
    lists = {
        "open": attention.cases_waiting(),
        "answered": attention.cases_answered(),
        "all": _CASES.all(),
    }
    return shown_list(request, staff, "console/cases.html", lists)


@staff_action_page(AuditAction.CLOSE_CASE, is_readable=True)
def case(request: HttpRequest, staff: Subscriber, number: str) -> HttpResponse:
    """Show a case as it was when it was opened; answer it, or close it."""
    shown = get_object_or_404(_CASES, number=number)
    is_answer = request.POST.get("do") == "answer"
    answering = AnswerForm(request.POST if is_answer else None)
    closing = ClosingForm(request.POST if request.method == "POST" and not is_answer else None)
    if answering.is_valid():
        _answer(request, staff, shown, answering.cleaned_data["answer"])
        return redirect("console:case", number=number)
    if closing.is_valid():
        _close(request, staff, shown, closing)
        return redirect("console:cases")
    return render(
        request,
        "console/case.html",
        {
            "case": shown,
            "lines": trace_lines(shown.trace),
            "actions": AuditEntry.objects.filter(subject=number).select_related("actor"),
            "may_answer": shown.state == CaseState.OPEN and may(staff, AuditAction.ANSWER_CASE),
            "answering": answering,
            "closing": closing,
            "form": closing if closing.is_bound else answering,
            "staff": staff,
        },
        status=422 if request.method == "POST" else 200,
    )


def _answer(request: HttpRequest, staff: Subscriber, shown: Case, answer: str) -> None:
    is_sent = answer_case(case_number=shown.number, answer=answer, actor=staff, now=timezone.now())
    shown.refresh_from_db()
    if is_sent or (shown.answered_by_id, shown.answer) == (staff.pk, answer.strip()):
        messages.success(request, gettext("The answer is on its way to the customer."))
    else:
        messages.warning(
            request,
            gettext("This case is already answered or closed; your answer was not sent."),
        )


def _close(request: HttpRequest, staff: Subscriber, shown: Case, form: ClosingForm) -> None:
    close_case(
        case_number=shown.number,
        detail=form.cleaned_data["detail"],
        closing=form.cleaned_data["closing"],
        actor=staff,
        now=timezone.now(),
    )
    messages.success(request, gettext("The case is closed, and the customer has been notified."))
