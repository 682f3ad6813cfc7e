"""Whom a page credits that shows rows of the lists of operators."""

from collections.abc import Iterable
from typing import NamedTuple

from limosa.domain.coverage.engine.operators import WIKIPEDIA, Operator


class Credit(NamedTuple):
    """A work of others, and the licence under which its rows are shown. Pages link to both."""

    title: str
    address: str
    licence: str
    licence_address: str


_CREDITS = {
    WIKIPEDIA: Credit(
        title="Wikipedia, Mobile country code",
        address="https://en.wikipedia.org/wiki/Mobile_country_code",
        licence="CC BY-SA 3.0",
        licence_address="https://creativecommons.org/licenses/by-sa/3.0/",
    )
}


def credits_for(operators: Iterable[Operator]) -> tuple[Credit, ...]:
    """Return what stands at the foot of a page that shows these operators; none: nothing has to.

    What is in the public domain or written for Limosa is not credited.
    """
    sources = {source for operator in operators for source in operator.sources}
    return tuple(credit for source, credit in _CREDITS.items() if source in sources)
