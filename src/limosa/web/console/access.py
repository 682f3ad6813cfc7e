"""Who may see the console: members of the staff. To others it is not there.

They have a second step for signing in, and this session was begun with it; before refunds, exports
and changes of the staff they show once more that it is they.

A page that only shows is a `staff_page`; one where something is done is a `staff_action_page` of
that action. What a role may do stands in support/duties.py, and is held by the operations; here it
is looked up before, so that nobody fills in a form in vain.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from allauth.core.exceptions import ReauthenticationRequired
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.duties import NEEDS_PROOF, may
from limosa.domain.support.models import AuditAction
from limosa.domain.support.refusals import RoleTooLowError
from limosa.web.console.plain_text import with_unseen_shown
from limosa.web.console.staff_sessions import second_step_address
from limosa.web.second_step import has_second_step
from limosa.web.shown import has_shown_lately, signed_in_by_second_step

_Rest = ParamSpec("_Rest")
StaffView = Callable[Concatenate[HttpRequest, Subscriber, _Rest], HttpResponseBase]
GuardedView = Callable[Concatenate[HttpRequest, _Rest], HttpResponseBase]
_READING = ("GET", "HEAD")


def staff_page(view: StaffView[_Rest]) -> GuardedView[_Rest]:
    """Let everybody of the staff read the page, and nobody send it anything."""
    return _guarded(view, action=None, is_readable=True)


def staff_action_page(
    action: AuditAction, *, is_readable: bool = False
) -> Callable[[StaffView[_Rest]], GuardedView[_Rest]]:
    """Let those use the page whose role may do the action; `is_readable`: others may read it."""

    def guard(view: StaffView[_Rest]) -> GuardedView[_Rest]:
        return _guarded(view, action=action, is_readable=is_readable)

    return guard


def _guarded(
    view: StaffView[_Rest], *, action: AuditAction | None, is_readable: bool
) -> GuardedView[_Rest]:
    """Call the view with the member of the staff; ask strangers to sign in; 404 to the rest."""

    @never_cache
    @wraps(view)
    def guarded(
        request: HttpRequest, /, *args: _Rest.args, **rest: _Rest.kwargs
    ) -> HttpResponseBase:
        person = request.user
        if not person.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not person.staff_role:
            raise Http404
        if (first := _second_step_first(request, person)) is not None:
            return first
        try:
            _check_deed(request, person, action=action, is_readable=is_readable)
            return with_unseen_shown(view(request, person, *args, **rest))
        except _NotReadingError:
            return HttpResponseNotAllowed(_READING)
        except RoleTooLowError:
            return render(request, "console/refused.html", {"staff": person}, status=403)

    return guarded


def _second_step_first(request: HttpRequest, person: Subscriber) -> HttpResponseBase | None:
    """Lead to where a second step is set up, or asked for; None when this session has it."""
    if not has_second_step(person):
        return redirect("mfa_index")
    if not signed_in_by_second_step(request, person):
        return redirect_to_login(request.get_full_path(), second_step_address(person))
    return None


class _NotReadingError(Exception):
    """Something was sent to a page that only shows."""


def _check_deed(
    request: HttpRequest, person: Subscriber, *, action: AuditAction | None, is_readable: bool
) -> None:
    """Raise _NotReadingError or RoleTooLowError for what this person may not do here.

    Raises ReauthenticationRequired where they have to show once more that it is they: allauth's
    middleware asks, and goes on with what was sent.
    """
    if request.method in _READING and is_readable:
        return
    if action is None:
        raise _NotReadingError
    if not may(person, action):
        raise RoleTooLowError
    if action in NEEDS_PROOF and not has_shown_lately(request, person, now=timezone.now()):
        raise ReauthenticationRequired
