"""What the catalogue refuses."""

from limosa.foundation.errors import DomainRefusal


class PlanCodeTakenError(DomainRefusal):
    """There is a plan with this code already."""

    code = "plan_code_taken"
