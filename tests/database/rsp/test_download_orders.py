"""ES2+: stories of calls as tables, and what they leave."""

from typing import Any

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from limosa.domain.rsp.engine.order_calls import Caller, Confirmation
from limosa.domain.rsp.loading import find_order
from limosa.domain.rsp.models import DownloadOrder, Profile
from limosa.domain.rsp.operations.cancel_download_order import cancel_download_order
from limosa.domain.rsp.operations.confirm_download_order import confirm_download_order
from limosa.domain.rsp.operations.order_profile import order_profile
from limosa.domain.rsp.operations.release_profile import release_profile
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus
from tests.factories import MOMENT
from tests.factories.rsp import (
    EID,
    OTHER_EID,
    make_download_order,
    make_profile,
    make_profile_type,
)

pytestmark = pytest.mark.django_db
CALLER = Caller(requester="1.2.3", call_id="")
EIDS = {"eid": EID, "other": OTHER_EID}


def called(words: list[str], iccid: str) -> str:
    """Make the call that a line of a story names; return the order's state, or the refusal."""
    call, *rest = words
    given = dict(word.split("=", 1) for word in rest)
    eid = EIDS.get(given.get("eid", ""), given.get("eid", ""))
    caller = Caller(requester="1.2.3", call_id=given.get("call", ""))
    common: dict[str, Any] = {"caller": caller, "iccid": iccid, "now": MOMENT}
    try:
        match call:
            case "order":
                order = order_profile(**common, eid=eid)
            case "confirm":
                confirmation = Confirmation(
                    matching_id=given.get("id"),
                    eid=eid,
                    code=given.get("code", ""),
                    smds_address=given.get("smds", ""),
                    is_released="release" in given,
                )
                order = confirm_download_order(**common, confirmation=confirmation)
            case "release":
                order = release_profile(**common)
            case _:
                order = cancel_download_order(
                    **common,
                    eid=eid,
                    matching_id=given.get("id", ""),
                    is_profile_kept=given["final"] == "available",
                )
    except RspRefusal as refusal:
        return f"{refusal.status.subject_code}/{refusal.status.reason_code}"
    return order.state


