"""Identifiers: the ICCID of a SIM, the activation code of an eSIM, our own numbers.

Sources: ITU-T E.118 (ICCID), SGP.22 section 4.1 (activation code).
"""

import re
import secrets

_ICCID = re.compile(r"89[0-9]{16,18}")
_MATCHING_ID = re.compile(r"[A-Za-z0-9-]+")
# SGP.22 has capital letters, digits and hyphens. Tolerant of what is in use: other letters, what
# addresses and base 64 are written with, and what later versions add after it. Nothing with a
# meaning in a page or a QR code's text.
_ACTIVATION_CODE = re.compile(
    r"(?:LPA:)?(1\$[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?"
    r"\$[a-z0-9._~+/=-]+(?:\$[a-z0-9.,$-]*)?)",
    re.IGNORECASE | re.ASCII,
)
ACTIVATION_CODE_LENGTH_MAX = 300  # Ours.
# Crockford's base 32 without the letters that people mistake for digits.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class InvalidIdentifierError(ValueError):
    """The text is not a valid identifier of this kind."""


def luhn_digit(digits: str) -> str:
    """Return the Luhn check digit for `digits`."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def parse_iccid(text: str) -> str:
    """Return the ICCID's digits. A trailing F (the filler nibble of EF.ICCID) is stripped.

    The Luhn digit is not checked: most real ICCIDs have it, but not all.
    Raises InvalidIdentifierError.
    """
    digits = text.strip().upper().removesuffix("F")
    if not _ICCID.fullmatch(digits):
        raise InvalidIdentifierError("an ICCID is 18 to 20 digits that begin with 89")
    return digits


def make_iccid(*, issuer: str, account: int) -> str:
    """Return a 19-digit ICCID: 89, the issuer's digits, the account number, the Luhn digit."""
    body = f"89{issuer}"
    digits = body + str(account).zfill(18 - len(body))
    return digits + luhn_digit(digits)


def activation_code(
    *, smdp_address: str, matching_id: str, needs_confirmation: bool = False
) -> str:
    """Return the text of an eSIM's QR code: LPA:1$address$matching-id (SGP.22 section 4.1).

    `needs_confirmation`: the phone asks for a confirmation code as well. The object identifier
    before that is left empty.
    """
    if not _MATCHING_ID.fullmatch(matching_id):
        raise InvalidIdentifierError("a matching id has letters, digits and hyphens only")
    return f"LPA:1${smdp_address}${matching_id}{'$$1' if needs_confirmation else ''}"


def parse_activation_code(text: str) -> str:
    """Return an activation code as its QR code has it, LPA:1$address$matching-id[$…].

    The prefix LPA: belongs to the QR code only, so a code without it is accepted. A matching id is
    required: without one, an SM-DP+ finds a profile only by the device's EID, which nobody knows
    when the eSIM is sold.
    Source: SGP.22 section 4.1. Raises InvalidIdentifierError.
    """
    found = _ACTIVATION_CODE.fullmatch(text.strip())
    if found is None or len(text) > ACTIVATION_CODE_LENGTH_MAX:
        raise InvalidIdentifierError("an activation code has the form LPA:1$address$matching-id")
    return f"LPA:{found[1]}"


def random_code(length: int) -> str:
    """Return an unguessable code of capital letters and digits that people can read aloud."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
