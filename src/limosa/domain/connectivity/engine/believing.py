"""What is believed of a delivery: that it is what was ordered, and that somebody can install it."""

from dataclasses import replace

from limosa.domain.connectivity.answers import Delivered, Pending, SupplierEsim
from limosa.domain.esims.engine.profile import Profile
from limosa.foundation.identifiers import (
    InvalidIdentifierError,
    parse_activation_code,
    parse_iccid,
)


class DeliveryNotBelievedError(Exception):
    """What the supplier says it delivered can't be right; `problem` says why, as a term."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def believed(
    answer: Delivered, *, renewed: SupplierEsim | None, is_same_esim: bool
) -> Delivered | Pending:
    """Return what a delivery means, with its ICCID and activation code in their plain form.

    A profile that names the renewed eSIM itself means that the bundle was added to that eSIM,
    whatever else the profile says. A new eSIM without its profile is not delivered yet.
    `is_same_esim`: a renewal has to be on the eSIM that it renews.
    Raises: DeliveryNotBelievedError.
    """
    if answer.profile is None:
        return answer if renewed else Pending(reference=answer.reference)
    try:
        iccid = parse_iccid(answer.profile.iccid)
    except InvalidIdentifierError:
        raise DeliveryNotBelievedError("iccid_malformed") from None
    if renewed is not None:
        if _is_renewed_one(answer.profile, iccid, renewed):
            return replace(answer, profile=None)
        if is_same_esim:
            raise DeliveryNotBelievedError("iccid_differs")
    try:
        code = parse_activation_code(answer.profile.activation_code)
    except InvalidIdentifierError:
        raise DeliveryNotBelievedError("code_malformed") from None
    return replace(answer, profile=replace(answer.profile, iccid=iccid, activation_code=code))


def _is_renewed_one(profile: Profile, iccid: str, renewed: SupplierEsim) -> bool:
    """Some suppliers reuse an ICCID, so their own ids decide where both are known."""
    has_both = bool(profile.reference and renewed.reference)
    return iccid == renewed.iccid and (not has_both or profile.reference == renewed.reference)
