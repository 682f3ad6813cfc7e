from limosa.domain.payments.engine.problems import Problem, shown_before
from limosa.domain.payments.models import Payment


def flag_payment(*, payment: Payment, problem: Problem) -> None:
    """Show a payment to the operators, for this reason.

    A reason that takes precedence stays (engine/problems.py). Locks: none; one UPDATE.
    """
    rows = Payment.objects.filter(pk=payment.pk).exclude(problem__in=shown_before(problem))
    if rows.update(problem=problem):
        payment.problem = problem
