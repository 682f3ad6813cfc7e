"""What a supplier gives of a new eSIM."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """An eSIM that can be downloaded. `reference`: the supplier's own name of it, since some give
    an ICCID again to somebody else."""

    iccid: str
    activation_code: str
    reference: str = ""
