"""The code that installs an eSIM, as far as a page may show it."""

from django.views.decorators.debug import sensitive_variables

from limosa.domain.esims.models import Esim, Move
from limosa.domain.ordering.returns import is_withdrawn
from limosa.web.qr_codes import qr_code
from limosa.web.storefront.install_progress import progress_of


@sensitive_variables()
def install_code(esim: Esim, move: Move | None) -> str:
    """Return the code to install: of the new profile, while an eSIM is being moved. Empty: the
    supplier has not given it yet, or nobody is to install it any more."""
    if is_withdrawn(esim):
        return ""
    return esim.activation_code if move is None else move.activation_code or ""


@sensitive_variables()
def unused_code(esim: Esim, move: Move | None) -> str:
    """Return the code to install, unless a device has the eSIM, so that it has been used."""
    return "" if progress_of(esim, move).is_on_device else install_code(esim, move)


@sensitive_variables()
def shown_code(code: str) -> dict[str, str]:
    """Return a code in every form, by the names that pages have for them; an empty one alone."""
    if not code:
        return {"code": ""}
    _version, address, matching_id = [*code.split("$"), "", ""][:3]
    return {
        "code": code,
        "qr": qr_code(code),
        "smdp_address": address,
        "matching_id": matching_id,
    }
