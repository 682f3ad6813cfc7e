"""Amounts as people type them: plain digits with one point, and nothing ambiguous.

"1,000" is a thousand to one person and one to another, and digits exist in many scripts. Anything
that could be read in more than one way is refused, with the reason, so that the page can say it.
"""

import re
from enum import StrEnum

from limosa.foundation.money import Money, exponent

DIGITS_MAX = 12

_PLAIN = re.compile(r"([0-9]+)(?:\.([0-9]+))?")

# Commas, apostrophes and spaces of any width, used as thousands separators somewhere in the world.
_PARTERS = ",'’_ \t\r\n\u00a0\u2009\u202f"
_PARTED = re.compile(f"[0-9.{_PARTERS}]*[{_PARTERS}][0-9.{_PARTERS}]*")


class AmountFault(StrEnum):
    """Why a text is not a valid amount."""

    SEPARATOR = "separator"  # a comma, an apostrophe or a space among digits
    OTHER_DIGITS = "other_digits"  # digits of another script
    NOT_PLAIN = "not_plain"  # anything else than digits and one point
    TOO_LONG = "too_long"
    DECIMALS = "decimals"  # more decimals than the currency has


class AmountUnreadableError(ValueError):
    """A text that is not an amount in the currency; `fault` says why."""

    def __init__(self, fault: AmountFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def read_amount(text: str, *, currency: str) -> Money:
    """Return the amount of a text in major units: "12.50" in USD is Money(1250, "USD").

    At most 12 digits in all; surrounding spaces are allowed. Zero is an amount.
    Raises AmountUnreadableError.
    """
    found = _PLAIN.fullmatch(text.strip(" "))
    if found is None:
        raise AmountUnreadableError(_fault(text.strip(" ")))
    whole, part = found[1], found[2] or ""
    if len(whole) + len(part) > DIGITS_MAX:
        raise AmountUnreadableError(AmountFault.TOO_LONG)
    digits = exponent(currency)
    if len(part) > digits:
        raise AmountUnreadableError(AmountFault.DECIMALS)
    return Money(int(whole + part.ljust(digits, "0")), currency)


def _fault(text: str) -> AmountFault:
    if any(letter.isnumeric() and not letter.isascii() for letter in text):
        return AmountFault.OTHER_DIGITS
    if _PARTED.fullmatch(text) and text.strip(_PARTERS + "."):
        return AmountFault.SEPARATOR
    return AmountFault.NOT_PLAIN
