"""What a plan bought for an eSIM is, by its source, the supplier's capabilities and what runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.catalog.engine.sources import Source
from limosa.domain.connectivity.capabilities import Capabilities, Renewal, RenewalStart
from limosa.domain.connectivity.engine.renewing import (
    NOW_WAYS,
    WAITING_WAYS,
    RenewalWay,
    renewal_way,
    waits,
)

RENEWED = Source(supplier="a", code="new", renewal_code="more")
capabilities = st.builds(
    Capabilities, renewal=st.sampled_from(Renewal), renewal_start=st.sampled_from(RenewalStart)
)
sources = st.sampled_from([None, RENEWED, Source(supplier="a", code="new")])


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (RenewalStart.AFTER_CURRENT, RenewalWay.AFTER_CURRENT),
        (RenewalStart.NOW_ADDED, RenewalWay.ADDED),
        (RenewalStart.NOW_LOST, RenewalWay.REPLACES),
        (RenewalStart.AS_CHOSEN, RenewalWay.AS_CHOSEN),
        (RenewalStart.UNKNOWN, RenewalWay.NOT_SAID),
    ],
)
def test_beside_another_bundle_it_is_what_the_supplier_does(
    start: RenewalStart, expected: RenewalWay
) -> None:
    can = Capabilities(renewal_start=start)
    assert renewal_way(RENEWED, can, is_in_service=True, is_running=True) is expected


@given(source=sources, can=capabilities, is_in_service=st.booleans(), is_running=st.booleans())
def test_only_what_can_be_renewed_is_for_the_same_esim(
    *, source: Source | None, can: Capabilities, is_in_service: bool, is_running: bool
) -> None:
    way = renewal_way(source, can, is_in_service=is_in_service, is_running=is_running)
    is_renewed = (
        is_in_service
        and source is not None
        and bool(source.renewal_code)
        and can.renewal is Renewal.SAME_ESIM
    )
    assert (way is not RenewalWay.NEW_ESIM) == is_renewed
    if is_renewed:
        assert (way is RenewalWay.AT_ONCE) == (not is_running)


@given(way=st.sampled_from(RenewalWay), is_wanted=st.booleans())
def test_a_wish_counts_only_where_the_supplier_can_do_both(
    *, way: RenewalWay, is_wanted: bool
) -> None:
    assert way in WAITING_WAYS | NOW_WAYS
    is_free = way in WAITING_WAYS and way in NOW_WAYS
    assert waits(way, is_wanted=is_wanted) == (is_wanted if is_free else way in WAITING_WAYS)
    assert is_free == (way is RenewalWay.AS_CHOSEN)
