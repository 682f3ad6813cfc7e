"""Activation codes, as they are scanned or pasted.

Source: SGP.22 section 4.1: `LPA:1$<address>$<matching id>[$<SM-DP+ OID>][$1]`.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from limosa.simulators.virtual_phone.lpa.faults import LpaFault

HTTPS_PORT = 443
_LENGTH_MAX = 255
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_MATCHING_ID = re.compile(r"[A-Za-z0-9-]*")
_OID = re.compile(r"[0-2](\.\d+)+")


@dataclass(frozen=True, slots=True)
class ActivationCode:
    """`oid` is empty if the code doesn't name the server's. A port is not the standard's, but
    servers in laboratories have one."""

    host: str
    port: int
    matching_id: str
    oid: str
    needs_confirmation: bool


def read_activation_code(text: str) -> ActivationCode:
    """Read a code, or a link that carries one. Raises LpaFault."""
    code = text.strip()
    if code.startswith("https://"):
        code = (parse_qs(urlsplit(code).query).get("carddata") or [""])[0]
    parts = re.sub(r"\ALPA:", "", code, flags=re.IGNORECASE).split("$")
    if len(code) > _LENGTH_MAX or not 3 <= len(parts) <= 5 or parts[0] != "1":
        raise _unreadable()
    parts += [""] * (5 - len(parts))
    host, _, port = parts[1].partition(":")
    is_port = port.isascii() and port.isdecimal() and 0 < int(port) < 65_536
    if not _HOST.fullmatch(host) or not (is_port or ":" not in parts[1]):
        raise _unreadable()
    if not _MATCHING_ID.fullmatch(parts[2]) or not (_OID.fullmatch(parts[3]) or not parts[3]):
        raise _unreadable()
    if parts[4] not in {"", "1"}:
        raise _unreadable()
    return ActivationCode(
        host=host,
        port=int(port) if is_port else HTTPS_PORT,
        matching_id=parts[2],
        oid=parts[3],
        needs_confirmation=parts[4] == "1",
    )


def _unreadable() -> LpaFault:
    return LpaFault(
        "That is no activation code: it has the form LPA:1$address$matching-id.",
        "这不是有效的激活码，格式应为 LPA:1$地址$匹配码。",
    )
