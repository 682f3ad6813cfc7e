"""A planted bug is found by its name, in whichever runs it is planted."""

from limosa_lab.simulation.planted_bugs import PLANTED_BUGS
from limosa_lab.simulation.planted_several import SEVERAL_BUGS
from limosa_lab.simulation.renewals.planted import RENEWAL_BUGS


def test_no_two_planted_bugs_have_one_name() -> None:
    names = [*PLANTED_BUGS, *SEVERAL_BUGS, *RENEWAL_BUGS]
    assert sorted(set(names)) == sorted(names)
