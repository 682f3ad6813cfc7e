"""What is known of a rating's writer and order."""

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from django.db.models import Sum
from django.utils.crypto import salted_hmac

from limosa.domain.accounts.models import KnownDevice, SecurityEvent, SecurityEventKind, Subscriber
from limosa.domain.esims.models import Bundle, BundleState, Device
from limosa.domain.ledger.models import AccountKind, Posting
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.payments.models import Payment, SavedMethod
from limosa.domain.ratings.engine.abuse import Mark, MarkKind
from limosa.domain.ratings.engine.standing import Grounds, Ruling
from limosa.domain.ratings.models import Rating

SIGNED_IN_WITHIN = timedelta(days=90)
_WALLET = "wallet"
# So many of a person's latest sign-ins, devices and methods are compared with others'.
_MARKS_MAX = 20
_NETWORK_BITS = 64


def address_digest(address: str) -> str:
    """Return the stored form of an address: of IPv6, of its network; empty for none."""
    if not address:
        return ""
    parsed = ip_address(address)
    is_v6 = isinstance(parsed, IPv6Address)
    text = str(int(parsed) >> _NETWORK_BITS if is_v6 else parsed)
    return salted_hmac("limosa.ratings.address", text, algorithm="sha256").hexdigest()


def own_money(order: Order) -> int:
    """Return how much of an order's total was its person's own money, in minor units.

    A wallet is spent from what was given first: goodwill credited to it before counts as such up to
    the order's total.
    """
    total: int = order.quote.total_minor
    is_from_wallet = Payment.objects.filter(
        order_number=order.number, pays_order=True, provider=_WALLET
    ).exists()
    if not is_from_wallet:
        return total if order.paid_at is not None else 0
    given = Posting.objects.filter(
        account__kind=AccountKind.WALLET,
        account__subscriber_id=order.subscriber_id,
        account__currency=order.quote.currency,
        entry__kind="goodwill",
        entry__posted_at__lte=order.paid_at,
    ).aggregate(sum=Sum("amount_minor"))["sum"]
    return max(total + (given or 0), 0)


def was_ever_staff(person: Subscriber) -> bool:
    """Return whether somebody is, or was, on the staff."""
    return (
        bool(person.staff_role)
        or SecurityEvent.objects.filter(
            subscriber=person, kind=SecurityEventKind.STAFF_ADDED
        ).exists()
    )


def grounds_of(
    rating: Rating, bundle: Bundle, writer: Subscriber, *, order_state: str, returned_minor: int
) -> Grounds:
    """Return what decides whether a rating counts by itself. No statement, if the bundle, the
    writer and whether they are an insider have been read.

    `order_state`, `returned_minor`: of the bundle's order, as they are now.
    """
    return Grounds(
        list_minor=rating.list_minor,
        total_minor=rating.total_minor,
        own_minor=rating.own_minor,
        returned_minor=returned_minor,
        is_returned=order_state == OrderState.REFUNDED or bundle.state == BundleState.REFUNDED,
        is_disputed=bundle.suspended_at is not None,
        is_staff=rating.was_staff or bool(writer.staff_role),
        is_partner=hasattr(writer, "insider"),
        ruling=Ruling(rating.ruling),
    )


def marks_of(person: Subscriber, bundle: Bundle) -> set[Mark]:
    """Return what a bundle's person may have in common with others, as digests.

    Addresses are those of sign-ins before the bundle began: later ones may be the eSIM's own.
    """
    devices = Device.objects.filter(subscriber=person, eid_index__isnull=False)
    browsers = KnownDevice.objects.filter(subscriber=person)
    methods = SavedMethod.objects.filter(subscriber=person)
    found = {
        Mark(MarkKind.DEVICE, _digest("eid", str(index)))
        for index in devices.order_by("-id").values_list("eid_index", flat=True)[:_MARKS_MAX]
    }
    found |= {
        Mark(MarkKind.DEVICE, _digest("browser", digest))
        for digest in browsers.order_by("-seen_at").values_list("digest", flat=True)[:_MARKS_MAX]
    }
    for method in methods.order_by("-id")[:_MARKS_MAX]:
        known = f"{method.provider} {method.reference_index}"
        found.add(Mark(MarkKind.METHOD, _digest("method", known)))
        if any(letter.isdigit() for letter in method.label):
            found.add(Mark(MarkKind.CARD, _digest("card", f"{method.provider} {method.label}")))
    return found | _addresses(person, bundle.starts_at or bundle.created_at)


def _addresses(person: Subscriber, before: datetime) -> set[Mark]:
    events = SecurityEvent.objects.filter(
        subscriber=person,
        kind=SecurityEventKind.SIGNED_IN,
        at__lte=before,
        at__gt=before - SIGNED_IN_WITHIN,
        address__isnull=False,
    ).order_by("-id")
    addresses = events.values_list("address", flat=True)[:_MARKS_MAX]
    return {Mark(MarkKind.ADDRESS, address_digest(address)) for address in addresses if address}


def _digest(what: str, text: str) -> str:
    return salted_hmac(f"limosa.ratings.{what}", text, algorithm="sha256").hexdigest()
