"""The states of the United States that have pages, and their names."""

from dataclasses import dataclass
from functools import cache

from django.urls import reverse

from limosa.domain.coverage.shipped_places import NAME_COLUMNS, rows
from limosa.web.wording import formatting

UNITED_STATES = "US"


@dataclass(frozen=True, slots=True)
class State:
    """`code`: as the postal service writes it; `fips`: of two digits, as counties begin with."""

    code: str
    fips: str
    names: dict[str, str]

    @property
    def slug(self) -> str:
        """How it stands in an address."""
        return self.code.lower()

    @property
    def url(self) -> str:
        """The address of its page."""
        return reverse("coverage_state", args=[self.slug])

    @property
    def name(self) -> str:
        """Its name in the active language."""
        return self.names[formatting.language()]


@cache
def states() -> dict[str, State]:
    """Return all by slug, in the order of their English names."""
    found = (
        State(row["code"], row["fips"], {code: row[one] for code, one in NAME_COLUMNS.items()})
        for row in rows("geo/us_states.csv")
    )
    return {state.slug: state for state in sorted(found, key=lambda one: one.names["en"])}
