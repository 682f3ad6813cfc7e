"""The profile that a supplier delivers for a new eSIM."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A downloadable eSIM. `reference`: the supplier's own id for it, since some suppliers reuse an
    ICCID for another customer."""

    iccid: str
    activation_code: str
    reference: str = ""
