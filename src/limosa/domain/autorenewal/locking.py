"""How an automatic renewal is held while something is decided about it."""

from limosa.domain.autorenewal.engine.attempts import Outcome
from limosa.domain.autorenewal.models import Attempt, AutoRenewal


def lock_running(auto_id: int) -> AutoRenewal | None:
    """Return an automatic renewal with its consent, eSIM and person, locked until the caller's
    transaction ends; None: it is off."""
    return (
        AutoRenewal.objects.select_for_update(of=("self",))
        .filter(pk=auto_id, ended_at=None)
        .select_related("consent", "esim", "subscriber")
        .first()
    )


def attempt_under_way(auto: AutoRenewal) -> Attempt | None:
    """Return the attempt of which nobody knows yet what became of it; there is one at most."""
    return Attempt.objects.filter(cycle__auto_renewal=auto, outcome=Outcome.OPEN).first()
