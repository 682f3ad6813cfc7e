"""RSA2 signatures (RSA with SHA-256): ours on requests, the platform's on its messages.

Sources: opendocs.alipay.com, "How to sign" and "How to verify" (自行实现签名, 自行实现验签).
"""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from limosa.domain.payments.message_refusals import MessageRefusedError
from limosa.domain.payments.providers.alipay.refusals import Refusal

SIGN_TYPE = "RSA2"
# Numbers keep their text: an amount never passes through a float.
_JSON = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)
_BLANK = re.compile(r"[ \t\n\r]*")


class Member(NamedTuple):
    """A member of a JSON object: its verbatim text, and its value."""

    text: str
    value: Any


def text_to_sign(parameters: Mapping[str, str]) -> bytes:
    """Return `name=value` for all non-empty parameters, sorted by name and joined with `&`."""
    pairs = sorted((name, value) for name, value in parameters.items() if value)
    return "&".join(f"{name}={value}" for name, value in pairs).encode()


def sign(key: RSAPrivateKey, message: bytes) -> str:
    """Return the signature in base64; the same message always gives the same one."""
    return b64encode(key.sign(message, PKCS1v15(), SHA256())).decode()


class PlatformKey:
    """The platform's public key, which is specific to one application."""

    def __init__(self, public_key: RSAPublicKey) -> None:
        self._public_key = public_key

    def check(self, message: bytes, signature: str) -> None:
        """Return if the platform signed the message. Raises MessageRefusedError."""
        try:
            self._public_key.verify(
                b64decode(signature, validate=True), message, PKCS1v15(), SHA256()
            )
        except (InvalidSignature, ValueError):  # ValueError: not base64.
            raise MessageRefusedError(Refusal.SIGNATURE_WRONG) from None


def split_members(body: bytes) -> dict[str, Member]:
    """Split a JSON object into its members, each with its text unchanged.

    A reply's signature covers the text of one member, braces included, so that text has to be
    extracted verbatim: decoding and re-encoding would change spaces and escapes. Searching for the
    name or for a brace would not work either, since a string may contain both. Raises
    MessageRefusedError, also for a repeated name.
    """
    try:
        text = body.decode()
        return _members(text)
    except (ValueError, IndexError, RecursionError):
        raise MessageRefusedError(Refusal.ENVELOPE_MALFORMED) from None


def _members(text: str) -> dict[str, Member]:
    members: dict[str, Member] = {}
    at = _expect(text, 0, "{")
    while True:
        is_name = text[at] == '"'
        name, at = _JSON.raw_decode(text, at)
        begin = _expect(text, at, ":")
        value, end = _JSON.raw_decode(text, begin)
        if not is_name or name in members:
            raise ValueError(name)
        members[name] = Member(text[begin:end], value)
        at = _after_blank(text, end)
        if text[at] == "}":
            break
        at = _expect(text, at, ",")
    if _after_blank(text, at + 1) != len(text):
        raise ValueError(text)
    return members


def _expect(text: str, at: int, mark: str) -> int:
    """Return where the next word begins after a mark that has to stand here."""
    at = _after_blank(text, at)
    if text[at] != mark:
        raise ValueError(mark)
    return _after_blank(text, at + 1)


def _after_blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at
