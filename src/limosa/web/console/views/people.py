"""Finding a person, and everything about them on one page."""

from datetime import MAXYEAR, MINYEAR, datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext

from limosa.domain.accounts.models import Subscriber
from limosa.domain.esims.models import Bundle, Esim, Move, MoveState
from limosa.domain.ledger.queries import bonus_balance, wallet_balance
from limosa.web.console.access import staff_page
from limosa.web.console.esim_badges import EsimBadge, badges_of
from limosa.web.console.paging import page_of
from limosa.web.console.search import (
    FOUND_MAX,
    ICCID_TAIL_MIN,
    PART_MIN,
    RetiredIccid,
    search,
)
from limosa.web.console.timeline import timeline_of

FORMER_SHOWN = 100
BUNDLES_PER_ESIM = 5
ESIMS_SHOWN = 20


@staff_page
def people(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """List people, newest first."""
    page = page_of(Subscriber.objects.all(), request)
    return render(request, "console/people.html", {"page": page, "staff": staff})


@staff_page
def find(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """Go to the only match, or show the people and eSIMs that match."""
    text = request.GET.get("q", "")[:200]
    found = search(text)
    if found.page:
        for one in found.retired:
            messages.info(request, retired_text(one))
        return redirect(found.page)
    if not (found.esims or found.retired or found.people):
        messages.warning(request, gettext("No results for “%(text)s”.") % {"text": text})
    return render(
        request,
        "console/found.html",
        {
            "esims": found.esims,
            "retired": [(one, retired_text(one)) for one in found.retired],
            "people": found.people,
            "text": text,
            "most": FOUND_MAX,
            "part": PART_MIN,
            "tail": ICCID_TAIL_MIN,
            "staff": staff,
        },
    )


@staff_page
def person(request: HttpRequest, staff: Subscriber, person_id: int) -> HttpResponse:
    """Show a person: what they have, and what happened to them."""
    shown = get_object_or_404(Subscriber, pk=person_id)
    before = _time(request.GET.get("before", ""))
    # Usage is placed at the end of its day, so the newest moment may be slightly in the future.
    page = timeline_of(shown, before=before or timezone.now() + timedelta(days=2))
    return render(
        request,
        "console/person.html",
        {
            "person": shown,
            "esims": _esims_with_bundles(shown),
            "wallets": wallet_balance(subscriber_id=shown.pk),
            "bonuses": bonus_balance(subscriber_id=shown.pk),
            "page": page,
            "is_first": before is None,
            "staff": staff,
        },
    )


def retired_text(one: RetiredIccid) -> str:
    """Return what an ICCID is that an eSIM does not have."""
    tails = {"old": one.iccid[-8:], "new": one.esim.iccid[-8:]}
    if one.is_former:
        return (
            gettext("…%(old)s is a former ICCID: since the eSIM was moved it has …%(new)s.") % tails
        )
    return (
        gettext("…%(old)s is the ICCID of a move that was not completed: the eSIM kept …%(new)s.")
        % tails
    )


def _esims_with_bundles(
    person: Subscriber,
) -> list[tuple[Esim, list[Bundle], EsimBadge, list[str]]]:
    """Return each eSIM with its newest bundles, where it stands, and the ends of the ICCIDs that it
    had before moves, newest first; five statements."""
    esims = list(
        Esim.objects.filter(subscriber=person)
        .select_related("carrier", "usage_watch")
        .order_by("-id")[:ESIMS_SHOWN]
    )
    bundles = list(
        Bundle.objects.filter(subscriber=person)
        .select_related("plan", "reserve")
        .order_by("-id")[: BUNDLES_PER_ESIM * ESIMS_SHOWN]
    )
    badges = badges_of(esims)
    moves = Move.objects.filter(esim__in=[esim.pk for esim in esims], state=MoveState.DONE)
    former = moves.order_by("-id").values_list("esim_id", "old_iccid")[:FORMER_SHOWN]
    return [
        (
            esim,
            [bundle for bundle in bundles if bundle.esim_id == esim.pk][:BUNDLES_PER_ESIM],
            badges[esim.pk],
            [iccid[-4:] for esim_id, iccid in former if esim_id == esim.pk],
        )
        for esim in esims
    ]


def _time(text: str) -> datetime | None:
    """Return the time that a text names, if it is far enough from the calendar's ends to compute
    with."""
    try:
        parsed = parse_datetime(text)
    except ValueError:
        return None
    if parsed is None or parsed.tzinfo is None or not MINYEAR < parsed.year < MAXYEAR:
        return None
    return parsed
