"""Which plan would have cost least: by one's own use, or by three answers."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from limosa.domain.advice.engine.assuming import BYTES_A_DAY, DAYS_MAX
from limosa.domain.esims.queries import EsimView, home_esims
from limosa.domain.renewals.queries import same_bundles
from limosa.web.storefront.about_pages import about_page
from limosa.web.storefront.advice import (
    AdvicePage,
    Answers,
    newcomer_page,
    person_page,
    read_answers,
)
from limosa.web.storefront.names import name_in_view
from limosa.web.storefront.plan_list import sold_in
from limosa.web.storefront.views.plans import currency_of
from limosa.web.wording import countries
from limosa.web.wording.suiting import PURPOSES


def advice(request: HttpRequest) -> HttpResponse:
    """Show a person what their last days would have cost, and anybody what a journey may cost."""
    answers, now = read_answers(request.GET), timezone.now()
    views, chosen = _esims(request, answers, now=now)
    same = same_bundles(views, now=now)
    names = {view.esim.pk: name_in_view(view, same.get(view.esim.pk)) for view in views}
    page: AdvicePage | None
    if chosen is None:
        page = newcomer_page(answers, currency=currency_of(request), now=now)
    else:
        page = person_page(
            chosen.esim,
            same.get(chosen.esim.pk),
            currency=currency_of(request),
            country=answers.country,
            now=now,
        )
    sold = {*sold_in(now), answers.country}
    return render(
        request,
        "storefront/advice.html",
        {
            "about": about_page("advice"),
            "answers": answers,
            "page": page,
            "view": chosen,
            "name": names.get(chosen.esim.pk, "") if chosen else "",
            "esims": [(view.esim, names[view.esim.pk]) for view in views],
            "countries": [choice for choice in countries.choices() if choice[0] in sold],
            "uses": [(use.value, PURPOSES[use], size) for use, size in BYTES_A_DAY.items()],
            "days_max": DAYS_MAX,
        },
    )


def _esims(
    request: HttpRequest, answers: Answers, *, now: datetime
) -> tuple[list[EsimView], EsimView | None]:
    """Return a person's eSIMs, and the one that is asked about: unless told, the first in use.

    Raises Http404 for another person's.
    """
    if not request.user.is_authenticated or answers.is_asked:
        return [], None
    views = home_esims(subscriber_id=request.user.pk, now=now)
    wanted = request.GET.get("esim", "")
    if not wanted:
        return views, min(views, key=lambda view: not view.in_use, default=None)
    for view in views:
        if view.esim.public_id == wanted:
            return views, view
    raise Http404
