"""Whatever stands in a text of a phone or of an operator, the answer is a status of SGP.22."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.rsp.engine.requesters import NOBODY
from limosa.domain.rsp.operations.authenticate_client import authenticate_client
from limosa.domain.rsp.operations.initiate_authentication import initiate_authentication
from limosa.servers.smdp import es2plus
from tests.factories.rsp import make_download_order
from tests.factories.sgp22 import EID, NOW, World, an_smdp
from tests.fakes.device import Device, heard
from tests.fakes.tiny_card import TinyCard

pytestmark = pytest.mark.django_db
# What a database, a pattern or a decoder may stumble over, and anything else.
TEXTS = st.sampled_from(
    ["A\0B", "\0", "A_B", "\ud800", "9" * 33, "A" * 256, "A\n", "٣", "%s", ""]
) | st.text(max_size=300)
FIELDS: dict[str, dict[str, Any]] = {
    "downloadOrder": {"eid": EID, "iccid": "8901" + "0" * 15, "profileType": "demo"},
    "confirmOrder": {
        "iccid": "8901" + "0" * 15,
        "eid": EID,
        "matchingId": "K3Y",
        "confirmationCode": "1",
        "smdsAddress": "smds.example.com",
        "releaseFlag": True,
    },
    "cancelOrder": {
        "iccid": "8901" + "0" * 15,
        "eid": EID,
        "matchingId": "K3Y",
        "finalProfileStatusIndicator": "Available",
    },
    "releaseProfile": {"iccid": "8901" + "0" * 15},
}
FUNCTIONS: dict[str, Callable[..., object]] = {
    "downloadOrder": partial(es2plus._order, limits={"other": frozenset()}),
    "confirmOrder": partial(es2plus._confirm, address="smdp.example.com"),
    "cancelOrder": es2plus._cancel,
    "releaseProfile": es2plus._release,
}


def status_of(call: Callable[[], object]) -> str:
    """Return the codes that were answered; whatever it stored is taken back."""
    with transaction.atomic():
        said = heard(call)
        transaction.set_rollback(True)
    return said


@pytest.mark.parametrize("asked", ["A\0B", "A_B", "A" * 256, "A\n", "ｋ３ｙ"])
def test_what_can_not_be_a_matching_id_is_refused_as_one_that_no_order_has(
    world: World, asked: str
) -> None:
    device = Device(an_smdp(world), TinyCard(world), asked)
    device.initiate()
    assert heard(device.authenticate) == "8.2.6/3.8"


@given(asked=st.binary(max_size=300) | TEXTS.map(lambda text: text.encode(errors="replace")))
def test_any_bytes_for_a_matching_id_have_a_status(world: World, asked: bytes) -> None:
    make_download_order()
    device = Device(an_smdp(world), TinyCard(world), asked)
    device.initiate()
    if asked:
        assert status_of(device.authenticate) in ("8.2.6/3.8", "1.3.1/2.1")  # Or no UTF-8.


@given(text=TEXTS, name=st.sampled_from(["smdpAddress", "euiccChallenge", "transactionId"]))
def test_any_text_of_a_phone_has_a_status(world: World, text: str, name: str) -> None:
    device = Device(an_smdp(world), TinyCard(world))
    device.initiate()
    beginning = json.loads(device.card.initiate_body()) | {name: text}
    going_on = json.loads(device.authenticating) | {name: text}
    for function, body in (
        (initiate_authentication, beginning),
        (authenticate_client, going_on),
    ):
        call = partial(function, smdp=device.smdp, body=json.dumps(body).encode(), now=NOW)
        assert status_of(call)


@given(data=st.data(), function=st.sampled_from(sorted(FUNCTIONS)), text=TEXTS)
def test_any_text_of_an_operator_has_a_status(
    data: st.DataObject, function: str, text: str
) -> None:
    make_download_order()
    header: dict[str, Any] = {"functionRequesterIdentifier": "1.2", "functionCallIdentifier": "7"}
    body: dict[str, Any] = FIELDS[function] | {"header": header}
    wrong = data.draw(st.sampled_from([*FIELDS[function], *header]))
    place = header if wrong in header else body
    place[wrong] = text
    call = partial(FUNCTIONS[function], json.dumps(body).encode(), holder=NOBODY, now=NOW)
    assert status_of(call)
