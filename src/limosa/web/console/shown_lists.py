"""Lists of which a page shows one: what waits, what is done, or all."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from limosa.domain.accounts.models import Subscriber
from limosa.web.console.paging import page_of


def shown_list(
    request: HttpRequest,
    staff: Subscriber,
    template: str,
    lists: Mapping[str, QuerySet[Any]],
) -> HttpResponse:
    """Show the list that `?show=` names, a page at a time; without it, the first.

    Raises Http404 for a name that is none of theirs.
    """
    show = request.GET.get("show", next(iter(lists)))
    if show not in lists:
        raise Http404
    context = {"page": page_of(lists[show], request), "show": show, "staff": staff}
    return render(request, template, context)