STORIES = {
    "in one go": """
        order                       allocated
        confirm release=1           released
    """,
    "step by step": """
        order                       allocated
        confirm id=MY-ID            confirmed
        release                     released
        release                     8.2.1/3.5
    """,
    "for an eUICC": """
        order eid=eid               linked
        confirm eid=other           8.1.1/3.10
        confirm eid=eid             confirmed
    """,
    "the eUICC is named later": """
        order                       allocated
        confirm eid=eid             confirmed
        cancel final=available      8.1.1/2.2
        cancel eid=other final=available   8.1.1/3.10
        cancel eid=eid final=available     cancelled
    """,
    "an order of the same profile": """
        order                       allocated
        order                       8.2.1/3.3
        order eid=eid               8.2.1/3.3
    """,
    "calls before their turn": """
        release                     8.2.1/3.5
        confirm                     8.2.1/3.5
        cancel final=available      8.2.1/3.5
        order                       allocated
        release                     8.2.1/3.5
    """,
    "confirmed twice": """
        order                       allocated
        confirm id=A                confirmed
        confirm id=A                8.2.1/3.5
        confirm id=B                8.2.1/3.5
    """,
    "the answer to a confirmation was lost": """
        order                       allocated
        confirm id=A call=7         confirmed
        confirm id=A call=7         confirmed
        confirm id=B call=7         8.2.1/3.5
        release call=7              released
        release call=7              released
        cancel final=available call=8      cancelled
        cancel final=available call=8      cancelled
        cancel final=unavailable call=8    8.2.1/3.5
    """,
    "calls that come again late": """
        order call=1                allocated
        confirm call=2              confirmed
        release call=3              released
        confirm call=2              released
        cancel final=available call=4      cancelled
        order call=5                allocated
        cancel final=available call=4      cancelled
        confirm call=2              cancelled
        confirm call=6              confirmed
        release call=3              cancelled
        release call=7              released
        cancel final=available call=4      cancelled
        release call=7              released
    """,
    "one identifier for all calls": """
        order call=1                allocated
        confirm call=1              confirmed
        release call=1              released
        confirm call=1              8.2.1/3.5
        cancel final=available call=1      cancelled
        order call=1                allocated
        confirm call=1              confirmed
        cancel final=available call=1      cancelled
        order call=1                allocated
    """,
    "by the EID alone": """
        order                       allocated
        confirm id=                 8.1.1/2.2
        confirm id= eid=eid release=1      released
    """,
    "an SM-DS": """
        order                       allocated
        confirm smds=sm-ds.example.com             8.1.1/2.2
        confirm smds=sm-ds.example.com eid=eid     8.9/5.1
        confirm                     confirmed
    """,
    "cancelled and ordered again": """
        order                       allocated
        confirm id=MINE release=1   released
        cancel id=YOURS final=available    8.2.6/3.10
        cancel id=MINE final=available     cancelled
        order                       allocated
        confirm id=MINE release=1   8.2.6/3.3
        confirm id=MINE-2 release=1 released
    """,
    "cancelled for good": """
        order                       allocated
        cancel final=unavailable    cancelled
        order                       8.2.1/3.5
        cancel final=unavailable    8.2.1/3.5
    """,
    "no EID, no matching id": """
        order eid=123               1.3.1/2.1
        order                       allocated
        confirm id=a_b              1.3.1/2.1
        confirm eid=x               1.3.1/2.1
    """,
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_calls_are_answered_so(story: str) -> None:
    iccid = make_profile().iccid
    lines = [line.split() for line in story.strip().splitlines()]
    heard = [called(words[:-1], iccid) for words in lines]
    assert heard == [words[-1] for words in lines]


@pytest.mark.parametrize("line", ["order", "confirm", "release", "cancel final=available"])
def test_an_unknown_iccid_is_refused_by_every_call(line: str) -> None:
    assert called(line.split(), "8901999000000000018") == "8.2.1/3.9"


def test_a_profile_is_ordered_whenever_its_order_is_open() -> None:
    iccid = make_profile().iccid
    seen = []
    for line in ("order", "confirm", "release", "cancel final=available", "order"):
        called(line.split(), iccid)
        seen.append(Profile.objects.get().state)
    assert seen == ["ordered", "ordered", "ordered", "available", "ordered"]
    assert DownloadOrder.objects.count() == 2


def ordered(call_id: str = "", profile_type: str = "demo") -> str:
    caller = Caller(requester="1.2.3", call_id=call_id)
    return order_profile(caller=caller, profile_type=profile_type, now=MOMENT).profile.iccid


def test_any_profile_of_a_type_is_the_oldest_that_is_left() -> None:
    first, second = make_profile().iccid, make_profile().iccid
    make_profile(profile_type=make_profile_type("other"))
    assert [ordered(), ordered()] == [first, second]
    with pytest.raises(RspRefusal, match="left") as refused:
        ordered()
    assert refused.value.status.reason_code == "3.7"
    with pytest.raises(RspRefusal, match="type") as refused:
        ordered(profile_type="unknown")
    assert refused.value.status.subject_code == "8.2.5"


def test_a_call_for_any_profile_that_is_repeated_takes_no_second_one() -> None:
    make_profile()
    make_profile()
    first = ordered("TX-1")
    assert ordered("TX-1") == first
    assert Profile.objects.filter(state="available").count() == 1
    confirm_download_order(
        caller=Caller(requester="1.2.3", call_id="TX-1"),
        iccid=first,
        confirmation=Confirmation(),
        now=MOMENT,
    )
    assert ordered("TX-1") != first


def test_a_repeated_order_is_recognized_after_its_confirmation_by_another_call() -> None:
    make_profile()
    make_profile()
    first = ordered("TX-1")
    confirm_download_order(
        caller=Caller(requester="1.2.3", call_id="TX-2"),
        iccid=first,
        confirmation=Confirmation(),
        now=MOMENT,
    )
    assert ordered("TX-1") == first
    called(["cancel", "final=unavailable"], first)
    assert ordered("TX-1") != first


def test_an_order_is_its_requesters_and_staffs() -> None:
    iccid = make_profile().iccid
    called(["order"], iccid)
    other, staff = Caller(requester="9.9.9"), Caller()
    for call in (confirm_download_order, release_profile, cancel_download_order):
        more: dict[str, Any] = {}
        if call is confirm_download_order:
            more = {"confirmation": Confirmation()}
        elif call is cancel_download_order:
            more = {"is_profile_kept": True}
        with pytest.raises(RspRefusal) as refused:
            call(caller=other, iccid=iccid, now=MOMENT, **more)
        assert refused.value.status.reason_code == "1.2"
    confirm_download_order(
        caller=staff, iccid=iccid, confirmation=Confirmation(is_released=False), now=MOMENT
    )
    assert DownloadOrder.objects.get().requester == "1.2.3"
    assert called(["release"], iccid) == "released"


def test_what_staff_ordered_is_not_an_operators() -> None:
    iccid = make_profile().iccid
    order_profile(caller=Caller(), iccid=iccid, now=MOMENT)
    assert called(["confirm"], iccid) == "8.2.1/1.2"


def test_a_profile_of_another_type_than_named_is_refused() -> None:
    iccid = make_profile().iccid
    make_profile_type("other")
    with pytest.raises(RspRefusal) as refused:
        order_profile(caller=CALLER, iccid=iccid, profile_type="other", now=MOMENT)
    assert refused.value.status.subject_code == "8.2.5"


def test_an_order_has_the_terms_of_its_type() -> None:
    terms = {"redownload": "any_euicc", "needs_delete": False, "downloads_max": 7}
    make_profile(profile_type=make_profile_type("free", **terms))
    order = order_profile(caller=CALLER, profile_type="free", now=MOMENT)
    assert {name: getattr(order, name) for name in terms} == terms


def test_a_matching_id_of_ours_is_returned_and_stays_when_the_call_is_repeated() -> None:
    iccid = make_profile().iccid
    caller = Caller(requester="1.2.3", call_id="TX-9")
    order_profile(caller=caller, iccid=iccid, now=MOMENT)
    ids = [
        confirm_download_order(
            caller=caller, iccid=iccid, confirmation=Confirmation(code="4711"), now=MOMENT
        ).matching_id
        for _ in range(2)
    ]
    assert ids[0] == ids[1]
    assert len(ids[0] or "") >= 10


def test_a_matching_id_is_stored_encrypted_and_found_under_an_older_key(
    settings: Settings,
) -> None:
    make_download_order(matching_id="TAKEN")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM rsp_downloadorder")
        assert not any("TAKEN" in str(value) for value in cursor.fetchone())
    settings.ENCRYPTION_KEYS = {"new": b"n" * 32, **settings.ENCRYPTION_KEYS}
    profile = make_profile()
    order_profile(caller=CALLER, iccid=profile.iccid, now=MOMENT)
    with pytest.raises(RspRefusal) as refused:
        confirm_download_order(
            caller=CALLER,
            iccid=profile.iccid,
            confirmation=Confirmation(matching_id="TAKEN"),
            now=MOMENT,
        )
    assert refused.value.status is RspStatus.MATCHING_ID_IN_USE
    found = find_order(matching_id="TAKEN", eid="")
    assert found is not None


def test_a_matching_id_that_another_order_has_or_had_is_refused_and_nothing_changes() -> None:
    make_download_order(matching_id="TAKEN")
    iccid = make_profile().iccid
    called(["order"], iccid)
    for state in ("released", "cancelled"):
        DownloadOrder.objects.filter(matching_id="TAKEN").update(state=state)
        assert called(["confirm", "id=TAKEN"], iccid) == "8.2.6/3.3"
        order = DownloadOrder.objects.get(profile__iccid=iccid)
        assert (order.state, order.matching_id) == ("allocated", None)
    assert called(["confirm", "id=FREE"], iccid) == "confirmed"


@pytest.mark.parametrize("state", ["downloaded", "installed"])
def test_what_a_device_has_is_not_cancelled(state: str) -> None:
    order = make_download_order(state=state, requester="1.2.3")
    assert called(["cancel", "final=available"], order.profile.iccid) == "8.2.1/3.3"
