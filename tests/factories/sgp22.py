"""A private world of SGP.22: an issuer, a manufacturer, cards and a server, on either curve."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID, ObjectIdentifier

from limosa.protocols.hazmat.signatures import KeyInMemory
from limosa.protocols.sgp22.certificates import Certificate, read_certificate
from limosa.protocols.sgp22.identity import Credential, CredentialPair, Smdp
from limosa.protocols.sgp22.trust import Issuer, Trust

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
YEAR = timedelta(days=365)
CURVES = {"secp256r1": ec.SECP256R1(), "brainpoolP256r1": ec.BrainpoolP256R1()}
ADDRESS = "smdp.example.com"
OWNER_OID = "2.999.10"
EID = "89049032123451234512345678901235"
EID_PREFIX = "89049032"
MAKER = "A maker of cards"


@dataclass
class Holder:
    """Somebody who has a certificate and its key."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def key_id(self) -> bytes:
        return x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()).digest


@dataclass
class Wanted:
    """What a certificate shall say; a test changes what it wants to be wrong."""

    subject: x509.Name
    roles: tuple[str, ...] = ()
    is_issuer: bool = False
    permitted: x509.Name | None = None
    oid: str = ""
    dns_name: str = ""
    not_before: datetime = NOW - YEAR
    not_after: datetime = NOW + YEAR
    extensions: tuple[x509.ExtensionType, ...] = field(default=())
    may_sign_certificates: bool | None = None
    digest: hashes.SHA256 | hashes.SHA384 = field(default_factory=hashes.SHA256)


def name(common_name: str, *, organization: str = "", serial_number: str = "") -> x509.Name:
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if organization:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    if serial_number:
        attributes.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, serial_number))
    return x509.Name(attributes)


def certify(
    wanted: Wanted, *, curve: str, issuer: Holder | None, signer: Holder | None = None
) -> Holder:
    """Return a holder of a certificate; `signer` signs in the name of `issuer`, if given."""
    key = ec.generate_private_key(CURVES[curve])
    authority = issuer.key if issuer else key
    signing = signer.key if signer else authority
    builder = (
        x509.CertificateBuilder()
        .subject_name(wanted.subject)
        .issuer_name(issuer.certificate.subject if issuer else wanted.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(wanted.not_before)
        .not_valid_after(wanted.not_after)
    )
    for extension, is_critical in _extensions(wanted, key, authority):
        builder = builder.add_extension(extension, critical=is_critical)
    return Holder(key, builder.sign(signing, wanted.digest))


def _extensions(
    wanted: Wanted, key: ec.EllipticCurvePrivateKey, authority: ec.EllipticCurvePrivateKey
) -> list[tuple[x509.ExtensionType, bool]]:
    found: list[tuple[x509.ExtensionType, bool]] = [
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), False),
        (_usage(is_issuer=_first(wanted.may_sign_certificates, wanted.is_issuer)), True),
    ]
    if wanted.roles:
        policies = [x509.PolicyInformation(ObjectIdentifier(role), None) for role in wanted.roles]
        found.append((x509.CertificatePolicies(policies), True))
    if wanted.is_issuer:
        found.append((x509.BasicConstraints(ca=True, path_length=None), True))
    if wanted.permitted:
        tree = x509.DirectoryName(wanted.permitted)
        found.append((x509.NameConstraints([tree], None), True))
    names: list[x509.GeneralName] = []
    if wanted.oid:
        names.append(x509.RegisteredID(ObjectIdentifier(wanted.oid)))
    if wanted.dns_name:
        names.append(x509.DNSName(wanted.dns_name))
    if names:
        found.append((x509.SubjectAlternativeName(names), False))
    return found + [(extension, True) for extension in wanted.extensions]


def _first(told: bool | None, otherwise: bool) -> bool:  # noqa: FBT001 -- a choice of two
    return otherwise if told is None else told


def _usage(*, is_issuer: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_issuer,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_issuer,
        crl_sign=is_issuer,
        encipher_only=False,
        decipher_only=False,
    )


ROLE = "2.23.146.1.2.1."


def a_ci(curve: str, *, common_name: str = "A test CI") -> Holder:
    wanted = Wanted(name(common_name), roles=(ROLE + "0",), is_issuer=True)
    return certify(wanted, curve=curve, issuer=None)


def an_eum_wanted() -> Wanted:
    permitted = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, MAKER),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, EID_PREFIX),
        ]
    )
    subject = name("An EUM", organization=MAKER)
    return Wanted(subject, roles=(ROLE + "2",), is_issuer=True, permitted=permitted)


def a_card_wanted(eid: str = EID) -> Wanted:
    subject = name("A card", organization=MAKER, serial_number=eid)
    return Wanted(subject, roles=(ROLE + "1",))


def a_server_wanted(role: str, *, oid: str = OWNER_OID) -> Wanted:
    return Wanted(name(f"A server {role}", organization="A brand"), roles=(ROLE + role,), oid=oid)


@dataclass
class World:
    """All certificates of one CI."""

    curve: str
    ci: Holder
    eum: Holder
    card: Holder
    authentication: Holder
    binding: Holder
    tls: Holder


def a_world(curve: str, *, eid: str = EID) -> World:
    ci = a_ci(curve)
    eum = certify(an_eum_wanted(), curve=curve, issuer=ci)
    tls = a_server_wanted("3")
    tls.dns_name = ADDRESS
    return World(
        curve=curve,
        ci=ci,
        eum=eum,
        card=certify(a_card_wanted(eid), curve=curve, issuer=eum),
        authentication=certify(a_server_wanted("4"), curve=curve, issuer=ci),
        binding=certify(a_server_wanted("5"), curve=curve, issuer=ci),
        tls=certify(tls, curve=curve, issuer=ci),
    )


def as_certificate(holder: Holder) -> Certificate:
    return read_certificate(holder.der)


def a_pair(world: World) -> CredentialPair:
    return CredentialPair(
        authentication=_credential(world.authentication), binding=_credential(world.binding)
    )


def an_smdp(*worlds: World, address: str = ADDRESS) -> Smdp:
    """Return a server that serves the cards of these worlds."""
    return Smdp(
        address=address,
        pairs=tuple(a_pair(world) for world in worlds),
        trust=Trust(Issuer(as_certificate(world.ci)) for world in worlds),
    )


def _credential(holder: Holder) -> Credential:
    return Credential(as_certificate(holder), KeyInMemory(holder.key))
