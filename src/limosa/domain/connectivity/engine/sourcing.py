"""At which of its suppliers a plan is ordered, and by which code."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from limosa.domain.catalog.engine.sources import Source
from limosa.domain.connectivity.capabilities import Capabilities, Renewal


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A source, its code for this order, and what the order is there: another bundle on the eSIM
    that is renewed, or a new eSIM. `is_ready`: it is asked at once; otherwise the order waits."""

    source: Source
    code: str
    is_on_renewed: bool
    is_ready: bool


def renewal_at(source: Source, can: Capabilities) -> Renewal:
    """Return what a renewal of an eSIM of this source is: where there is no code for it, the person
    gets a new eSIM."""
    is_same = can.renewal is Renewal.SAME_ESIM and source.renewal_code
    return Renewal.SAME_ESIM if is_same else Renewal.NEW_ESIM


def next_choice(
    sources: Sequence[Source],
    *,
    renewed_at: str | None,
    tried: Container[str],
    held_back: Container[str],
    can: Mapping[str, Capabilities],
) -> Choice | None:
    """Return where to order next; None: nowhere any more.

    `renewed_at`: the supplier of the eSIM that is renewed, which alone can renew it; None: a new
    eSIM. `tried`: suppliers that have refused. `held_back`: paused ones, or not set up: the last
    choice, since an order waits there. `can`: of every supplier in the sources.
    """
    there = [source for source in sources if source.supplier not in tried]
    if renewed_at is not None:
        there = [source for source in there if source.supplier == renewed_at]
    ready = [source for source in there if source.supplier not in held_back]
    source = next(iter(ready or there), None)
    if source is None:
        return None
    is_same = renewed_at is not None and (
        renewal_at(source, can[source.supplier]) is Renewal.SAME_ESIM
    )
    code = source.renewal_code if is_same else source.code
    return Choice(source=source, code=code, is_on_renewed=is_same, is_ready=bool(ready))
