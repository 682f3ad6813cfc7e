"""A whole download, between the product and a card that was written without it."""

import pytest

from limosa.protocols.sgp22.metadata import Metadata
from limosa.protocols.sgp22.notification import Event
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus
from tests.factories.sgp22 import ADDRESS, EID, World, an_smdp
from tests.fakes.shell import Shell
from tests.fakes.tiny_card import TinyCard, answered, one, split

ICCID = "8944476500001224158"
PROFILE = bytes(range(256)) * 48
METADATA = Metadata(
    iccid=ICCID,
    service_provider_name="续航 Limosa",
    profile_name="Month 10 GB",
    icon=b"\x89PNG\r\n\x1a\n" + bytes(1000),
    notifications=tuple((event, ADDRESS) for event in Event),
).encode()


def a_shell(*worlds: World, code: str = "") -> Shell:
    return Shell(an_smdp(*worlds), metadata=METADATA, profile=PROFILE, code=code)


def offered_to(card: TinyCard, shell: Shell) -> bytes:
    opened = shell.initiate(card.initiate_body())
    return shell.authenticate(card.authenticate_body(opened, matching_id="ABCDE-12345"))


def test_a_card_installs_what_was_bound_to_it(world: World) -> None:
    shell, card = a_shell(world), TinyCard(world)
    package = shell.package(card.prepare_body(offered_to(card, shell)))
    assert card.install(package) == PROFILE
    assert card.metadata == METADATA
    [client] = shell.clients
    assert (client.eid, client.matching_id) == (EID, "ABCDE-12345")
    assert client.info.free_bytes == 300_000
    result = shell.installation(card.notification_body(card.installation_result()))
    assert result.is_installed
    assert (result.metadata.event, result.metadata.iccid) == (Event.INSTALL, ICCID)


@pytest.mark.parametrize("length", [1, 1006, 1007, 1008, 2014, 12_000, 100_000])
def test_a_profile_of_any_length_arrives_in_segments_within_the_limit(
    p256: World, length: int
) -> None:
    shell, card = a_shell(p256), TinyCard(p256)
    shell.profile = bytes(length - 1) + b"\x80"  # What looks like padding is none.
    package = shell.package(card.prepare_body(offered_to(card, shell)))
    assert card.install(package) == shell.profile


def test_cards_of_two_issuers_are_served_at_once(worlds: dict[str, World]) -> None:
    smdp = an_smdp(*worlds.values())
    for world in worlds.values():
        shell, card = Shell(smdp, metadata=METADATA, profile=PROFILE), TinyCard(world)
        assert card.install(shell.package(card.prepare_body(offered_to(card, shell)))) == PROFILE


def test_the_keys_inside_a_package_are_new_for_every_binding(p256: World) -> None:
    last_segments = set()
    for _ in range(3):
        shell, card = a_shell(p256), TinyCard(p256)
        package = answered(shell.package(card.prepare_body(offered_to(card, shell))))
        last_segments.add(package["boundProfilePackage"][-64:])
    assert len(last_segments) == 3


def segments_of(answer: bytes) -> list[bytes]:
    """Return the parts of a package but the first, which names the session."""
    parts = split(one(answered(answer)["boundProfilePackage"], "BF36"))
    return [raw for _, _, raw in parts[1:]]


def test_the_same_request_again_is_answered_with_the_same_bytes(p256: World) -> None:
    shell, card = a_shell(p256), TinyCard(p256)
    authenticate = card.authenticate_body(shell.initiate(card.initiate_body()))
    offer = shell.authenticate(authenticate)
    assert shell.authenticate(authenticate) == offer
    prepare = card.prepare_body(offer)
    package = shell.package(prepare)
    assert shell.package(prepare) == package
    assert card.install(package) == PROFILE


def test_another_proof_in_a_session_that_has_an_offer_is_refused(p256: World) -> None:
    shell, card = a_shell(p256), TinyCard(p256)
    opened = shell.initiate(card.initiate_body())
    shell.authenticate(card.authenticate_body(opened))
    with pytest.raises(RspRefusal) as refused:
        shell.authenticate(card.authenticate_body(opened))
    assert refused.value.status is RspStatus.TRANSACTION_UNKNOWN


def test_a_retry_with_the_key_of_before_gets_the_same_segments_signed_anew(world: World) -> None:
    shell, card = a_shell(world), TinyCard(world)
    first = shell.package(card.prepare_body(offered_to(card, shell)))
    key = card.one_time_point
    again = shell.package(card.prepare_body(offered_to(card, shell)))
    assert card.one_time_point == key
    assert segments_of(again) == segments_of(first)
    assert again != first
    assert card.install(again) == PROFILE


def test_a_retry_with_a_new_key_gets_a_new_package(p256: World) -> None:
    shell, card = a_shell(p256), TinyCard(p256)
    first = shell.package(card.prepare_body(offered_to(card, shell)))
    again = shell.package(card.prepare_body(offered_to(card, shell), keeps_key=False))
    assert segments_of(again) != segments_of(first)
    assert card.install(again) == PROFILE


def test_another_key_in_the_same_session_is_refused(p256: World) -> None:
    shell, card = a_shell(p256), TinyCard(p256)
    offer = offered_to(card, shell)
    shell.package(card.prepare_body(offer))
    card.one_time_key = None
    with pytest.raises(RspRefusal) as refused:
        shell.package(card.prepare_body(offer))
    assert refused.value.status is RspStatus.BINDING_UNAVAILABLE
