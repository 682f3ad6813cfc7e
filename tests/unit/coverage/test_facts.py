"""Who counts when several say something of a plan, and what holds wherever it may be bought."""

from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.coverage.engine.facts import (
    NOTHING,
    PlanFacts,
    PlanNetwork,
    agreed,
    digest_of,
    first_stated,
    in_order,
    read_networks,
    written,
)

_networks = st.dictionaries(
    st.sampled_from(["US", "MX", "CA"]),
    st.lists(
        st.builds(
            PlanNetwork,
            st.sampled_from(["AT&T", "Movistar", "3"]),
            st.sampled_from(["", "4G", "5G"]),
        ),
        max_size=3,
        unique_by=lambda one: one.operator,
    ).map(in_order),
)
_facts = st.builds(
    PlanFacts,
    tethering=st.none() | st.booleans(),
    has_texts=st.none() | st.booleans(),
    exit_country=st.sampled_from(["", "US", "HK"]),
    blocked_services=st.sampled_from([(), ("TikTok",), ("WhatsApp", "TikTok")]),
    networks=_networks,
)


def test_nobody_says_anything() -> None:
    assert first_stated([]) == agreed([]) == NOTHING


def test_the_first_that_says_something_of_a_fact_counts() -> None:
    staff = PlanFacts(tethering=False)
    file = PlanFacts(tethering=True, identity_check=True, exit_country="US")
    assert first_stated([staff, NOTHING, file]) == PlanFacts(
        tethering=False, identity_check=True, exit_country="US"
    )


def test_the_networks_of_each_country_are_of_the_first_that_has_some() -> None:
    att, telcel = (PlanNetwork("AT&T", "5G"),), (PlanNetwork("Telcel", "4G"),)
    listed = PlanFacts(networks={"US": att})
    file = PlanFacts(networks={"US": telcel, "MX": telcel})
    assert first_stated([listed, file]).networks == {"US": att, "MX": telcel}


def test_a_country_without_any_network_by_who_counts_has_none() -> None:
    staff = PlanFacts(networks={"US": ()})
    file = PlanFacts(networks={"US": (PlanNetwork("AT&T", "5G"),)})
    assert first_stated([staff, file]).networks == {"US": ()}


def test_what_two_places_say_differently_is_not_stated() -> None:
    one = PlanFacts(tethering=True, has_texts=True, exit_country="HK")
    other = PlanFacts(tethering=False, exit_country="US")
    assert agreed([one, other]) == NOTHING


def test_of_networks_at_two_places_those_hold_that_both_have_with_the_slower_generation() -> None:
    one = {"US": (PlanNetwork("AT&T", "5G"), PlanNetwork("T-Mobile", "5G")), "MX": ()}
    other = {"US": (PlanNetwork("at&t", "4G"), PlanNetwork("Verizon", "5G"))}
    both = agreed([PlanFacts(networks=one), PlanFacts(networks=other)])
    assert both.networks == {"US": (PlanNetwork("AT&T", "4G"),)}


def test_networks_that_are_slower_at_another_place_stand_where_they_belong() -> None:
    one = {"US": (PlanNetwork("AT&T", "5G"), PlanNetwork("Verizon", "4G"))}
    other = {"US": (PlanNetwork("Verizon", "4G"), PlanNetwork("AT&T", "3G"))}
    both = agreed([PlanFacts(networks=one), PlanFacts(networks=other)])
    assert both.networks["US"] == (PlanNetwork("Verizon", "4G"), PlanNetwork("AT&T", "3G"))


def test_a_service_that_is_blocked_at_one_place_is_blocked() -> None:
    places = [PlanFacts(blocked_services=("TikTok",)), PlanFacts()]
    assert agreed(places).blocked_services == ("TikTok",)


@given(st.lists(_facts, min_size=1, max_size=4))
def test_nothing_is_promised_that_one_place_does_not_say(places: list[PlanFacts]) -> None:
    whole = agreed(places)
    for name in ("tethering", "has_texts"):
        assert getattr(whole, name) in {None, *(getattr(one, name) for one in places)}
        if getattr(whole, name) is not None:
            assert {getattr(one, name) for one in places} == {getattr(whole, name)}
    for country, networks in whole.networks.items():
        for network in networks:
            for place in places:
                theirs = {one.operator: one.generation for one in place.networks[country]}
                assert network.generation <= theirs[network.operator]
    assert all({*one.blocked_services} <= {*whole.blocked_services} for one in places)


@given(_facts)
def test_a_place_that_is_alone_says_what_holds(facts: PlanFacts) -> None:
    assert agreed([facts]) == agreed([facts, facts]) == first_stated([facts]) == facts


@given(_networks)
def test_networks_are_read_as_they_were_written(
    networks: dict[str, tuple[PlanNetwork, ...]],
) -> None:
    text = written(networks)
    assert read_networks(text) == networks
    backwards = dict(reversed(networks.items()))
    assert digest_of(written(backwards)) == digest_of(text)


def test_the_fastest_stands_first_and_one_of_unknown_speed_last() -> None:
    names = [("b", "4G"), ("a", "4G"), ("c", ""), ("d", "5G"), ("A", "5G")]
    assert in_order(PlanNetwork(*one) for one in names) == (
        PlanNetwork("a", "5G"),
        PlanNetwork("d", "5G"),
        PlanNetwork("b", "4G"),
        PlanNetwork("c", ""),
    )
