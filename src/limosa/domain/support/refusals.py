"""Why a deed of the staff is refused."""

from limosa.foundation.problem import DomainRefusal


class OwnProposalError(DomainRefusal):
    """Nobody signs the refund that they proposed themselves."""

    code = "own_proposal"
