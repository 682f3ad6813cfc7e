"""Many seeds draw every pair of choices, and one that is missing is named."""

import pytest

from limosa_lab.simulation.configuration import PAYMENTS, RUNS_TO_COVER, coverage, draw, never_drawn


@pytest.mark.parametrize("first", [1, 1000, 123_456])
def test_so_many_runs_draw_every_pair_of_choices(first: int) -> None:
    drawn = [draw(seed) for seed in range(first, first + RUNS_TO_COVER[PAYMENTS])]
    assert never_drawn(drawn) == []


def test_a_pair_that_was_never_drawn_is_named() -> None:
    drawn = [draw(seed) for seed in range(1, 3 * RUNS_TO_COVER[PAYMENTS])]
    kept = [
        one
        for one in drawn
        if not (one.currency == "KWD" and one.taken_in == "own" and one.tax_basis_points == 725)
    ]
    assert never_drawn(kept) == []
    kept = [one for one in drawn if not (one.currency == "KWD" and one.taken_in == "own")]
    assert never_drawn(kept) == [(("currency", "KWD"), ("taken_in", "own"))]
    assert coverage(kept) != coverage(drawn)


def test_a_seed_draws_the_same_configuration_again() -> None:
    assert draw(7) == draw(7)
