"""Certificates that a card would refuse are found out before one meets them."""

from dataclasses import replace

import pytest

from limosa.foundation.errors import LocalProtocolError
from limosa.protocols.sgp22.certificates import CertificateInvalidError
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus
from tests.factories.sgp22 import World, a_pair, a_server_wanted, an_smdp, certify


def test_a_right_pair_passes(world: World) -> None:
    pair = a_pair(world)
    pair.check()
    assert (pair.oid, pair.curve, pair.ci_key_id) == ("2.999.10", world.curve, world.ci.key_id)


def test_certificates_the_wrong_way_round_are_refused(p256: World) -> None:
    swapped = replace(p256, authentication=p256.binding, binding=p256.authentication)
    with pytest.raises(CertificateInvalidError, match="without the role"):
        a_pair(swapped).check()


def test_a_key_that_is_not_the_certificate_s_is_refused(p256: World) -> None:
    pair = a_pair(p256)
    mixed = replace(pair, binding=replace(pair.binding, key=pair.authentication.key))
    with pytest.raises(LocalProtocolError, match="another key"):
        mixed.check()


def test_certificates_of_two_issuers_are_no_pair(worlds: dict[str, World]) -> None:
    p256, brainpool = worlds.values()
    with pytest.raises(LocalProtocolError, match="two CIs"):
        a_pair(replace(p256, binding=brainpool.binding)).check()


@pytest.mark.parametrize("oids", [("2.999.10", "2.999.11"), ("", "")])
def test_certificates_of_two_owners_or_of_none_are_no_pair(
    p256: World, oids: tuple[str, str]
) -> None:
    holders = [
        certify(a_server_wanted(role, oid=oid), curve=p256.curve, issuer=p256.ci)
        for role, oid in zip("45", oids, strict=True)
    ]
    with pytest.raises(LocalProtocolError, match="two owners"):
        a_pair(replace(p256, authentication=holders[0], binding=holders[1])).check()


def test_what_the_server_does_not_have_belongs_to_no_session(worlds: dict[str, World]) -> None:
    p256, brainpool = worlds.values()
    assert an_smdp(p256).pair_of(p256.ci.key_id).ci_key_id == p256.ci.key_id
    with pytest.raises(RspRefusal) as refused:
        an_smdp(p256).pair_of(brainpool.ci.key_id)
    assert refused.value.status is RspStatus.TRANSACTION_UNKNOWN
