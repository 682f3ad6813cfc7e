"""Who may see what. Every object is fetched through its owner.

A guest who came by a signed link may follow the orders that they placed themselves; the numbers are
kept in the guest's session, and give access to nothing else of the owner's.
"""

from django.db.models import Q
from django.http import Http404, HttpRequest

from limosa.domain.accounts.models import Subscriber
from limosa.domain.esims.models import Esim, EsimState
from limosa.domain.ordering.models import Order
from limosa.domain.ordering.purchases import Purchase
from limosa.domain.support.models import Case
from limosa.domain.wallets.models import WalletTopUp, is_top_up

_GUEST_ORDERS = "guest_orders"
_GUEST_ORDERS_MAX = 20


def person_of(request: HttpRequest) -> Subscriber:
    """Return the signed-in person. Raises Http404."""
    if not request.user.is_authenticated:
        raise Http404
    return request.user


def own_esim(request: HttpRequest, public_id: str) -> Esim:
    """Return an eSIM of the signed-in person. Raises Http404."""
    esim = (
        person_of(request)
        .esims.filter(public_id=public_id)
        .exclude(state=EsimState.DELETED)
        .select_related("carrier")
        .first()
    )
    if esim is None:
        raise Http404
    return esim


def visible_order(request: HttpRequest, number: str) -> Order:
    """Return an order that this person owns, or placed as a guest. Raises Http404."""
    mine = Q(number__in=guest_orders(request))
    if request.user.is_authenticated:
        mine |= Q(subscriber=request.user)
    order = (
        Order.objects.filter(mine, number=number)
        .select_related("quote__plan__carrier", "quote__promotion", "esim__carrier", "subscriber")
        .first()
    )
    if order is None:
        raise Http404
    return order


def visible_purchase(request: HttpRequest, number: str) -> Purchase:
    """Return what a payment page is about: an order, as `visible_order`, or a top-up of the
    signed-in person. Raises Http404."""
    return own_top_up(request, number) if is_top_up(number) else visible_order(request, number)


def own_purchase(request: HttpRequest, number: str) -> Purchase:
    """Return an order or a top-up of the signed-in person. Raises Http404."""
    return own_top_up(request, number) if is_top_up(number) else own_order(request, number)


def own_top_up(request: HttpRequest, number: str) -> WalletTopUp:
    """Return a wallet top-up of the signed-in person. Raises Http404."""
    found = (
        WalletTopUp.objects.filter(subscriber=person_of(request), number=number)
        .select_related("subscriber")
        .first()
    )
    if found is None:
        raise Http404
    return found


def own_case(request: HttpRequest, number: str) -> Case:
    """Return a case of the signed-in person. Raises Http404."""
    case = person_of(request).cases.select_related("order").filter(number=number).first()
    if case is None:
        raise Http404
    return case


def own_order(request: HttpRequest, number: str) -> Order:
    """Return an order of the signed-in person. Raises Http404."""
    order = visible_order(request, number)
    if is_guest(request, order):
        raise Http404
    return order


def is_guest(request: HttpRequest, order: Purchase) -> bool:
    """Whether this person follows the order without owning it."""
    return not request.user.is_authenticated or request.user.pk != order.subscriber_id


def guest_orders(request: HttpRequest) -> list[str]:
    """Return the numbers of the orders that this guest placed."""
    numbers: list[str] = request.session.get(_GUEST_ORDERS, [])
    return numbers


def let_guest_follow(request: HttpRequest, order: Order) -> None:
    """Let a guest follow the order that they have just placed."""
    kept = [number for number in guest_orders(request) if number != order.number]
    request.session[_GUEST_ORDERS] = [*kept, order.number][-_GUEST_ORDERS_MAX:]
