from limosa.domain.payments.engine.problems import Mended, Problem, mended_by
from limosa.domain.payments.models import Payment


def unflag_payment(*, payment: Payment, by: Mended, then: Problem | None = None) -> None:
    """Stop showing a payment to the operators, if this clears its problem.

    Any other reason stays. `then`: the reason behind it, to be shown now.
    Locks: none; one UPDATE.
    """
    problem = then or ""
    if Payment.objects.filter(pk=payment.pk, problem__in=mended_by(by)).update(problem=problem):
        payment.problem = problem
