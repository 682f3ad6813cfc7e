"""Batches of codes in the console: made, exported once, activated, voided, found."""

import csv
from time import perf_counter
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from limosa.domain.accounts.models import StaffRole, Subscriber
from limosa.domain.redemption.models import BuyerPayment, Code, CodeBatch, CodeChange
from limosa.domain.support.models import AuditEntry
from limosa.foundation.money import Money
from tests.factories.accounts import make_operator, sign_in_staff
from tests.factories.redemption import finish, make_code_batch, make_codes
from tests.scenario.security.test_huge_amounts import PLAIN, SECONDS_MAX, amounts

pytestmark = pytest.mark.django_db
PAGE = "/console/money/codes/"
MADE = {
    "label": "Kiosks",
    "count": "3",
    "amount": "20.00",
    "currency": "usd",
    "how": "owed",
    "price": "18",
    "buyer": "Kiosk Ltd",
    "last_day": "2030-12-31",
}


@pytest.fixture
def staff(client: Client) -> Subscriber:
    return sign_in_staff(client)


def record() -> list[tuple[str, str, str]]:
    return list(AuditEntry.objects.order_by("id").values_list("action", "subject", "detail"))


def test_a_batch_from_the_form_to_a_void_code(client: Client, staff: Subscriber) -> None:
    answer = client.post(f"{PAGE}make/", MADE)
    batch = CodeBatch.objects.get()
    assert answer["Location"] == f"{PAGE}{batch.pk}/"
    assert (batch.price_minor, batch.paid_into, batch.buyer) == (1800, "receivable", "Kiosk Ltd")
    page = client.get(answer["Location"]).content.decode()
    assert "<progress" in page
    assert 'hx-trigger="every 2s"' in page
    finish(batch.changes.get(), now=timezone.now())
    one = client.get(f"{PAGE}{batch.pk}/").content.decode()
    assert "Export them before you activate them." in one

    exported: Any = client.post(f"{PAGE}{batch.pk}/export/", {"kind": "csv"})
    lines = list(csv.DictReader(b"".join(exported.streaming_content).decode().splitlines()))
    assert [line["serial"] for line in lines] == ["10000001", "10000002", "10000003"]
    assert {line["amount"] for line in lines} == {"20.00"}
    again = client.post(f"{PAGE}{batch.pk}/export/", {"kind": "csv"}, follow=True)
    assert b"exported before" in again.content

    serials = {"first": "10000001", "last": "10000002"}
    client.post(f"{PAGE}{batch.pk}/activate/", serials)
    finish(CodeChange.objects.get(kind="activate"), now=timezone.now())
    client.post(f"{PAGE}{batch.pk}/void/", {"first": "10000001", "last": "10000001"})
    finish(CodeChange.objects.get(kind="void"), now=timezone.now())
    states = list(Code.objects.order_by("serial").values_list("state", flat=True))
    assert states == ["void", "active", "made"]
    assert record() == [
        ("make_codes", batch.number, "3 × 20.00 USD"),
        ("export_codes", batch.number, ""),
        ("activate_codes", batch.number, "10000001–10000002"),
        ("void_codes", batch.number, "10000001–10000001"),
    ]
    assert staff.email in client.get(f"{PAGE}{batch.pk}/").content.decode()

    client.post(f"{PAGE}find/", {"text": lines[1]["code"]})
    found = client.post(f"{PAGE}find/", {"text": lines[1]["code"].lower()})
    assert found["Location"] == f"{PAGE}of/10000002/"
    assert lines[1]["code"] not in client.get(found["Location"]).content.decode()
    assert record()[-1] == ("look_up_code", "10000002", "")


@pytest.mark.usefixtures("staff")
def test_what_the_buyer_paid_is_recorded_once(client: Client) -> None:
    batch = make_codes(now=timezone.now(), price=Money(1800, "USD"), buyer="Kiosk Ltd").batch
    page = f"{PAGE}{batch.pk}/"
    given = {"way": "in", "amount": "50.00", "reference": "T-1"}
    for said in ("Payment recorded.", "already recorded"):
        assert said in client.post(f"{page}paid/", given, follow=True).content.decode()
    assert "$4.00" in client.get(page).content.decode()
    for wrong in ({"amount": "0"}, {"amount": "x"}, {"reference": ""}, {"amount": "51.00"}):
        assert client.post(f"{page}paid/", given | wrong).status_code == 422
    client.post(f"{page}paid/", {"way": "back", "amount": "1", "reference": "T-2"})
    assert "$5.00" in client.get(page).content.decode()
    assert record()[-1] == ("record_codes_paid", batch.number, "T-2: -1.00 USD")


