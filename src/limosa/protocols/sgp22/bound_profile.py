"""The bound profile package: a profile that one card can read, once.

The card and the server agree on keys that protect the package's head. Inside it come random keys,
which protect the profile itself, so that what encrypts a profile is neither known beforehand nor
the same for two cards.

Source: SGP.22 sections 2.5.4 (parts and their order), 5.5 (commands of ES8+, and what the first of
them signs), 3.1.3 (a retry with the same one-time key).
"""

import secrets
from dataclasses import dataclass, replace

from limosa.protocols.hazmat.curves import KeyUnusableError
from limosa.protocols.hazmat.key_agreement import (
    KEY_LENGTH,
    KEY_TYPE_AES,
    PackageKeys,
    agree,
)
from limosa.protocols.hazmat.package_protection import PackageProtection
from limosa.protocols.sgp22 import tlv
from limosa.protocols.sgp22.authentication import SIGNATURE
from limosa.protocols.sgp22.download import ONE_TIME_KEY, DownloadOffered, Prepared
from limosa.protocols.sgp22.es9plus import GetBoundProfilePackageResponse
from limosa.protocols.sgp22.facts import Facts
from limosa.protocols.sgp22.identity import CredentialPair, Smdp
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus

_HOST_ID_LENGTH = 16
_INSTALL = 1  # RemoteOpId: installBoundProfilePackage.


@dataclass(frozen=True, repr=False)
class Binding(Facts):
    """A profile is bound to a card: all that makes its package again, byte for byte. Secret."""

    transaction_id: bytes
    signature: bytes
    curve: str
    eid: str
    euicc_otpk: bytes
    smdp_otpk: bytes
    host_id: bytes
    session_keys: bytes
    protection_keys: bytes

    def __repr__(self) -> str:
        """Return what may stand in a log."""
        return "Binding(…)"


def bind(
    *, smdp: Smdp, offered: DownloadOffered, prepared: Prepared, earlier: Binding | None
) -> Binding:
    """Return the binding of the order's profile to the card.

    It is `earlier` itself when the same request comes again in one session. In a later session, if
    the card offers the key that it used before, it is `earlier` signed for that session: the same
    segments. If it offers another, the binding is new; whoever counts downloads counts that.

    Raises RspRefusal: BINDING_UNAVAILABLE (another key in one session), MALFORMED (no key at all).
    """
    pair = smdp.pair_of(offered.ci_key_id)
    if earlier is not None:
        is_same_session = earlier.transaction_id == offered.transaction_id
        is_same_key = (earlier.eid, earlier.curve, earlier.euicc_otpk) == (
            offered.eid,
            pair.curve,
            prepared.euicc_otpk,
        )
        if is_same_session and is_same_key:
            return earlier
        if is_same_session:
            raise RspRefusal(RspStatus.BINDING_UNAVAILABLE)
        if is_same_key:
            return _signed(replace(earlier, transaction_id=offered.transaction_id), pair)
    return _signed(_new_binding(pair, offered, prepared), pair)


def _new_binding(pair: CredentialPair, offered: DownloadOffered, prepared: Prepared) -> Binding:
    host_id = secrets.token_bytes(_HOST_ID_LENGTH)
    try:
        smdp_otpk, session_keys = agree(
            curve=pair.curve,
            peer_point=prepared.euicc_otpk,
            host_id=host_id,
            eid=bytes.fromhex(offered.eid),
        )
    except KeyUnusableError as error:
        raise RspRefusal(RspStatus.MALFORMED, str(error)) from error
    return Binding(
        transaction_id=offered.transaction_id,
        signature=b"",
        curve=pair.curve,
        eid=offered.eid,
        euicc_otpk=prepared.euicc_otpk,
        smdp_otpk=smdp_otpk,
        host_id=host_id,
        session_keys=session_keys.to_bytes(),
        protection_keys=PackageKeys.random().to_bytes(),
    )


def _signed(binding: Binding, pair: CredentialPair) -> Binding:
    signed = _secure_channel(binding) + tlv.encode(ONE_TIME_KEY, binding.euicc_otpk)
    return replace(binding, signature=pair.binding.key.sign(signed))


def _secure_channel(binding: Binding) -> bytes:
    """Return what initialiseSecureChannel has before its signature."""
    control = tlv.encode(
        0xA6,
        tlv.encode(0x80, bytes((KEY_TYPE_AES,))),
        tlv.encode(0x81, bytes((KEY_LENGTH,))),
        tlv.encode(0x84, binding.host_id),
    )
    return b"".join(
        (
            tlv.encode(0x82, bytes((_INSTALL,))),
            tlv.encode(0x80, binding.transaction_id),
            control,
            tlv.encode(ONE_TIME_KEY, binding.smdp_otpk),
        )
    )


def package(*, binding: Binding, metadata: bytes, profile: bytes) -> GetBoundProfilePackageResponse:
    """Return the profile (SAIP, in DER) and its metadata (StoreMetadata), bound to the card."""
    head = PackageProtection(PackageKeys.from_bytes(binding.session_keys))
    keys = PackageKeys.from_bytes(binding.protection_keys)
    replacement = tlv.encode(0xBF26, *(tlv.encode(0x80 + n, part) for n, part in enumerate(keys)))
    parts = (
        tlv.encode(0xBF23, _secure_channel(binding), tlv.encode(SIGNATURE, binding.signature)),
        tlv.encode(0xA0, *head.encrypt(0x87, tlv.encode(0xBF24))),
        tlv.encode(0xA1, *head.authenticate(0x88, metadata)),
        tlv.encode(0xA2, *head.encrypt(0x87, replacement)),
        tlv.encode(0xA3, *PackageProtection(keys).encrypt(0x86, profile)),
    )
    return GetBoundProfilePackageResponse(
        transaction_id=binding.transaction_id, bound_profile_package=tlv.encode(0xBF36, *parts)
    )
