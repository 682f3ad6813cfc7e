"""A server that has the certificates of the virtual phone's PKI."""

from pathlib import Path

from limosa.protocols.hazmat.signatures import read_private_key
from limosa.protocols.sgp22.certificates import read_certificates
from limosa.protocols.sgp22.identity import Credential, CredentialPair, Smdp
from limosa.protocols.sgp22.trust import Issuer, Trust, read_revocation_list
from limosa.simulators.virtual_phone.pki.folder import CI_BUNDLE, read_trust
from tests.factories.sgp22 import ADDRESS


def the_smdp(pki: Path) -> Smdp:
    """Return a server that has the certificates of the phone's PKI, read from its files."""

    def credential(curve: str, name: str) -> Credential:
        [certificate] = read_certificates((pki / curve / f"{name}.pem").read_bytes())
        return Credential(certificate, read_private_key((pki / curve / f"{name}.key").read_bytes()))

    pairs = [
        CredentialPair(credential(curve, "dp_auth"), credential(curve, "dp_pb"))
        for curve in (trust.curve for trust in read_trust(pki))
    ]
    issuers = []
    for certificate in read_certificates((pki / CI_BUNDLE).read_bytes()):
        lists = [
            read_revocation_list(path.read_bytes(), issuer=certificate)
            for path in pki.glob("*/ci.crl")
            if read_certificates(path.with_suffix(".pem").read_bytes())[0].der == certificate.der
        ]
        issuers.append(Issuer(certificate, tuple(lists)))
    for pair in pairs:
        pair.check()
    return Smdp(ADDRESS, tuple(pairs), Trust(issuers))
