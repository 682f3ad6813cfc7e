"""A supplier refuses a plan for good, or only for now."""

import pytest

from limosa.domain.wholesale.engine.refusing import (
    OF_ONE_ESIM,
    PASSING,
    REFUSED_IN_A_ROW,
    Answered,
    refused_for_good,
)

GONE = Answered("not_sold")
UNLISTED = Answered("not_sold", is_listed=False)
DELIVERED = Answered("")


def test_so_many_orders_in_a_row_are_refused_for_good() -> None:
    assert refused_for_good([GONE] * REFUSED_IN_A_ROW) == "not_sold"
    assert refused_for_good([GONE] * (REFUSED_IN_A_ROW - 1)) == ""
    assert refused_for_good([]) == ""


def test_the_newest_term_is_named() -> None:
    assert refused_for_good([Answered("code_9"), GONE, GONE]) == "code_9"


@pytest.mark.parametrize("place", range(REFUSED_IN_A_ROW))
def test_one_delivery_or_one_refusal_that_passes_among_them_keeps_it_on_sale(place: int) -> None:
    for other in (DELIVERED, *map(Answered, sorted(PASSING))):
        latest = [GONE] * REFUSED_IN_A_ROW
        latest[place] = other
        assert refused_for_good(latest) == ""


def test_what_was_before_them_does_not_count() -> None:
    assert refused_for_good([*[GONE] * REFUSED_IN_A_ROW, DELIVERED]) == "not_sold"


@pytest.mark.parametrize("term", sorted(OF_ONE_ESIM))
def test_what_is_said_of_one_esim_neither_counts_nor_stands_between(term: str) -> None:
    assert refused_for_good([Answered(term)] * REFUSED_IN_A_ROW) == ""
    assert refused_for_good([Answered(term), GONE, Answered(term), GONE, GONE]) == "not_sold"


def test_one_refusal_is_enough_of_what_its_list_no_longer_has() -> None:
    assert refused_for_good([UNLISTED]) == "not_sold"
    assert refused_for_good([UNLISTED, DELIVERED]) == "not_sold"
    assert refused_for_good([DELIVERED, UNLISTED]) == ""
    assert refused_for_good([Answered("out_of_stock", is_listed=False)]) == ""
