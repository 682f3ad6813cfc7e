"""Nobody's wish alone gives money back that a supplier still gets."""

from itertools import product

import pytest

from limosa.domain.connectivity.capabilities import Cancel, Capabilities, RenewalStart
from limosa.domain.ordering.engine.returning import ReturnWay, return_way

OURS = Capabilities(cancel=Cancel.NONE, renewal_start=RenewalStart.AS_CHOSEN)
YES_NO = (False, True)


@pytest.mark.parametrize(("is_own", "is_installed", "was_refused"), list(product(YES_NO, repeat=3)))
def test_what_is_ours_alone_to_end_is_returned_at_once(
    *, is_own: bool, is_installed: bool, was_refused: bool
) -> None:
    way = return_way(OURS, is_own_esim=is_own, is_installed=is_installed, was_refused=was_refused)
    assert way is ReturnWay.AT_ONCE


@pytest.mark.parametrize(
    ("cancel", "cancels_delivered", "is_own", "is_installed", "was_refused"),
    list(product(Cancel, YES_NO, YES_NO, YES_NO, YES_NO)),
)
def test_a_supplier_is_asked_only_for_what_it_can_still_cancel(
    *, cancel: Cancel, cancels_delivered: bool, is_own: bool, is_installed: bool, was_refused: bool
) -> None:
    way = return_way(
        Capabilities(cancel=cancel, cancels_delivered=cancels_delivered, end_early=True),
        is_own_esim=is_own,
        is_installed=is_installed,
        was_refused=was_refused,
    )
    is_possible = cancel is not Cancel.NONE and cancels_delivered
    is_asked = is_possible and is_own and not is_installed and not was_refused
    assert way is (ReturnWay.ASKED if is_asked else ReturnWay.BY_STAFF)
