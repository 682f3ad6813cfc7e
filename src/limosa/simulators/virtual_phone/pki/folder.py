"""The PKI's folder: written once, then read.

    P-256/ and brainpoolP256r1/, each with
        ci, eum, dp_auth, dp_pb, dp_tls   .pem  .der  .key (a private key, readable by its owner)
        ci.crl, eum.crl                   revocation lists in DER, with nothing revoked
    ci.pem     the CI certificates of both curves, for those who trust both

A TLS library need not know brainpool, so the certificate to serve is P-256/dp_tls.pem.
"""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from limosa.simulators.virtual_phone.elliptic import CURVES, new_key
from limosa.simulators.virtual_phone.pki.certificates import (
    Issuer,
    Role,
    Validity,
    ci_certificate,
    empty_crl,
    eum_certificate,
    server_certificate,
)

# Under 2.999, the arc for examples, so that they can't be anybody's.
SMDP_OID = "2.999.10"
_CI_OID = "2.999.1"
_EUM_OID = "2.999.5"
EID_PREFIX = "89049032"
VALID = timedelta(days=10 * 365)
_ALLOWANCE = timedelta(days=1)  # For a machine whose clock is a little behind.
_SERVER_FILES = {"dp_auth": Role.DP_AUTH, "dp_pb": Role.DP_PB, "dp_tls": Role.DP_TLS}
CI_BUNDLE = "ci.pem"


class NoPki(Exception):
    """The folder has no PKI, or not a whole one; the text says so."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What a card gets from the PKI on one curve: whom to trust, and who vouches for it."""

    curve: str
    ci: x509.Certificate
    eum: Issuer


def ensure_pki(folder: Path, *, fqdn: str, smdp_oid: str = SMDP_OID, now: datetime) -> bool:
    """Write the PKI of a server of this name, unless the folder is there; returns whether it was
    written.

    It appears whole or not at all: it is written beside, and moved.
    """
    if (folder / CI_BUNDLE).exists():
        return False
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    valid = Validity(now - _ALLOWANCE, now + VALID)
    try:
        bundle = b"".join(
            _write_curve(fresh / curve, curve, fqdn=fqdn, smdp_oid=smdp_oid, valid=valid)
            for curve in CURVES
        )
        (fresh / CI_BUNDLE).write_bytes(bundle)
        fresh.rename(folder)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
        if (folder / CI_BUNDLE).exists():  # Somebody else was quicker.
            return False
        raise
    return True


def read_trust(folder: Path) -> Iterator[Trust]:
    """Yield, for each curve, whom a new card trusts and who signs its certificate.

    Raises NoPki.
    """
    for curve in CURVES:
        files = folder / curve
        try:
            ci = x509.load_pem_x509_certificate((files / "ci.pem").read_bytes())
            eum = x509.load_pem_x509_certificate((files / "eum.pem").read_bytes())
            key = load_pem_private_key((files / "eum.key").read_bytes(), None)
        except (OSError, ValueError) as error:
            raise NoPki(f"{folder} has no PKI for {curve}: {_why(error)}") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise NoPki(f"{files / 'eum.key'} is not a key of {curve}")
        yield Trust(curve, ci, Issuer(eum, key))


def server_of(folder: Path) -> tuple[str, str]:
    """Return the name, in lower case, and the OID of the server that a PKI was made for.

    Raises NoPki.
    """
    try:
        pem = (folder / "P-256" / "dp_tls.pem").read_bytes()
        certificate = x509.load_pem_x509_certificate(pem)
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        (host,) = names.get_values_for_type(x509.DNSName)
        (oid,) = names.get_values_for_type(x509.RegisteredID)
    except (OSError, ValueError, x509.ExtensionNotFound) as error:
        raise NoPki(f"{folder} has no certificate of a server: {_why(error)}") from error
    return host.casefold(), oid.dotted_string


def _why(error: Exception) -> str:
    """Return what the system says, without its numbers."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}"
    return str(error)


def _write_curve(folder: Path, curve: str, *, fqdn: str, smdp_oid: str, valid: Validity) -> bytes:
    """Write one curve's files; returns the CI's certificate as PEM."""
    folder.mkdir()
    ci = ci_certificate(new_key(curve), oid=_CI_OID, valid=valid)
    eum = eum_certificate(ci, new_key(curve), oid=_EUM_OID, eid_prefix=EID_PREFIX, valid=valid)
    for name, issuer in (("ci", ci), ("eum", eum)):
        _write(folder / name, issuer.certificate, issuer.key)
        crl = empty_crl(issuer, valid=valid)
        (folder / f"{name}.crl").write_bytes(crl.public_bytes(Encoding.DER))
    for name, role in _SERVER_FILES.items():
        key = new_key(curve)
        certificate = server_certificate(
            ci, key.public_key(), role, oid=smdp_oid, fqdn=fqdn, valid=valid
        )
        _write(folder / name, certificate, key)
    return ci.certificate.public_bytes(Encoding.PEM)


def _write(path: Path, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
    path.with_suffix(".pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    path.with_suffix(".der").write_bytes(certificate.public_bytes(Encoding.DER))
    secret = path.with_suffix(".key")
    secret.touch(mode=0o600)
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
