"""What an operator sends is what the server reads, and the other way round."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.protocols.sgp22 import es9plus
from limosa.protocols.sgp22.es2plus import (
    CancelOrder,
    ConfirmOrder,
    DownloadOrder,
    Es2PlusFailed,
    Execution,
    FinalStatus,
    Header,
    OrderAnswer,
    Progress,
    ProgressPoint,
    ReleaseProfile,
)
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus

HEADER = Header("2.999.1", "call-1")
ICCID = "8944476500001224158"
EID = "89049032123451234512345678901235"
AT = datetime(2026, 11, 29, 12, tzinfo=UTC)
MESSAGES = [
    DownloadOrder(HEADER, iccid=ICCID),
    DownloadOrder(HEADER, profile_type="Travel", eid=EID),
    ConfirmOrder(HEADER, iccid=ICCID, is_released=True),
    ConfirmOrder(HEADER, iccid=ICCID, is_released=False, matching_id="", eid=EID),
    ConfirmOrder(
        HEADER,
        iccid=ICCID,
        is_released=True,
        matching_id="ABC-12345",
        confirmation_code="1234",
        smds_address="smds.example.com",
    ),
    CancelOrder(HEADER, iccid=ICCID, final_status=FinalStatus.AVAILABLE),
    CancelOrder(HEADER, ICCID, FinalStatus.UNAVAILABLE, matching_id="ABC-12345", eid=EID),
    ReleaseProfile(HEADER, ICCID),
    Progress(HEADER, ICCID, "Travel", AT, ProgressPoint.INSTALLED, Execution(), eid=EID),
    Progress(
        HEADER,
        ICCID,
        "Travel",
        AT,
        ProgressPoint.DOWNLOADED,
        Execution("Failed", "8.1", "4.8", "no"),
    ),
    OrderAnswer(iccid=ICCID),
    OrderAnswer(eid=EID, matching_id="ABC-12345", smdp_address="smdp.example.com"),
]
READERS: list[Callable[[bytes], object]] = [
    DownloadOrder.read,
    ConfirmOrder.read,
    CancelOrder.read,
    ReleaseProfile.read,
    Progress.read,
    OrderAnswer.read,
]


@pytest.mark.parametrize("message", MESSAGES)
def test_what_is_written_reads_back(message: Any) -> None:
    assert type(message).read(message.body()) == message


@given(read=st.sampled_from(READERS), body=st.binary(max_size=60))
def test_garbage_is_refused(read: Callable[[bytes], object], body: bytes) -> None:
    with pytest.raises(RspRefusal):
        read(body)


def changed(message: Any, **values: object) -> bytes:
    fields = json.loads(message.body()) | values
    return json.dumps({name: value for name, value in fields.items() if value is not ...}).encode()


@pytest.mark.parametrize(
    ("message", "field", "value"),
    [
        (MESSAGES[0], "iccid", "89444"),
        (MESSAGES[0], "iccid", 8944476500001224158),
        (MESSAGES[0], "eid", EID[:-1]),
        (MESSAGES[0], "header", "x"),
        (MESSAGES[2], "releaseFlag", "true"),
        (MESSAGES[2], "releaseFlag", 1),
        (MESSAGES[2], "matchingId", "AB$CD"),
        (MESSAGES[5], "finalProfileStatusIndicator", "available"),
        (MESSAGES[8], "notificationPointId", 5),
        (MESSAGES[8], "notificationPointId", True),
        (MESSAGES[8], "timestamp", "2026-13-29T12:00:00Z"),
    ],
)
def test_a_field_of_another_form_is_malformed(message: Any, field: str, value: object) -> None:
    with pytest.raises(RspRefusal) as refused:
        type(message).read(changed(message, **{field: value}))
    assert refused.value.status is RspStatus.MALFORMED


@pytest.mark.parametrize(
    ("message", "field"),
    [
        (MESSAGES[0], "header"),
        (MESSAGES[0], "iccid"),
        (MESSAGES[2], "iccid"),
        (MESSAGES[2], "releaseFlag"),
        (MESSAGES[5], "finalProfileStatusIndicator"),
        (MESSAGES[7], "iccid"),
    ],
)
def test_a_field_that_has_to_be_there_is_missing(message: Any, field: str) -> None:
    with pytest.raises(RspRefusal) as refused:
        type(message).read(changed(message, **{field: ...}))
    assert refused.value.status is RspStatus.ELEMENT_MISSING


def test_an_iccid_is_read_with_its_filler() -> None:
    assert ReleaseProfile.read(changed(MESSAGES[7], iccid=ICCID + "F")).iccid == ICCID


def test_a_server_s_no_reaches_the_operator_with_its_codes() -> None:
    with pytest.raises(Es2PlusFailed) as failed:
        OrderAnswer.read(es9plus.refusal_body(RspStatus.MATCHING_ID_IN_USE))
    assert failed.value.execution == Execution(
        "Failed", "8.2.6", "3.3", "The matching id is already in use."
    )
