"""The operators of the lists that ship with the program, read once per process."""

from functools import cache

from limosa.domain.coverage.engine.operators import Operator, operators_by_country
from limosa.domain.coverage.engine.provider_file import read_providers
from limosa.domain.coverage.shipped_places import DATA, rows

NETWORKS = "mccmnc/operators_wikipedia.csv"
ADDITIONS = "operators/additions.csv"
PROVIDERS = "operators/serviceproviders.xml"


@cache
def shipped_operators() -> dict[str, tuple[Operator, ...]]:
    """Return the operators of each country."""
    providers = read_providers((DATA / PROVIDERS).read_bytes())
    return operators_by_country(rows(NETWORKS), providers, rows(ADDITIONS))
