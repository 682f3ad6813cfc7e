"""What every supplier's adapter has to do, as its capabilities say. Sockets are closed: whoever
says that it answers from our own database does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone

from limosa.domain.connectivity.answers import (
    CallbackRefusedError,
    CancelAnswer,
    Delivered,
    Duplicate,
    Pending,
    SupplierEsim,
    SupplyAnswer,
    SupplyHandle,
    SupplyRequest,
    Unknown,
)
from limosa.domain.connectivity.capabilities import (
    CallbackAuth,
    Cancel,
    Idempotency,
    Renewal,
)
from limosa.domain.connectivity.engine.believing import believed
from limosa.domain.connectivity.port import SupplierAdapter
from limosa.domain.wholesale.engine.differences import changes_between
from limosa.domain.wholesale.engine.gathering import Gathering
from limosa.foundation.errors import LocalProtocolError, ProviderError
from limosa.foundation.identifiers import parse_iccid
from tests.contract.suppliers.conftest import NAMES
from tests.contract.suppliers.harness import KINDS, SUPPLIERS, Harness
from tests.contract.suppliers.simulated import SIMULATED, SimulatedHarness
from tests.factories import MOMENT

NUMBER = "L-7Q4K92MX"
HANDLE = SupplyHandle(number=NUMBER)


DAY = timedelta(days=1)


def order(harness: Harness, number: str = NUMBER) -> SupplyAnswer:
    """Order a new eSIM, and wait for it where it is delivered later."""
    return settle(harness, harness.request(number))


def settle(harness: Harness, request: SupplyRequest) -> SupplyAnswer:
    answer = harness.adapter.order(request)
    if not isinstance(answer, Pending):
        return answer
    harness.deliver(request.number)
    handle = SupplyHandle(
        number=request.number, reference=answer.reference, renewed=request.renewed
    )
    return told(harness, request.number, harness.adapter.look_up(handle))


def told(harness: Harness, number: str, answer: SupplyAnswer) -> SupplyAnswer:
    """Return what is known of a delivered order: what a look-up leaves open, a callback tells."""
    message = harness.message(number) if isinstance(answer, Pending) else None
    if message is None:
        return answer
    read = harness.adapter.read_callback(headers=message.headers, body=message.body, now=MOMENT)
    return read.news[0].answer


def tells_of_no_orders(harness: Harness) -> bool:
    """Whether it sends no callbacks, or only such as tell of something else."""
    is_silent = harness.adapter.capabilities.callback_auth is CallbackAuth.NONE
    return is_silent or (isinstance(harness, SimulatedHarness) and harness.code == "airalo")


def handle_of(answer: SupplyAnswer) -> SupplyHandle:
    """Return how we name an order afterwards."""
    assert isinstance(answer, Delivered)
    profile = answer.profile
    assert profile is not None
    return SupplyHandle(
        number=NUMBER,
        reference=answer.reference,
        delivered=SupplierEsim(
            iccid=profile.iccid, reference=profile.reference, order_reference=answer.reference
        ),
    )


def test_every_supplier_of_the_settings_is_held_to_this() -> None:
    example = {"skylark"}  # docs/howto/add-a-supplier.md
    assert set(SUPPLIERS) == {one.code for one in settings.SUPPLIER_DECLARATIONS} | example
    assert set(NAMES) == {*SUPPLIERS, *SIMULATED, *KINDS}


def test_a_new_esim_comes_with_a_profile(harness: Harness) -> None:
    answer = order(harness)
    assert isinstance(answer, Delivered)
    assert answer.profile is not None
    assert parse_iccid(answer.profile.iccid) == answer.profile.iccid
    assert answer.profile.activation_code.startswith("LPA:1$")


def test_two_orders_are_two_esims(harness: Harness) -> None:
    first, second = order(harness), order(harness, "L-OTHER")
    assert isinstance(first, Delivered)
    assert isinstance(second, Delivered)
    assert first.profile
    assert second.profile
    assert first.profile.iccid != second.profile.iccid
    assert not first.reference or first.reference != second.reference


def is_on_a_new_esim(harness: Harness, answer: SupplyAnswer, request: SupplyRequest) -> bool:
    """Whether an answer to a renewal, as it is believed, is another eSIM than the renewed one."""
    assert isinstance(answer, Delivered)
    is_same = harness.adapter.capabilities.renewal is Renewal.SAME_ESIM
    meant = believed(answer, renewed=request.renewed, is_same_esim=is_same)
    assert isinstance(meant, Delivered)
    return meant.profile is not None


def test_a_renewal_is_on_the_same_esim_or_on_a_new_one(harness: Harness) -> None:
    request = harness.request(NUMBER, is_renewal=True)
    is_new = is_on_a_new_esim(harness, settle(harness, request), request)
    assert is_new == (harness.adapter.capabilities.renewal is Renewal.NEW_ESIM)


def test_a_renewal_that_is_looked_up_is_what_was_ordered(harness: Harness) -> None:
    can = harness.adapter.capabilities
    if can.in_own_database:
        return  # It is never asked: it delivers in the commit that takes the money.
    request = harness.request(NUMBER, is_renewal=True)
    answer = settle(harness, request)
    assert isinstance(answer, Delivered)
    if not (can.looks_up_by_number or answer.reference):
        return  # It can't be asked.
    handle = SupplyHandle(number=NUMBER, reference=answer.reference, renewed=request.renewed)
    found = harness.adapter.look_up(handle)
    assert is_on_a_new_esim(harness, found, request) == (can.renewal is Renewal.NEW_ESIM)


def test_a_renewal_of_which_a_callback_tells_is_what_was_ordered(harness: Harness) -> None:
    request = harness.request(NUMBER, is_renewal=True)
    settle(harness, request)
    message = harness.message(NUMBER)
    can = harness.adapter.capabilities
    if message is None:
        assert tells_of_no_orders(harness)
        return
    read = harness.adapter.read_callback(headers=message.headers, body=message.body, now=MOMENT)
    (news,) = read.news
    if can.callback_auth is CallbackAuth.UNSIGNED:
        return  # It only makes us ask.
    is_new = is_on_a_new_esim(harness, news.answer, request)
    assert is_new == (can.renewal is Renewal.NEW_ESIM)


def test_the_same_number_again_is_the_same_order_or_refused(harness: Harness) -> None:
    first, second = order(harness), order(harness)
    match harness.adapter.capabilities.idempotency:
        case Idempotency.SAME_ORDER | Idempotency.SENT_AGAIN:
            assert second == first
            assert harness.made(NUMBER) in {None, 1}
        case Idempotency.DUPLICATE_REFUSED:
            assert second == Duplicate()
            assert harness.made(NUMBER) in {None, 1}
        case _:
            pass  # Whatever it does then, it is never sent twice.


def is_found(harness: Harness) -> bool:
    """Whether the supplier finds an order by our number; what can't be asked finds nothing."""
    try:
        return harness.adapter.look_up(HANDLE) != Unknown()
    except LocalProtocolError:
        return False


