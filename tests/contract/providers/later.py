"""How saved methods end, when they are charged later."""

from enum import StrEnum


class Later(StrEnum):
    """How a saved method behaves when it is charged without the payer."""

    CHARGED = "charged"
    DECLINED = "declined"
    PAYER_NEEDED = "payer_needed"
