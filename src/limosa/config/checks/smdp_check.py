"""Whether phones will take the certificates of the built-in SM-DP+, and it theirs.

What keeps every phone out is a fault. What is out of date is a warning: a server that is started
anew must not stay down for one of two issuers.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.conf import settings

from limosa.config.checks.finding import Finding, fault, warning
from limosa.config.command import CommandFault
from limosa.config.smdp_identity import smdp_identity
from limosa.protocols.sgp22.certificates import Certificate
from limosa.protocols.sgp22.identity import Smdp

_TLS_CURVES = (ec.SECP256R1, ec.SECP384R1)
_TLS = "LIMOSA_SMDP_TLS_CERTIFICATE"


def check_smdp(*, is_needed: bool = False, is_with_tls: bool = True) -> Iterator[Finding]:
    """Yield what is wrong with the SM-DP+'s certificates; nothing where none is set up.

    is_needed: there has to be one. is_with_tls: it does TLS itself, so that it needs a certificate
    for that.
    """
    if not (is_needed or _is_meant()):
        return
    try:
        smdp = smdp_identity()
    except CommandFault as error:
        yield fault(str(error))
    except OSError:
        return  # check_settings says which file.
    else:
        yield from _times(smdp, now=datetime.now(UTC))  # noqa: TID251 -- the edge.
    if settings.SMDP_TLS_CERTIFICATE and is_with_tls:
        yield from _tls(settings.SMDP_TLS_CERTIFICATE, now=datetime.now(UTC))  # noqa: TID251 -- too.


def _is_meant() -> bool:
    return bool(settings.SMDP_CI_CERTIFICATES or settings.SMDP_AUTHENTICATION_CERTIFICATES)


def _times(smdp: Smdp, *, now: datetime) -> Iterator[Finding]:
    for pair in smdp.pairs:
        for name, credential in (
            ("AUTHENTICATION", pair.authentication),
            ("BINDING", pair.binding),
        ):
            yield from _time_of(f"LIMOSA_SMDP_{name}_CERTIFICATES", credential.certificate, now)
    for issuer in smdp.trust.issuers.values():
        yield from _time_of("LIMOSA_SMDP_CI_CERTIFICATES", issuer.certificate, now)
        for one in issuer.revocations:
            if one.next_update is not None and one.next_update < now:
                yield warning(
                    f"LIMOSA_SMDP_CRLS: the list of {_name(issuer.certificate.subject)} should "
                    f"have been replaced on {one.next_update:%Y-%m-%d}; what was revoked since is "
                    "not known. Get the new one, and start the SM-DP+ again."
                )


def _time_of(
    setting: str, certificate: Certificate | x509.Certificate, now: datetime
) -> Iterator[Finding]:
    if isinstance(certificate, Certificate):
        certificate = certificate.parsed
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    whose = f"{setting}: the certificate of {_name(certificate.subject)}"
    if now < begins:
        yield warning(f"{whose} is not valid before {begins:%Y-%m-%d %H:%M} UTC; phones refuse it.")
    elif now > ends:
        yield warning(f"{whose} expired on {ends:%Y-%m-%d}; phones refuse it. Get a new one.")


def _tls(path: str, *, now: datetime) -> Iterator[Finding]:
    """Yield what keeps TLS clients away: the key, the names and the time of the certificate."""
    try:
        first = x509.load_pem_x509_certificates(Path(path).read_bytes())[0]
        key = first.public_key()
        names = _names(first)
    except (OSError, ValueError, x509.DuplicateExtension) as error:
        yield fault(f"{_TLS} names a file that can't be used: {error}.")
        return
    is_taken = isinstance(key, rsa.RSAPublicKey) or (
        isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, _TLS_CURVES)
    )
    if not is_taken:
        curve = f" on {key.curve.name}" if isinstance(key, ec.EllipticCurvePublicKey) else ""
        yield fault(
            f"{_TLS}: TLS clients take no key{curve}. Use a certificate with a key on P-256 or "
            "P-384, or RSA; CERT.DPauth and CERT.DPpb may stay on their curve."
        )
    host = settings.SMDP_ADDRESS.partition(":")[0]
    if not any(_covers(name, host) for name in names):
        shown = ", ".join(names) or "nothing"
        yield fault(
            f"{_TLS} is for {shown}, not for {host}, the host of LIMOSA_SMDP_ADDRESS: phones "
            "refuse it. Use a certificate for that name, or change the address."
        )
    yield from _time_of(_TLS, first, now)


def _names(certificate: x509.Certificate) -> list[str]:
    """Return the hosts that a certificate is for. Its common name is none (RFC 9525)."""
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    addresses = extension.value.get_values_for_type(x509.IPAddress)
    return [*extension.value.get_values_for_type(x509.DNSName), *map(str, addresses)]


def _covers(name: str, host: str) -> bool:
    """Whether a name is that of a host; an asterisk stands for its first label (RFC 9525)."""
    name, host = name.casefold(), host.casefold()
    wildcard, _, parent = name.partition(".")
    return name == host or (wildcard == "*" and bool(parent) and host.partition(".")[2] == parent)


def _name(subject: x509.Name) -> str:
    return subject.rfc4514_string() or "nobody"
