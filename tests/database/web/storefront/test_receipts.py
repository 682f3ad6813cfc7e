"""The receipt as a page and as a file."""

import pytest
from django.urls import reverse

from limosa.web.storefront.receipt_pdf import draw_receipt
from limosa.web.storefront.receipts import Receipt
from tests.database.web.storefront.shop import ChannelInHand, Shop
from tests.database.web.storefront.test_home_page import text_of
from tests.database.web.storefront.test_order_pages import order_by, page_of, paid_by_wallet

pytestmark = pytest.mark.django_db


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


def test_what_is_not_paid_has_no_receipt(shop: Shop) -> None:
    order = order_by(shop)
    assert page_of(shop, order, "receipt").status_code == 404
    assert page_of(shop, order, "receipt_pdf").status_code == 404
