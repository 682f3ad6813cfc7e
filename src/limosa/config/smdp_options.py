"""Options of `limosa smdp`. Their parsers raise ArgumentTypeError, which names the option."""

import argparse
import re
from argparse import ArgumentTypeError

from limosa.config.command import whole_number

REDOWNLOADS = ("never", "same_euicc", "any_euicc")
_EID = re.compile(r"[0-9]{32}")
_MATCHING_ID = re.compile(r"[A-Za-z0-9-]{1,255}")
_TYPE_CODE = re.compile(r"[A-Za-z0-9_-]{1,50}")
_EID_MODULUS = 97


def eid(text: str) -> str:
    """Parse an EID. Its last two digits are there to find typing errors.

    ES2+ takes any 32 digits: whoever orders there has the EID from a device.
    Source: SGP.29 annex A (ISO/IEC 7064, MOD 97-10).
    """
    if not _EID.fullmatch(text):
        raise ArgumentTypeError(f"{text!r} is not an EID, which has 32 digits")
    if int(text) % _EID_MODULUS != 1:
        raise ArgumentTypeError(
            f"{text!r} is not an EID: its last two digits do not go with the others"
        )
    return text


def matching_id(text: str) -> str:
    """Parse a matching id."""
    if not _MATCHING_ID.fullmatch(text):
        raise ArgumentTypeError(
            f"{text!r} is not a matching id: 1 to 255 letters, digits and hyphens"
        )
    return text


def type_code(text: str) -> str:
    """Parse the code of a profile type that is to be stored."""
    if not _TYPE_CODE.fullmatch(text):
        raise ArgumentTypeError(
            f"{text!r} is not a code: 1 to 50 letters, digits, hyphens and underscores"
        )
    return text


def add_terms(parser: argparse.ArgumentParser) -> None:
    """Add the options for the terms of downloading, of a type or of one order."""
    parser.add_argument(
        "--redownload", choices=REDOWNLOADS, help="who may download again what was installed"
    )
    parser.add_argument(
        "--needs-delete",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="again only after the card reported that it deleted the profile",
    )
    parser.add_argument(
        "--downloads-max",
        type=whole_number(0),
        metavar="N",
        help="downloads of an order in all; 0: any",
    )
