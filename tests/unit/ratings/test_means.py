"""The sums: weighted by age, pulled to the mean of all, with an interval that holds the truth."""

from datetime import date
from fractions import Fraction
from statistics import NormalDist

from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.ratings.engine.means import (
    MONTHS_MAX,
    PEOPLE_LEAST,
    PRIOR_PEOPLE,
    PRIOR_UNKNOWN,
    WEIGHTS,
    Answer,
    plain_mean,
    shrunken_mean,
    sums_of,
    weight_of,
)

NOW = date(2026, 11, 1)
ANSWERS = st.lists(
    st.builds(
        Answer,
        value=st.integers(1, 5).map(lambda value: value * 1000),
        month=st.dates(date(2024, 1, 1), date(2026, 11, 1)),
    ),
    max_size=40,
)


def of(*values: int, month: date = NOW) -> list[Answer]:
    return [Answer(value * 1000, month) for value in values]


def test_a_rating_weighs_half_after_six_months_and_nothing_after_two_years() -> None:
    assert WEIGHTS[0] == 1000
    assert (WEIGHTS[6], WEIGHTS[12], WEIGHTS[MONTHS_MAX]) == (500, 250, 62)
    assert weight_of(date(2024, 10, 31), now=NOW) == 0
    assert weight_of(date(2027, 1, 1), now=NOW) == 1000  # A clock that is ahead gains nothing.
    assert sums_of(of(5, month=date(2020, 1, 1)), now=NOW).count == 0


def test_one_five_hardly_moves_a_place_and_a_hundred_do() -> None:
    few = shrunken_mean(sums_of(of(5), now=NOW), prior=3500)
    many = shrunken_mean(sums_of(of(*[5] * 100), now=NOW), prior=3500)
    assert few.mean == 3750
    assert many.mean == 4929
    assert few.high - few.low > many.high - many.low


def test_nothing_is_known_of_a_place_that_nobody_rated() -> None:
    empty = shrunken_mean(sums_of([], now=NOW), prior=4100)
    assert empty.mean == 4100
    assert empty.low < 4100 < empty.high


@given(answers=ANSWERS, prior=st.integers(1000, 5000))
def test_the_mean_is_the_weighted_one_with_five_people_of_the_prior(
    answers: list[Answer], prior: int
) -> None:
    found = shrunken_mean(sums_of(answers, now=NOW), prior=prior)
    pairs = [(weight_of(answer.month, now=NOW), answer.value) for answer in answers]
    pairs += [(1000, prior)] * PRIOR_PEOPLE
    exact = Fraction(sum(w * x for w, x in pairs), sum(w for w, _ in pairs))
    assert abs(found.mean - exact) <= Fraction(1, 2)
    assert 1000 <= found.low <= found.mean <= found.high <= 5000


@given(answers=ANSWERS, prior=st.integers(1000, 5000))
def test_a_better_answer_never_lowers_a_mean(answers: list[Answer], prior: int) -> None:
    before = shrunken_mean(sums_of(answers, now=NOW), prior=prior).mean
    after = shrunken_mean(sums_of([*answers, Answer(5000, NOW)], now=NOW), prior=prior).mean
    assert after >= before


def test_the_mean_of_all_waits_for_ten() -> None:
    assert plain_mean(sums_of(of(*[5] * (PEOPLE_LEAST - 1)), now=NOW)) == PRIOR_UNKNOWN
    assert plain_mean(sums_of(of(*[5] * PEOPLE_LEAST), now=NOW)) == 5000


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    """Places whose true means lie around the prior, each rated by thirty people."""
    held = 0
    for number, true in enumerate(NormalDist(3500, 400).samples(400, seed=7)):
        given_answers = NormalDist(true, 1000).samples(30, seed=number)
        answers = of(*(min(max(round(one / 1000), 1), 5) for one in given_answers))
        found = shrunken_mean(sums_of(answers, now=NOW), prior=3500)
        held += found.low <= true <= found.high
    assert held >= 360, held