@pytest.mark.usefixtures("staff")
def test_a_sheet_has_a_card_for_each_code(client: Client) -> None:
    batch = make_code_batch(now=timezone.now())
    exported: Any = client.post(f"{PAGE}{batch.pk}/export/", {"kind": "sheet"})
    sheet = b"".join(exported.streaming_content).decode()
    assert sheet.count("<article>") == 3
    assert "/redeem/" in sheet
    assert sheet.rstrip().endswith("</html>")


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"count": "0"}, "Enter how many codes."),
        ({"count": "99999999"}, "A batch has at most 10000000 codes."),
        ({"amount": "1,5"}, "without commas"),
        ({"amount": "0"}, "Enter the amount"),
        ({"currency": "XXX"}, "three letters"),
        ({"price": ""}, "Enter the price, up to the worth"),
        ({"price": "21"}, "Enter the price, up to the worth"),
        ({"last_day": "2020-01-01"}, "These codes can&#x27;t be made"),
        ({"label": ""}, "Say what the codes are for."),
    ],
)
def test_what_is_no_batch_is_said(client: Client, changed: dict[str, str], said: str) -> None:
    answer = client.post(f"{PAGE}make/", MADE | changed)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not CodeBatch.objects.exists()


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize("name", ["amount", "price"])
def test_an_amount_of_any_size_is_refused_at_once(client: Client, name: str) -> None:
    sold = make_codes(now=timezone.now(), price=Money(1800, "USD")).batch
    pages = {f"{PAGE}make/": MADE | {"amount": "20.00"}}
    if name == "amount":
        pages[f"{PAGE}{sold.pk}/paid/"] = {"way": "in", "reference": "T-1"}
    for text in amounts():
        for page, fields in pages.items() if not PLAIN.fullmatch(text.strip()) else ():
            began = perf_counter()
            assert client.post(page, fields | {name: text}).status_code == 422
            assert perf_counter() - began < SECONDS_MAX
    assert CodeBatch.objects.count() == 1
    assert not BuyerPayment.objects.exists()


@pytest.mark.usefixtures("staff")
def test_what_can_not_be_found_or_changed_is_said(client: Client) -> None:
    batch = make_codes(active=False, now=timezone.now()).batch
    for typed, said in (
        ("12", "There is no such code."),
        ("hello", "occurs in no code"),
        ("", "Enter a serial or a code."),
    ):
        answer = client.post(f"{PAGE}find/", {"text": typed})
        assert answer.status_code == 422
        assert said in answer.content.decode()
    answer = client.post(f"{PAGE}{batch.pk}/activate/", {"first": "1", "last": "2"})
    assert answer.status_code == 422
    assert "are not all of this batch" in answer.content.decode()
    assert not CodeChange.objects.filter(kind="activate").exists()


@pytest.mark.parametrize("role", [StaffRole.VIEWER, StaffRole.SUPPORT])
def test_only_finance_and_admins_change_codes(client: Client, role: StaffRole) -> None:
    sign_in_staff(client, make_operator(staff_role=role))
    batch = make_codes(active=False, now=timezone.now()).batch
    assert client.get(PAGE).status_code == 200
    assert client.get(f"{PAGE}{batch.pk}/").status_code == 200
    serials = {"first": batch.first_serial, "last": batch.last_serial}
    for deed, given in (("activate", serials), ("void", serials), ("export", {"kind": "csv"})):
        assert client.post(f"{PAGE}{batch.pk}/{deed}/", given).status_code == 403
    assert client.post(f"{PAGE}make/", MADE).status_code == 403
    found = client.post(f"{PAGE}find/", {"text": str(batch.first_serial)})
    assert found.status_code == (302 if role == StaffRole.SUPPORT else 403)
