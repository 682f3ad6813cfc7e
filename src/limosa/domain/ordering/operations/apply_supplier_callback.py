from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q

from limosa.domain.charging.operations.take_usages_told import take_usages_told
from limosa.domain.connectivity.answers import (
    ReportedProfile,
    SupplierCallback,
    SupplyNews,
    SupplyNotice,
)
from limosa.domain.connectivity.capabilities import CallbackAuth
from limosa.domain.connectivity.engine.supplying import BEING_UNDONE
from limosa.domain.connectivity.kept_callbacks import ReceivedCallback, id_with_content
from limosa.domain.connectivity.models import SupplierMessage, Supply
from limosa.domain.connectivity.operations.keep_callback import keep_callback
from limosa.domain.connectivity.operations.keep_received_callback import keep_received_callback
from limosa.domain.connectivity.operations.keep_unsigned_callback import keep_unsigned_callback
from limosa.domain.connectivity.operations.look_up_supply_now import look_up_supply_now
from limosa.domain.connectivity.operations.take_supply import LEASE
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.esims.operations.note_profile_report import ReportNoted, note_profile_report
from limosa.domain.ordering.operations.apply_supply_answer import apply_supply_answer

UNKNOWN = "unknown_order"
_BEING_ASKED = "being_asked"
_AGAIN = {UNKNOWN, _BEING_ASKED}  # It is to be sent again.


@dataclass(frozen=True, slots=True)
class CallbackApplied:
    """What became of a callback, by order number or our public id of an eSIM. `is_done`: the
    supplier may stop sending it. `is_recorded`: False if it was one too many of unsigned ones."""

    results: Mapping[str, str]
    is_done: bool
    is_recorded: bool = True


def apply_supplier_callback(
    *,
    supplier_code: str,
    callback: SupplierCallback,
    now: datetime,
    received: ReceivedCallback | None = None,
) -> CallbackApplied:
    """Apply a parsed callback; return what became of it, and whether the supplier may stop sending
    it.

    What a signed callback says about an order is applied once, however often it is sent; an
    unsigned one only makes us query the supplier, and so does a notice, the first time. Each order
    commits separately, the record of the callback last. A callback about an unknown order has to be
    sent again: the answer to our own call may still be on its way. So has a notice that comes while
    one is asked to cancel: its people may decide before we know what they call it. What a signed
    one reports of profiles on devices is noted of those that this supplier delivered. What one says
    of use is charging's (take_usages_told).
    `received`: what it was read from, to be kept if it names orders. Of unsigned ones, which
    anybody can send, few are kept (keep_unsigned_callback), and none by the supplier's id alone.
    """
    is_believed = capabilities_of(supplier_code).callback_auth is CallbackAuth.SIGNED
    if not is_believed and received is not None:
        callback = _by_its_content(callback, received)
    results = _orders_told(supplier_code, callback, now, is_believed=is_believed)
    if not _AGAIN.isdisjoint(results.values()):
        return CallbackApplied(results, is_done=False)
    orders = set(results)
    results |= take_usages_told(
        supplier_code=supplier_code, usages=callback.usages, is_believed=is_believed, now=now
    )
    if not is_believed:
        is_recorded = keep_unsigned_callback(
            supplier_code=supplier_code,
            message_id=callback.message_id,
            received=received,
            results=results,
            orders=orders,
            now=now,
        )
        return CallbackApplied(results, is_done=True, is_recorded=is_recorded)
    _keep(supplier_code, callback, received, results, orders, now=now)
    return CallbackApplied(results, is_done=True)


def _keep(
    supplier_code: str,
    callback: SupplierCallback,
    received: ReceivedCallback | None,
    results: Mapping[str, str],
    orders: set[str],
    *,
    now: datetime,
) -> None:
    message_id = callback.message_id
    if received is not None and orders:
        keep_received_callback(
            supplier_code=supplier_code,
            message_id=message_id,
            received=received,
            orders=orders,
            is_believed=True,
            now=now,
        )
    keep_callback(supplier_code=supplier_code, message_id=message_id, results=results, now=now)


def _by_its_content(callback: SupplierCallback, received: ReceivedCallback) -> SupplierCallback:
    """Return an unsigned callback under an id of its own, if it can be about an order."""
    if not callback.news and not callback.notices:
        return callback
    return replace(callback, message_id=id_with_content(callback.message_id, received.body))


def _orders_told(
    supplier_code: str, callback: SupplierCallback, now: datetime, *, is_believed: bool
) -> dict[str, str]:
    results: dict[str, str] = {}
    for news in callback.news:
        number = _order_number(supplier_code, news)
        if number is None:
            results[news.number] = UNKNOWN
        elif is_believed:
            results[number] = apply_supply_answer(
                order_number=number, supplier_code=supplier_code, answer=news.answer, now=now
            )
        else:
            results[number] = _have_it_asked(number, supplier_code, now)
    for notice in callback.notices:
        number = _noticed(supplier_code, notice)
        if number is None and notice.application and _is_being_asked(supplier_code, now):
            results[notice.application] = _BEING_ASKED
        if number and number not in results and not _was_kept(supplier_code, callback, number):
            is_early = _is_being_asked(supplier_code, now, order_number=number)
            results[number] = (
                _BEING_ASKED if is_early else _have_it_asked(number, supplier_code, now)
            )
    for reported in callback.reports if is_believed else ():
        number = _order_number(supplier_code, reported)
        results[number or reported.reference] = _noted(reported, now) if number else UNKNOWN
    return results


def _noted(reported: ReportedProfile, now: datetime) -> str:
    noted = note_profile_report(
        iccid=reported.iccid, eid=reported.eid, report=reported.report, now=now
    )
    # Its order is known, and its eSIM is not yet: the answer is being stored.
    return UNKNOWN if noted is ReportNoted.UNKNOWN else noted.value


def _order_number(supplier_code: str, news: SupplyNews | ReportedProfile) -> str | None:
    """Return the order that the news is about; a number is accepted only from the supplier that has
    it."""
    supplies = Supply.objects.filter(supplier=supplier_code)
    if isinstance(news, SupplyNews) and news.number:
        supplies = supplies.filter(order_number=news.number)
    elif news.reference:
        supplies = supplies.filter(reference=news.reference)
    else:
        return None
    return supplies.values_list("order_number", flat=True).first()


def _noticed(supplier_code: str, notice: SupplyNotice) -> str | None:
    """Return the order that a notice is about; None: none of ours, which is nothing to wait for."""
    named = Q(pk__in=[])
    for name, value in (
        ("reference", notice.reference),
        ("order_number", notice.number),
        ("application", notice.application),
    ):
        if value:
            named |= Q(**{name: value})
    supplies = Supply.objects.filter(named, supplier=supplier_code)
    return supplies.values_list("order_number", flat=True).first()


def _is_being_asked(supplier_code: str, now: datetime, **order: str) -> bool:
    """Whether the answer to cancelling an order is awaited just now: of one, or of any there."""
    return Supply.objects.filter(
        state__in=BEING_UNDONE, next_at__lte=now + LEASE, supplier=supplier_code, **order
    ).exists()


def _was_kept(supplier_code: str, callback: SupplierCallback, number: str) -> bool:
    return SupplierMessage.objects.filter(
        supplier_code=supplier_code, message_id=callback.message_id, order_number=number
    ).exists()


def _have_it_asked(number: str, supplier_code: str, now: datetime) -> str:
    """Look up at once what is waiting to be looked up, but nothing that is being ordered just
    now."""
    is_asked = look_up_supply_now(order_number=number, supplier_code=supplier_code, now=now)
    return "asked" if is_asked else "no_news"
