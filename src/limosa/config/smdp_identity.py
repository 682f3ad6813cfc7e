"""Who the built-in SM-DP+ is, read from the files that the settings name."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from limosa.config.command import CommandFault
from limosa.foundation.errors import LocalProtocolError
from limosa.foundation.variables import File
from limosa.protocols.hazmat.curves import KeyUnusableError
from limosa.protocols.hazmat.signatures import read_private_key
from limosa.protocols.sgp22.certificates import (
    Certificate,
    CertificateInvalidError,
    read_certificates,
)
from limosa.protocols.sgp22.identity import Credential, CredentialPair, Smdp
from limosa.protocols.sgp22.trust import Issuer, RevocationList, Trust, read_revocation_list

_NEEDED = ("CI_CERTIFICATES", "AUTHENTICATION_CERTIFICATES", "BINDING_CERTIFICATES")


def smdp_identity() -> Smdp:
    """Return it. Raises CommandFault: what is missing, or which file is not what it should be."""
    missing = [f"LIMOSA_SMDP_{name}" for name in _NEEDED if not getattr(settings, f"SMDP_{name}")]
    if missing:
        raise CommandFault(f"The SM-DP+ is not set up: {', '.join(missing)} not set.")
    pairs = _pairs()
    if settings.SMDP_OID and any(pair.oid != settings.SMDP_OID for pair in pairs):
        raise CommandFault("LIMOSA_SMDP_OID is not the object identifier in the certificates.")
    return Smdp(address=settings.SMDP_ADDRESS, pairs=pairs, trust=Trust(_issuers()))


def _pairs() -> tuple[CredentialPair, ...]:
    authentication = list(_credentials("AUTHENTICATION"))
    binding = list(_credentials("BINDING"))
    if len(authentication) != len(binding):
        raise CommandFault(
            "LIMOSA_SMDP_AUTHENTICATION_CERTIFICATES and LIMOSA_SMDP_BINDING_CERTIFICATES must "
            "name as many files, in the same order."
        )
    pairs = tuple(CredentialPair(*pair) for pair in zip(authentication, binding, strict=True))
    for pair in pairs:
        try:
            pair.check()
        except (LocalProtocolError, CertificateInvalidError) as error:
            raise CommandFault(
                f"Phones would refuse the SM-DP+'s certificates: {error}."
            ) from error
    return pairs


def _credentials(which: str) -> Iterator[Credential]:
    names = (f"SMDP_{which}_CERTIFICATES", f"SMDP_{which}_KEYS")
    certificates, keys = (File.paths(getattr(settings, name)) for name in names)
    if len(certificates) != len(keys):
        raise CommandFault(f"LIMOSA_{names[0]} and LIMOSA_{names[1]} must name as many files.")
    for certificate, key in zip(certificates, keys, strict=True):
        try:
            signing_key = read_private_key(_content(names[1], key))
        except KeyUnusableError as error:
            raise CommandFault(
                f"LIMOSA_{names[1]} names {key}, which can't be used: {error}."
            ) from error
        yield Credential(certificate=_certificates(names[0], certificate)[0], key=signing_key)


def _issuers() -> Iterator[Issuer]:
    lists = {path: _content("SMDP_CRLS", path) for path in File.paths(settings.SMDP_CRLS)}
    unused = set(lists)
    for path in File.paths(settings.SMDP_CI_CERTIFICATES):
        for certificate in _certificates("SMDP_CI_CERTIFICATES", path):
            revocations = dict(_revocations(lists, certificate))
            unused -= set(revocations)
            yield Issuer(certificate, tuple(revocations.values()))
    if unused:
        raise CommandFault(
            f"LIMOSA_SMDP_CRLS names {', '.join(sorted(unused))}, which is not a list of a trusted "
            "CI (LIMOSA_SMDP_CI_CERTIFICATES)."
        )


def _revocations(
    lists: dict[str, bytes], issuer: Certificate
) -> Iterator[tuple[str, RevocationList]]:
    for path, data in lists.items():
        try:
            yield path, read_revocation_list(data, issuer=issuer)
        except CertificateInvalidError:
            continue  # Another issuer's.


def _content(name: str, path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise CommandFault(
            f"LIMOSA_{name} names {path}, which can't be read: {error.strerror}."
        ) from error


def _certificates(name: str, path: str) -> list[Certificate]:
    try:
        return read_certificates(_content(name, path))
    except CertificateInvalidError as error:
        raise CommandFault(f"LIMOSA_{name} names {path}, which can't be used: {error}.") from error
