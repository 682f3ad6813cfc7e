"""What pages call an eSIM."""

from datetime import datetime

from limosa.domain.esims.models import Bundle, Esim
from limosa.domain.esims.queries import EsimView, esim_view, open_bundles
from limosa.domain.renewals.queries import same_bundles
from limosa.web.wording import formatting


def name_in_view(view: EsimView, last: Bundle | None) -> str:
    """Return an eSIM's own name; else that of its plan; else its carrier's. `last`: the bundle
    whose plan counts as the same again."""
    bundle = view.current or next(iter(view.queued), last)
    plan = bundle.plan.name_in(formatting.language()) if bundle else ""
    return view.esim.label or plan or view.esim.carrier.name


def name_of(esim: Esim, *, now: datetime) -> str:
    """Return what an eSIM is called. Two statements at most, if it has no name of its own."""
    if esim.label:
        return esim.label
    return name_of_viewed(
        esim_view(esim=esim, bundles=open_bundles(esim_ids=[esim.pk]), now=now), now=now
    )


def name_of_viewed(view: EsimView, *, now: datetime) -> str:
    """Return what an eSIM is called whose open bundles were read. One statement at most: none while
    a bundle is open."""
    return name_in_view(view, same_bundles([view], now=now).get(view.esim.pk))
