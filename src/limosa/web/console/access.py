"""Who may see the console: members of the staff. To others it is not there."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache

from limosa.domain.accounts.models import Subscriber

_Rest = ParamSpec("_Rest")
StaffView = Callable[Concatenate[HttpRequest, Subscriber, _Rest], HttpResponseBase]


def staff_page(
    view: StaffView[_Rest],
) -> Callable[Concatenate[HttpRequest, _Rest], HttpResponseBase]:
    """Call the view with the member of the staff; ask strangers to sign in; 404 to the rest."""

    @never_cache
    @wraps(view)
    def guarded(
        request: HttpRequest, /, *args: _Rest.args, **rest: _Rest.kwargs
    ) -> HttpResponseBase:
        person = request.user
        if not person.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not person.is_staff:
            raise Http404
        return view(request, person, *args, **rest)

    return guarded
