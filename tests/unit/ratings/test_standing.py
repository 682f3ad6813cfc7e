"""What does not count by itself: free, refunded, disputed, of staff, of partners, excluded."""

import pytest

from limosa.domain.ratings.engine.standing import Grounds, Ruling, Standing, own_standing


def standing(**fields: object) -> Standing:
    defaults: dict[str, object] = {
        "list_minor": 2500,
        "total_minor": 2500,
        "own_minor": 2500,
        "returned_minor": 0,
        "is_returned": False,
        "is_disputed": False,
        "is_staff": False,
        "is_partner": False,
        "ruling": Ruling.NONE,
    }
    return own_standing(Grounds(**(defaults | fields)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ({}, Standing.COUNTS),
        ({"own_minor": 0}, Standing.FREE),
        ({"own_minor": 250}, Standing.FREE),
        ({"own_minor": 251}, Standing.COUNTS),
        ({"total_minor": 1, "own_minor": 1}, Standing.FREE),
        ({"total_minor": 1250, "own_minor": 1250}, Standing.COUNTS),
        ({"returned_minor": 1249}, Standing.COUNTS),
        ({"returned_minor": 1250}, Standing.REFUNDED),
        ({"is_returned": True}, Standing.REFUNDED),
        ({"is_disputed": True}, Standing.DISPUTED),
        ({"is_staff": True, "own_minor": 0}, Standing.STAFF),
        ({"is_partner": True}, Standing.PARTNER),
        ({"ruling": Ruling.EXCLUDED}, Standing.EXCLUDED),
        ({"ruling": Ruling.RELEASED}, Standing.COUNTS),
    ],
)
def test_why_a_rating_does_not_count(case: dict[str, object], expected: Standing) -> None:
    assert standing(**case) is expected


@pytest.mark.parametrize(
    "case",
    [{"own_minor": 0}, {"is_returned": True}, {"is_staff": True}, {"is_partner": True}],
)
def test_no_release_makes_such_a_rating_count(case: dict[str, object]) -> None:
    assert standing(**case, ruling=Ruling.RELEASED) is standing(**case)
