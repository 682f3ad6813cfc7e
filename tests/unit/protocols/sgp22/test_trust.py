"""A chain of certificates holds, or the answer says which link does not."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID, ObjectIdentifier

from limosa.protocols.sgp22.certificates import (
    CertificateInvalidError,
    read_certificate,
    read_certificates,
)
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus
from limosa.protocols.sgp22.trust import MANUFACTURERS_MAX, Issuer, Trust, read_revocation_list
from tests.factories.sgp22 import (
    EID,
    MAKER,
    NOW,
    YEAR,
    Holder,
    Wanted,
    World,
    a_card_wanted,
    a_ci,
    an_eum_wanted,
    as_certificate,
    certify,
    name,
)

S = RspStatus
SECOND = timedelta(seconds=1)


def trust_in(world: World, *revoked: Holder) -> Trust:
    lists = (a_list(world.ci, *revoked),) if revoked else ()
    certificate = as_certificate(world.ci)
    return Trust(
        [
            Issuer(
                certificate,
                tuple(read_revocation_list(one, issuer=certificate) for one in lists),
            )
        ]
    )


def a_list(issuer: Holder, *revoked: Holder) -> bytes:
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(NOW)
        .next_update(NOW + YEAR)
    )
    for holder in revoked:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder()
            .serial_number(holder.certificate.serial_number)
            .revocation_date(NOW)
            .build()
        )
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def status_of(trust: Trust, card: Holder, eum: Holder) -> RspStatus | None:
    try:
        found = trust.verify_card(card=card.der, manufacturer=eum.der, now=NOW)
    except RspRefusal as refusal:
        return refusal.status
    assert found.eid == EID
    return None


def change(**values: object) -> Callable[[Wanted], None]:
    def apply(wanted: Wanted) -> None:
        for attribute, value in values.items():
            setattr(wanted, attribute, value)

    return apply


def only(organization: str = MAKER, digits: str = "89049032") -> x509.Name:
    attributes = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization)]
    return x509.Name([*attributes, x509.NameAttribute(NameOID.SERIAL_NUMBER, digits)])


def excluding(tree: x509.Name, *, among: x509.Name | None = None) -> Callable[[Wanted], None]:
    permitted = [x509.DirectoryName(among)] if among else None
    constraints = x509.NameConstraints(permitted, [x509.DirectoryName(tree)])
    return change(permitted=None, extensions=(constraints,))


UNKNOWN = x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\x05\x00")
EUM_CHANGES = {
    "right": (change(), None),
    "in its last second": (change(not_after=NOW), None),
    "without constraints": (change(permitted=None), None),
    "expired": (change(not_after=NOW - SECOND), S.EUM_EXPIRED),
    "not valid yet": (change(not_before=NOW + SECOND), S.EUM_INVALID),
    "without a role": (change(roles=()), S.EUM_INVALID),
    "with the role of a card": (change(roles=("2.23.146.1.2.1.1",)), S.EUM_INVALID),
    "no issuer": (change(is_issuer=False), S.EUM_INVALID),
    "with a key for other things": (change(may_sign_certificates=False), S.EUM_INVALID),
    "signed over another digest": (change(digest=hashes.SHA384()), S.EUM_INVALID),
    "with an unknown critical part": (change(extensions=(UNKNOWN,)), S.EUM_INVALID),
    "of other EIDs": (change(permitted=only(digits="89049033")), S.EUICC_INVALID),
    "of another maker's cards": (change(permitted=only("Another maker")), S.EUICC_INVALID),
    "of all but some EIDs": (excluding(only()), S.EUICC_INVALID),
    "of all but other EIDs": (excluding(only(digits="89049033")), None),
    "of all but others' cards": (excluding(only("Another maker")), None),
    "of these EIDs but some": (excluding(only(digits=EID[:20]), among=only()), S.EUICC_INVALID),
    "of these EIDs but others": (excluding(only(digits="890490329"), among=only()), None),
}


@pytest.mark.parametrize("case", EUM_CHANGES)
def test_a_manufacturer_s_certificate_is(world: World, case: str) -> None:
    apply, status = EUM_CHANGES[case]
    wanted = an_eum_wanted()
    apply(wanted)
    eum = certify(wanted, curve=world.curve, issuer=world.ci)
    card = certify(a_card_wanted(), curve=world.curve, issuer=eum)
    assert status_of(trust_in(world), card, eum) is status


@pytest.mark.parametrize(
    ("organization", "status"),
    [
        ("a MAKER  of cards", None),
        (" A maker of cards ", None),
        ("A maker ofcards", S.EUICC_INVALID),
    ],
)
def test_makers_are_compared_without_regard_to_case_and_spaces(
    p256: World, organization: str, status: RspStatus | None
) -> None:
    wanted = an_eum_wanted()
    wanted.permitted = only(organization)
    eum = certify(wanted, curve=p256.curve, issuer=p256.ci)
    card = certify(a_card_wanted(), curve=p256.curve, issuer=eum)
    assert status_of(trust_in(p256), card, eum) is status


def named(serial_number: str) -> Callable[[Wanted], None]:
    return change(subject=name("A card", organization=MAKER, serial_number=serial_number))


CARD_CHANGES = {
    "right": (change(), None),
    "expired": (change(not_after=NOW - SECOND), S.EUICC_EXPIRED),
    "not valid yet": (change(not_before=NOW + SECOND), S.EUICC_INVALID),
    "without a role": (change(roles=()), S.EUICC_INVALID),
    "with the role of a maker": (change(roles=("2.23.146.1.2.1.2",)), S.EUICC_INVALID),
    "an issuer's": (change(is_issuer=True), S.EUICC_INVALID),
    "without an EID": (named(""), S.EUICC_INVALID),
    "with an EID too short": (named(EID[:-1]), S.EUICC_INVALID),
    "with an EID out of range": (named("89049033" + EID[8:]), S.EUICC_INVALID),
    "with an unknown critical part": (change(extensions=(UNKNOWN,)), S.EUICC_INVALID),
}


@pytest.mark.parametrize("case", CARD_CHANGES)
def test_a_card_s_certificate_is(p256: World, case: str) -> None:
    apply, status = CARD_CHANGES[case]
    wanted = a_card_wanted()
    apply(wanted)
    card = certify(wanted, curve=p256.curve, issuer=p256.eum)
    assert status_of(trust_in(p256), card, p256.eum) is status


def test_who_signs_in_another_s_name_is_found_out(p256: World) -> None:
    stranger = a_ci(p256.curve)
    eum = certify(an_eum_wanted(), curve=p256.curve, issuer=p256.ci, signer=stranger)
    card = certify(a_card_wanted(), curve=p256.curve, issuer=eum)
    assert status_of(trust_in(p256), card, eum) is S.EUM_INVALID
    card = certify(a_card_wanted(), curve=p256.curve, issuer=p256.eum, signer=stranger)
    assert status_of(trust_in(p256), card, p256.eum) is S.EUICC_INVALID


def test_the_keys_of_a_chain_are_on_one_curve(world: World) -> None:
    (other,) = {"secp256r1", "brainpoolP256r1"} - {world.curve}
    eum = certify(an_eum_wanted(), curve=other, issuer=world.ci)
    for curve in (world.curve, other):
        card = certify(a_card_wanted(), curve=curve, issuer=eum)
        assert status_of(trust_in(world), card, eum) is S.EUM_INVALID
    card = certify(a_card_wanted(), curve=other, issuer=world.eum)
    assert status_of(trust_in(world), card, world.eum) is S.EUICC_INVALID


def test_a_manufacturer_under_an_unknown_issuer_is_unknown(p256: World) -> None:
    stranger = a_ci(p256.curve)
    eum = certify(an_eum_wanted(), curve=p256.curve, issuer=stranger)
    card = certify(a_card_wanted(), curve=p256.curve, issuer=eum)
    assert status_of(trust_in(p256), card, eum) is S.CI_UNKNOWN


def test_a_revoked_manufacturer_is_refused_and_others_are_not(p256: World) -> None:
    other = certify(an_eum_wanted(), curve=p256.curve, issuer=p256.ci)
    assert status_of(trust_in(p256, p256.eum), p256.card, p256.eum) is S.EUM_INVALID
    assert status_of(trust_in(p256, other), p256.card, p256.eum) is None


def test_a_manufacturer_that_is_remembered_still_expires(p256: World) -> None:
    trust = trust_in(p256)
    assert status_of(trust, p256.card, p256.eum) is None
    with pytest.raises(RspRefusal) as refused:
        trust.verify_card(card=p256.card.der, manufacturer=p256.eum.der, now=NOW + 2 * YEAR)
    assert refused.value.status is S.EUM_EXPIRED


def test_a_manufacturer_is_read_once_and_few_are_remembered(p256: World) -> None:
    trust = trust_in(p256)
    first = trust._manufacturer(p256.eum.der)
    assert trust._manufacturer(p256.eum.der) is first
    for number in range(MANUFACTURERS_MAX):
        trust._manufacturers[bytes([number])] = first
    trust._manufacturer(certify(an_eum_wanted(), curve=p256.curve, issuer=p256.ci).der)
    assert len(trust._manufacturers) == MANUFACTURERS_MAX


def with_version(der: bytes, version: int) -> bytes:
    """Return a certificate that says to be of another version of X.509."""
    return der.replace(bytes.fromhex("A003020102"), bytes.fromhex("A0030201") + bytes([version]), 1)


@pytest.mark.parametrize("version", [0, 1, 3])
def test_a_certificate_of_another_version_is_refused(p256: World, version: int) -> None:
    with pytest.raises(CertificateInvalidError):
        read_certificate(with_version(p256.card.der, version))


@pytest.mark.parametrize("data", [b"", b"\x30\x00", bytes(9000)])
def test_what_is_no_certificate_is_refused(p256: World, data: bytes) -> None:
    for card, eum, status in (
        (p256.card.der, data, S.EUM_INVALID),
        (data, p256.eum.der, S.EUICC_INVALID),
    ):
        with pytest.raises(RspRefusal) as refused:
            trust_in(p256).verify_card(card=card, manufacturer=eum, now=NOW)
        assert refused.value.status is status


def test_a_list_of_another_issuer_is_refused(p256: World) -> None:
    stranger = a_ci(p256.curve)
    for data in (a_list(stranger), a_list(p256.ci)[:-1], b""):
        with pytest.raises(CertificateInvalidError):
            read_revocation_list(data, issuer=as_certificate(p256.ci))


def test_a_list_may_be_in_pem(p256: World) -> None:
    data = a_list(p256.ci, p256.eum)
    pem = x509.load_der_x509_crl(data).public_bytes(Encoding.PEM)
    ci = as_certificate(p256.ci)
    assert read_revocation_list(pem, issuer=ci) == read_revocation_list(data, issuer=ci)
    with pytest.raises(CertificateInvalidError):
        read_revocation_list(pem[:-30], issuer=ci)


def test_certificates_are_read_from_pem_in_their_order(p256: World) -> None:
    holders = (p256.ci, p256.eum)
    pem = b"".join(one.certificate.public_bytes(Encoding.PEM) for one in holders)
    assert [one.der for one in read_certificates(pem)] == [one.der for one in holders]
    with pytest.raises(CertificateInvalidError):
        read_certificates(b"-----BEGIN NOTHING-----")
    assert read_certificate(p256.binding.der).registered_id == "2.999.10"
