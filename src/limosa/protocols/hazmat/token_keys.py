"""Keys that never leave their token: a hardware security module, or SoftHSM, by PKCS#11.

Needs the extra `hsm`. python-pkcs11 opens a token's library as for a single thread, so whoever
signs takes a turn; more at once takes more processes.

Source: OASIS PKCS #11 (CKM_ECDSA signs a digest, and its signature is r || s).
"""

import hashlib
from dataclasses import dataclass
from queue import SimpleQueue

import pkcs11
from pkcs11.types import SignMixin
from pkcs11.util.ec import encode_ec_public_key

from limosa.protocols.hazmat.curves import KeyUnusableError, PublicKey, read_key
from limosa.protocols.hazmat.signatures import KeyUnavailableError


@dataclass(frozen=True, repr=False)
class TokenPlace:
    """Where keys are: the token's library, the token's label, and the PIN of its user."""

    library: str
    token_label: str
    pin: str


class KeyInToken:
    """A private key in a token. Made in the process that uses it: it does not survive a fork.

    `turns` holds one turn, which all keys of a token share.
    """

    def __init__(self, public_key: PublicKey, handle: SignMixin, turns: SimpleQueue[None]) -> None:
        self.public_key = public_key
        self._handle, self._turns = handle, turns

    def sign(self, data: bytes) -> bytes:
        """Return the signature of `data`, 64 bytes: r, then s. Raises KeyUnavailableError."""
        digest = hashlib.sha256(data).digest()
        self._turns.get()
        try:
            return bytes(self._handle.sign(digest, mechanism=pkcs11.Mechanism.ECDSA))
        except pkcs11.PKCS11Error as error:
            raise KeyUnavailableError(f"the token does not sign: {error!r}") from error
        finally:
            self._turns.put(None)


def keys_in_token(place: TokenPlace, *, labels: list[str]) -> dict[str, KeyInToken]:
    """Return the keys of these labels; the token has both halves of each. Once per process.

    Raises KeyUnusableError: no such library, token or key, another PIN, or not a key on P-256 or
    brainpoolP256r1.
    """
    turns: SimpleQueue[None] = SimpleQueue()
    turns.put(None)
    try:
        token = pkcs11.lib(place.library).get_token(token_label=place.token_label)
        session = token.open(user_pin=place.pin)
        try:
            return {label: _key(session, label, turns) for label in labels}
        except (pkcs11.PKCS11Error, KeyUnusableError):
            session.close()
            raise
    except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
        raise KeyUnusableError(f"the token has no such keys: {error!r}") from error


def _key(session: pkcs11.Session, label: str, turns: SimpleQueue[None]) -> KeyInToken:
    public = session.get_key(label=label, object_class=pkcs11.ObjectClass.PUBLIC_KEY)
    handle = session.get_key(label=label, object_class=pkcs11.ObjectClass.PRIVATE_KEY)
    if not isinstance(public, pkcs11.PublicKey) or not isinstance(handle, SignMixin):
        raise KeyUnusableError(f"{label} is not a key that signs")
    return KeyInToken(read_key(encode_ec_public_key(public)), handle, turns)
