from limosa.domain.payments.engine.problems import Mended, Problem, mended_by
from limosa.domain.payments.models import Payment


def unflag_payment(*, payment: Payment, by: Mended, then: Problem | None = None) -> None:
    """Have the operators look at a payment no more, if what they look at is over by this.

    Any other reason stays. `then`: what stood behind it, and is to be looked at now.
    Locks: none; one UPDATE.
    """
    problem = then or ""
    if Payment.objects.filter(pk=payment.pk, problem__in=mended_by(by)).update(problem=problem):
        payment.problem = problem
