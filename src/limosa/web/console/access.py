"""Who may see the console: staff. For everybody else it does not exist.

Staff need a second step, given in this session; before refunds, exports and changes to the staff
they have to authenticate again.

A page that only shows something is a `staff_page`; one that performs an action is a
`staff_action_page` for that action. What a role may do is defined in support/duties.py and enforced
by the operations; here it is checked beforehand, so that nobody fills in a form in vain.
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
    """Let all staff read the page, and nobody post to it."""
    return _guarded(view, action=None, is_readable=True)


def staff_action_page(
    action: AuditAction, *, is_readable: bool = False
) -> Callable[[StaffView[_Rest]], GuardedView[_Rest]]:
    """Let staff whose role allows the action use the page; `is_readable`: others may read it."""

    def guard(view: StaffView[_Rest]) -> GuardedView[_Rest]:
        return _guarded(view, action=action, is_readable=is_readable)

    return guard


def _guarded(
    view: StaffView[_Rest], *, action: AuditAction | None, is_readable: bool
) -> GuardedView[_Rest]:
    """Call the view with the member of the staff; ask strangers to sign in; 404 for anyone else."""

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
    """Redirect to where a second step is set up or given; None if this session has it."""
    if not has_second_step(person):
        return redirect("mfa_index")
    if not signed_in_by_second_step(request, person):
        return redirect_to_login(request.get_full_path(), second_step_address(person))
    return None


class _NotReadingError(Exception):
    """Something was posted to a read-only page."""


def _check_deed(
    request: HttpRequest, person: Subscriber, *, action: AuditAction | None, is_readable: bool
) -> None:
    """Raise _NotReadingError or RoleTooLowError for what this person may not do here.

    Raises ReauthenticationRequired if they have to authenticate again: allauth's middleware asks
    them to, and then resumes the request.
    """
    if request.method in _READING and is_readable:
        return
    if action is None:
        raise _NotReadingError
    if not may(person, action):
        raise RoleTooLowError
    if action in NEEDS_PROOF and not has_shown_lately(request, person, now=timezone.now()):
        raise ReauthenticationRequired
