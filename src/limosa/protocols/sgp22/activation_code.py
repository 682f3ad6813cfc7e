"""Activation codes: what a QR code says, and a person may type.

`LPA:1$<address>$<matching id>[$<OID>][$1]`: the last part asks for a confirmation code. Ours leave
the object identifier out, for it breaks some scanners.

Source: SGP.22 section 4.1.
"""

import re
from dataclasses import dataclass

from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus

CODE_LENGTH_MAX = 255
_ADDRESS = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(?::[0-9]{1,5})?")
_MATCHING_ID = re.compile(r"[A-Za-z0-9-]*")
_OID = re.compile(r"(?:[0-2](?:\.[0-9]{1,10})+)?")


@dataclass(frozen=True)
class ActivationCode:
    """Where a profile is, by which name, and whether a confirmation code is asked for."""

    address: str
    matching_id: str
    oid: str = ""
    is_code_required: bool = False

    def text(self) -> str:
        """Return the text of a QR code."""
        parts = ["LPA:1", self.address, self.matching_id, self.oid]
        parts.append("1" if self.is_code_required else "")
        return "$".join(parts).rstrip("$") if self.matching_id else "$".join(parts[:3])


def read_activation_code(text: str) -> ActivationCode:
    """Return the activation code; a person may leave out the LPA: of the QR code.

    Raises RspRefusal(MALFORMED).
    """
    stripped = text.strip()
    if stripped[:4].upper() == "LPA:":
        stripped = stripped[4:]
    version, _, rest = stripped.partition("$")
    address, matching_id, oid, flag = [*rest.split("$"), "", "", ""][:4]
    is_right = (
        version == "1"
        and 1 <= rest.count("$") <= 3
        and len(text) <= CODE_LENGTH_MAX
        and _ADDRESS.fullmatch(address)
        and _MATCHING_ID.fullmatch(matching_id)
        and _OID.fullmatch(oid)
        and flag in ("", "1")
    )
    if not is_right:
        raise RspRefusal(RspStatus.MALFORMED, "not an activation code")
    return ActivationCode(address, matching_id, oid, is_code_required=flag == "1")
