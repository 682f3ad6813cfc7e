"""The receipt as a page and as a file."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader
from reportlab.lib.pagesizes import A4

from limosa.domain.ordering.credited import credited
from limosa.domain.ordering.models import Order
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.payments.models import Refund
from limosa.web.storefront.receipt_pdf import draw_receipt
from limosa.web.storefront.receipts import Receipt
from tests.database.web.storefront.shop import ChannelInHand, Shop
from tests.database.web.storefront.test_home_page import text_of
from tests.database.web.storefront.test_order_pages import order_by, page_of, paid_by_wallet
from tests.factories.accounts import make_subscriber

pytestmark = pytest.mark.django_db
MARGIN = 40  # What printers leave white, and a little more.


def test_a_receipt_says_who_what_when_and_how(shop: Shop, channel: type[ChannelInHand]) -> None:
    order = order_by(shop)
    channel.is_paid = True
    shop.client.post(reverse("check_payment", args=[order.number]))
    page = text_of(page_of(shop, order, "receipt"))
    for fact in (
        "Limosa",
        order.number,
        "Nov 22, 2026, 10:00 AM (Los Angeles)",
        "lin@example.com",
        "1 month · 20 GB",
        "T-Mobile",
        "Nov 25, 2026, 12:00 AM – Dec 24, 2026, 11:59 PM (Los Angeles)",
        "$23.31",
        "$1.69",
        "$25.00",
        "WeChat Pay",
        "¥178.62",
        "1 USD = 7.1446 CNY · European Central Bank · 2026-11-22",
        "4200001",
    ):
        assert fact in page


def test_the_file_holds_its_own_font(shop: Shop) -> None:
    answer = page_of(shop, paid_by_wallet(shop), "receipt_pdf")
    assert answer["Content-Type"] == "application/pdf"
    content = answer.content
    assert content.startswith(b"%PDF-")
    assert b"/FontFile2" in content
    assert 5_000 < len(content) < 200_000


def test_chinese_is_in_the_font() -> None:
    page = Receipt(
        "L-1", "收据", [("套餐", "1 个月 · 20 GB"), ("方案", "感恩節")], ("合计", "¥1"), ""
    )
    with_chinese = draw_receipt(page)
    without = draw_receipt(Receipt("L-1", "", [], ("", ""), ""))
    assert len(with_chinese) > len(without) + 2_000


@dataclass(frozen=True)
class Printed:
    """A text on paper: its page, from 0, and where it begins, in points from the lower left."""

    page: int
    text: str
    x: float
    y: float


def printed(file: bytes) -> list[Printed]:
    """Return every text of a PDF, as a viewer sets it."""
    found: list[Printed] = []
    for number, page in enumerate(PdfReader(BytesIO(file)).pages):
        box = page.mediabox
        assert (float(box.width), float(box.height)) == pytest.approx(A4)

        def keep(text: str, _own: Any, matrix: list[float], *_font: Any, at: int = number) -> None:
            if text.strip():
                found.append(Printed(at, text.strip(), matrix[4], matrix[5]))

        page.extract_text(visitor_text=keep)
    return found


def refunded_so_often(shop: Shop, count: int) -> Order:
    order = paid_by_wallet(shop)
    for _ in range(count):
        refund_order(order_number=order.number, reason="staff", part_minor=10, now=timezone.now())
    return order


def test_a_receipt_with_twelve_refunds_is_all_on_paper(shop: Shop) -> None:
    order = refunded_so_often(shop, 12)
    texts = printed(page_of(shop, order, "receipt_pdf").content)
    assert all(MARGIN <= one.y <= A4[1] - MARGIN for one in texts)
    assert {one.page for one in texts} == {0, 1}
    whole = " ".join(one.text for one in texts)
    for refund in Refund.objects.all():
        assert whole.count(refund.number) == 1
    for page in (0, 1):
        here = [one.text for one in texts if one.page == page]
        assert here[:2] == ["Limosa", "Receipt"]
        assert here[-1] == f"{order.number} · {page + 1} / 2"
    last = [one for one in texts if one.page == 1]
    total, note = (
        one_of(last, text) for text in ("Total, tax included", "This order was partially refunded")
    )
    lines = [one.y for one in last if one.text == "Refunded"]
    assert min(lines) > total.y > note.y  # With a line above it, so that it is never alone.


def one_of(texts: list[Printed], start: str) -> Printed:
    (found,) = [one for one in texts if one.text.startswith(start)]
    return found


@pytest.mark.parametrize("count", range(6, 30))
def test_nothing_is_drawn_below_the_paper_however_long_it_is(count: int) -> None:
    lines = [(f"Refunded {number}", f"−$1.00 · R{number}") for number in range(count)]
    note = "What stands below the total and may be so long that it needs another line. " * 3
    texts = printed(draw_receipt(Receipt("L-1", "Receipt", lines, ("Total", "$9.00"), note)))
    assert min(one.y for one in texts) >= MARGIN
    assert [one.text for one in texts if one.text.startswith("Refunded")] == [
        name for name, _ in lines
    ]
    assert len({(one.page, round(one.x), round(one.y)) for one in texts}) == len(texts)
    total = one_of(texts, "Total")
    assert any(one.page == total.page for one in texts if one.text.startswith("Refunded"))
    assert max(one.page for one in texts) == total.page


def test_a_short_receipt_is_one_page_without_a_number(shop: Shop) -> None:
    texts = printed(page_of(shop, paid_by_wallet(shop), "receipt_pdf").content)
    assert {one.page for one in texts} == {0}
    assert not [one for one in texts if "1 / 1" in one.text]


def test_a_refund_has_a_credit_note_that_names_the_receipt(shop: Shop) -> None:
    order = paid_by_wallet(shop)
    for part_minor in (1000, 333, None):
        refund_order(
            order_number=order.number, reason="staff", part_minor=part_minor, now=timezone.now()
        )
    receipt = text_of(page_of(shop, order, "receipt"))
    totals = []
    for refund in Refund.objects.order_by("id"):
        assert refund.number in receipt
        arguments = [order.number, refund.number]
        page = text_of(shop.client.get(reverse("credit_note", args=arguments)))
        for fact in ("Credit note", refund.number, order.number, "For receipt", "Wallet"):
            assert fact in page
        totals.append(page)
        file = shop.client.get(reverse("credit_note_pdf", args=arguments))
        assert file["Content-Type"] == "application/pdf"
        assert file.content.startswith(b"%PDF-")
    for amount, page in zip(("−$10.00", "−$3.33", "−$11.67"), totals, strict=True):
        assert amount in page
    given = credited(Order.objects.get(pk=order.pk))
    quote = order.quote
    assert sum(one.total.amount_minor for one in given) == quote.total_minor
    assert sum(one.tax.amount_minor for one in given) == quote.tax_minor


def test_a_credit_note_is_its_owners_and_its_orders_alone(shop: Shop, client: Client) -> None:
    order = paid_by_wallet(shop)
    refund = refund_order(order_number=order.number, reason="staff", now=timezone.now())
    client.force_login(make_subscriber())
    for name in ("credit_note", "credit_note_pdf"):
        assert shop.client.get(reverse(name, args=[order.number, "LR-other"])).status_code == 404
        address = reverse(name, args=[order.number, refund.number])
        assert client.get(address).status_code == 404
        assert shop.client.get(address).status_code == 200


def test_a_receipt_of_a_part_says_what_stays_paid(shop: Shop) -> None:
    order = paid_by_wallet(shop)
    refund_order(order_number=order.number, reason="staff", part_minor=1000, now=timezone.now())
    assert "$15.00 remains paid" in text_of(page_of(shop, order, "receipt"))
    orders = text_of(shop.client.get(reverse("orders")))
    assert "Credited, partially refunded" in orders


def test_what_is_not_paid_has_no_receipt(shop: Shop) -> None:
    order = order_by(shop)
    assert page_of(shop, order, "receipt").status_code == 404
    assert page_of(shop, order, "receipt_pdf").status_code == 404