def test_an_order_whose_answer_was_lost_is_found_by_our_number_where_it_says_so(
    harness: Harness,
) -> None:
    if harness.lose_answer():
        with pytest.raises(ProviderError):
            order(harness)
    else:
        order(harness)
    assert is_found(harness) == harness.adapter.capabilities.looks_up_by_number
    if is_found(harness):
        found = told(harness, NUMBER, harness.adapter.look_up(HANDLE))
        assert isinstance(found, Delivered)
        assert found.profile is not None
        if harness.adapter.capabilities.idempotency is Idempotency.SAME_ORDER:
            assert order(harness) == found
    if harness.adapter.capabilities.idempotency is Idempotency.SENT_AGAIN:
        assert isinstance(order(harness), Delivered)
        assert harness.made(NUMBER) == 1


def test_an_order_that_was_never_made_is_not_found(harness: Harness) -> None:
    assert not is_found(harness)


def test_what_is_delivered_later_is_pending_first(harness: Harness) -> None:
    is_delayed = harness.delay()
    first = harness.adapter.order(harness.request(NUMBER))
    assert isinstance(first, Pending if is_delayed else Delivered)
    if isinstance(first, Delivered):
        return
    handle = SupplyHandle(number=NUMBER, reference=first.reference)
    assert isinstance(harness.adapter.look_up(handle), Pending)
    harness.deliver(NUMBER)
    found = told(harness, NUMBER, harness.adapter.look_up(handle))
    assert isinstance(found, Delivered)
    assert found.profile is not None


def test_what_was_undone_may_be_undone_again(harness: Harness) -> None:
    answer = order(harness)
    handle = handle_of(answer)
    can = harness.adapter.capabilities
    if can.cancel is not Cancel.NONE:
        said = [harness.adapter.cancel(handle) for _ in range(2)]
        assert CancelAnswer.REFUSED not in said
    if can.end_early:
        said = [harness.adapter.end_early(handle) for _ in range(2)]
        assert CancelAnswer.REFUSED not in said


def test_usage_is_in_bytes_or_refused(harness: Harness) -> None:
    answer = order(harness)
    assert isinstance(answer, Delivered)
    assert answer.profile is not None
    profile = answer.profile
    esim = SupplierEsim(
        iccid=profile.iccid, reference=profile.reference, order_reference=answer.reference
    )
    unit = harness.adapter.capabilities.usage_unit
    if unit is None:
        with pytest.raises(LocalProtocolError):
            harness.adapter.usage([esim])
        return
    for usage in harness.adapter.usage([esim]):
        assert usage.esim == esim
        assert usage.used_bytes is None or usage.used_bytes % unit == 0
        assert usage.as_of.tzinfo is not None


def test_nothing_is_listed_or_told_that_it_says_it_can_not(harness: Harness) -> None:
    can, adapter = harness.adapter.capabilities, harness.adapter
    calls: list[tuple[bool, Callable[[], object]]] = [
        (can.lists_plans, adapter.list_plans),
        (can.tells_balance, adapter.balance),
        (can.lists_charges, lambda: adapter.charges(since=MOMENT, until=MOMENT)),
    ]
    for is_able, call in calls:
        if not is_able:
            with pytest.raises(LocalProtocolError):
                call()


def gathered(adapter: SupplierAdapter) -> Gathering:
    gathering = Gathering()
    while not gathering.is_whole:
        gathering.take(adapter.list_plans(page=gathering.page))
    return gathering


def test_its_list_is_whole_and_says_the_same_when_it_is_read_again(harness: Harness) -> None:
    if not harness.adapter.capabilities.lists_plans:
        return
    one, other = gathered(harness.adapter), gathered(harness.adapter)
    assert one.plans
    assert "can't be stored" not in one.left_out.values()
    assert list(changes_between(one.plans, other.plans)) == []


def test_every_page_of_the_list_is_in_our_units(harness: Harness) -> None:
    if not harness.adapter.capabilities.lists_plans:
        return
    pages = [harness.adapter.list_plans()]
    while pages[-1].next_page:
        pages.append(harness.adapter.list_plans(page=pages[-1].next_page))
    plans = [plan for page in pages for plan in page.plans]
    assert plans
    assert len({plan.code for plan in plans}) == len(plans)
    left_out = sum(len(page.left_out) for page in pages)
    assert pages[0].total in {None, len(plans) + left_out}
    for plan in plans:
        assert plan.cost.amount_minor > 0
        assert all(len(country) == 2 and country.isupper() for country in plan.countries)
        assert not plan.day_zone or ZoneInfo(plan.day_zone).key == plan.day_zone


def test_the_balance_is_in_a_currency(harness: Harness) -> None:
    if harness.adapter.capabilities.tells_balance:
        assert len(harness.adapter.balance().available.currency) == 3


def test_an_order_is_charged_once(harness: Harness) -> None:
    if not harness.adapter.capabilities.lists_charges:
        return
    answer = order(harness)
    assert isinstance(answer, Delivered)
    now = timezone.now()
    charges = harness.adapter.charges(since=now - DAY, until=now + DAY)
    assert len({charge.charge_id for charge in charges}) == len(charges)
    ours = [one for one in charges if one.number == NUMBER or one.reference == answer.reference]
    assert len(ours) <= 1


def test_a_callback_says_what_asking_would_say(harness: Harness) -> None:
    answer = order(harness)
    message = harness.message(NUMBER)
    if message is None:
        assert tells_of_no_orders(harness)
        return
    reads = [
        harness.adapter.read_callback(headers=message.headers, body=message.body, now=MOMENT)
        for _ in range(2)
    ]
    assert reads[0] == reads[1]
    (news,) = reads[0].news
    assert isinstance(answer, Delivered)
    assert news.number or news.reference
    assert news.number in {"", NUMBER}
    assert news.reference in {"", answer.reference}
    if harness.adapter.capabilities.callback_auth is CallbackAuth.SIGNED:
        assert isinstance(news.answer, Delivered)
        assert replace(news.answer, cost=None) == replace(answer, cost=None)


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b'{"id": 1}', b"\xff\x00", b"null"])
def test_what_is_no_callback_is_refused_and_nothing_else(harness: Harness, body: bytes) -> None:
    with pytest.raises(CallbackRefusedError):
        harness.adapter.read_callback(headers={}, body=body, now=MOMENT)


def test_a_callback_without_a_signature_is_read_only_where_none_is_signed(
    harness: Harness,
) -> None:
    order(harness)
    message = harness.message(NUMBER)
    body = (message.unsigned or message.body) if message else b"{}"
    if harness.adapter.capabilities.callback_auth is CallbackAuth.UNSIGNED:
        assert harness.adapter.read_callback(headers={}, body=body, now=MOMENT).news
        return
    with pytest.raises(CallbackRefusedError):
        harness.adapter.read_callback(headers={}, body=body, now=MOMENT)


def test_a_callback_is_answered_with_a_yes_or_a_no(harness: Harness) -> None:
    said = [harness.adapter.acknowledge(accepted=accepted) for accepted in (True, False)]
    assert said[0] != said[1]
    assert said[0][0] == 200
