"""Each kind of message has whole words: in the list, and in both forms of its mail."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.urls import resolve
from django.utils import translation
from django.utils.html import escape

from limosa.domain.notifications import wording
from limosa.domain.notifications.kinds import KINDS, page_path
from limosa.domain.notifications.models import Notification
from limosa.domain.notifications.wording import mail_for, texts_for
from limosa.foundation.volume import GB, MB

ESIM = {"esim_label": "San Francisco"}
RENEWAL = ESIM | {"renew_token": "WyJlIl0:1rK"}
ORDER = {"order_number": "L-7Q4K92MX"}
LINKED = {"link_token": "WyJlIl0:1rK"}
RENEWED: dict[str, Any] = {
    "plan_name": {"en": "Month 20 GB", "zh-hans": "月 20 GB"},
    "amount_minor": 2500,
    "currency": "USD",
    "time_zone": "America/Los_Angeles",
    "method": "Visa •••• 4242",
}
TOP_UP = {"order_number": "T-7Q4K92MX", "amount_minor": 5000, "currency": "USD"}
EXAMPLES: dict[str, dict[str, Any]] = {
    "rating_asked": ORDER
    | {"carrier": "T-Mobile", "plan_name": {"en": "Month 20 GB", "zh-hans": "月 20 GB"}},
    "usage_threshold": RENEWAL | {"percent": 80, "remaining_bytes": 3_600 * MB},
    "usage_estimated": RENEWAL
    | {
        "percent": 80,
        "remaining_bytes": 3_600 * MB,
        "as_of": "2026-11-25T08:00:00+00:00",
        "time_zone": "America/Los_Angeles",
    },
    "ending_soon": RENEWAL
    | {"days": 3, "ends_at": "2026-11-25T08:00:00+00:00", "time_zone": "America/Los_Angeles"},
    "payment_credited": ESIM | ORDER | {"plan_name": {"en": "Month 20 GB", "zh-hans": "月 20 GB"}},
    "order_late": ORDER,
    "order_refunded": ORDER | {"amount_minor": 2500, "currency": "USD"},
    "return_refused": ORDER | {"plan_name": {"en": "Month 20 GB", "zh-hans": "月 20 GB"}},
    "money_returned": ORDER | {"amount_minor": 17862, "currency": "CNY", "reason": "late"},
    "payment_pin_new": {"how": "changed"},
    "payment_pin_locked": {
        "attempts": 5,
        "until": "2026-11-25T08:00:00+00:00",
        "time_zone": "Asia/Taipei",
    },
    "money_in_wallet": ORDER | {"amount_minor": 2500, "currency": "USD", "reason": "double"},
    "order_part_refunded": ORDER | {"amount_minor": 1000, "currency": "USD"},
    "order_disputed": ORDER | {"amount_minor": 2500, "currency": "USD"},
    "payment_not_accepted": ORDER | {"amount_minor": 2500, "currency": "USD"},
    "wallet_topped_up": TOP_UP,
    "top_up_refunded": TOP_UP,
    "top_up_disputed": TOP_UP,
    "refund_came_back": ORDER | {"amount_minor": 2500, "currency": "USD"},
    "esim_move_begun": ESIM | {"esim_id": "7Q4K92MX4TX2", "device_name": "手机 2026"},
    "esim_moved": ESIM | {"esim_id": "7Q4K92MX4TX2", "device_name": "手机 2026"},
    "esim_move_expired": ESIM | {"esim_id": "7Q4K92MX4TX2", "device_name": "手机 2026"},
    "auto_renewal_on": ESIM | LINKED | {"amount_minor": 3000, "currency": "USD"},
    "auto_renewal_notice": ESIM
    | LINKED
    | RENEWED
    | {"charged_at": "2026-11-21T08:00:00+00:00", "ends_at": "2026-11-25T08:00:00+00:00"},
    "auto_renewal_done": ESIM | LINKED | RENEWED | ORDER | {"until": "2026-11-22T08:00:00+00:00"},
    "auto_renewal_declined": RENEWAL | {"why": "soft", "method": "Visa •••• 4242"},
    "auto_renewal_not": RENEWAL
    | {
        "why": "above_cap",
        "amount_minor": 3000,
        "currency": "USD",
        "ends_at": "2026-11-25T08:00:00+00:00",
        "time_zone": "America/Los_Angeles",
    },
    "auto_renewal_ended": ESIM | {"why": "person", "esim_id": "7Q4K92MX4TX2"},
    "staff_added": {"is_new": True},
    "case_answered": ORDER
    | {"case_number": "C-4TX2MB9K", "words": "请重启手机 2026", "by_guest": False},
    "case_closed": ORDER | {"case_number": "C-4TX2MB9K", "words": "", "by_guest": False},
    "case_news": ORDER
    | {"case_number": "C-4TX2MB9K", "words": "救命 2026", "is_reply": False, "by_guest": False},
    "finding_news": {"count": 12, "lines": "F-17: wallet:17:USD\nF-18: L-7Q4K92MX", "left": 2},
}
TITLES = {
    "rating_asked": "How is T-Mobile where you are?",
    "usage_threshold": "San Francisco: 3.6 GB left",
    "usage_estimated": "San Francisco: data may be running low",
    "ending_soon": "San Francisco: ends in 3 days",
    "payment_credited": "Paid and credited: Month 20 GB",
    "order_late": "Order L-7Q4K92MX is taking longer than usual",
    "order_refunded": "Order L-7Q4K92MX: $25.00 is being refunded",
    "return_refused": "Return refused: Month 20 GB",
    "money_returned": "¥178.62 is being refunded",
    "payment_pin_new": "Your payment PIN was changed",
    "payment_pin_locked": "Your payment PIN is locked after wrong attempts",
    "money_in_wallet": "$25.00 was added to your wallet",
    "order_part_refunded": "Order L-7Q4K92MX: $10.00 is being refunded",
    "order_disputed": "Order L-7Q4K92MX is on hold",
    "payment_not_accepted": "The payment of $25.00 was not accepted",
    "wallet_topped_up": "$50.00 is in your wallet",
    "top_up_refunded": "$50.00 of your wallet is being refunded",
    "top_up_disputed": "Money in your wallet is on hold",
    "refund_came_back": "Your refund of $25.00 did not reach you",
    "esim_move_begun": "San Francisco is being moved to another device",
    "esim_moved": "San Francisco is on its new device",
    "esim_move_expired": "The move of San Francisco has ended",
    "auto_renewal_on": "San Francisco: auto-renew is on",
    "auto_renewal_notice": "San Francisco renews on Nov 21, 2026 12:00 AM (Los Angeles)",
    "auto_renewal_done": "San Francisco is renewed: $25.00",
    "auto_renewal_declined": "San Francisco: the renewal could not be charged",
    "auto_renewal_not": "San Francisco can't be renewed automatically",
    "auto_renewal_ended": "San Francisco: auto-renew is off",
    "staff_added": "You are now a member of the staff",
    "case_answered": "We have answered your case C-4TX2MB9K",
    "case_closed": "Your case C-4TX2MB9K is closed",
    "case_news": "New case C-4TX2MB9K",
    "finding_news": "The books check found 12 problems",
}
LINK = "https://limosa.example/here/"
# What people write themselves, or may.
FREE_TEXTS = {"esim_label", "device_name", "words", "lines"}


# Where each leads; an address in use is not changed without an answer at the old one.
PAGES = dict.fromkeys(EXAMPLES, "/orders/L-7Q4K92MX/") | {
    "usage_threshold": "/r/WyJlIl0:1rK/",
    "usage_estimated": "/r/WyJlIl0:1rK/",
    "ending_soon": "/r/WyJlIl0:1rK/",
    "payment_pin_new": "/settings/payment-pin/",
    "payment_pin_locked": "/settings/payment-pin/",
    "esim_move_begun": "/esims/7Q4K92MX4TX2/devices/",
    "esim_moved": "/esims/7Q4K92MX4TX2/devices/",
    "esim_move_expired": "/esims/7Q4K92MX4TX2/devices/",
    "rating_asked": "/orders/L-7Q4K92MX/rating/",
    "auto_renewal_on": "/auto-renew/WyJlIl0:1rK/",
    "auto_renewal_notice": "/auto-renew/WyJlIl0:1rK/",
    "auto_renewal_done": "/auto-renew/WyJlIl0:1rK/",
    "auto_renewal_declined": "/r/WyJlIl0:1rK/",
    "auto_renewal_not": "/r/WyJlIl0:1rK/",
    "auto_renewal_ended": "/esims/7Q4K92MX4TX2/auto-renew/",
    "wallet_topped_up": "/orders/T-7Q4K92MX/",
    "top_up_refunded": "/orders/T-7Q4K92MX/",
    "top_up_disputed": "/orders/T-7Q4K92MX/",
    "staff_added": "/accounts/password/reset/",
    "case_answered": "/cases/C-4TX2MB9K/",
    "case_closed": "/cases/C-4TX2MB9K/",
    "case_news": "/console/cases/C-4TX2MB9K/",
    "finding_news": "/console/money/findings/",
}


def message(kind: str, **changes: Any) -> Notification:
    return Notification(kind=kind, parameters=EXAMPLES[kind] | changes)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_an_example_with_what_it_needs(kind: str) -> None:
    assert EXAMPLES[kind].keys() >= KINDS[kind].needs


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_leads_to_a_page_of_ours(kind: str) -> None:
    path = page_path(message(kind))
    assert path == PAGES[kind]
    resolve(path)


def test_whoever_joins_the_staff_with_a_password_is_led_to_the_console() -> None:
    assert page_path(message("staff_added", is_new=False)) == "/console/"


def test_one_finding_has_its_own_page() -> None:
    assert page_path(message("finding_news", finding=17)) == "/console/money/findings/17/"


def test_whoever_is_refunded_for_what_was_not_delivered_reads_that() -> None:
    said = "We could not deliver order L-7Q4K92MX"
    assert said in texts_for(message("order_refunded", reason="not_delivered"))[1]
    assert said not in texts_for(message("order_refunded", reason="staff"))[1]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_title_and_a_body_without_gaps(kind: str) -> None:
    title, body = texts_for(message(kind))
    assert title == TITLES[kind]
    assert len(body) > 40
    for gap in ("{{", "{%", "  ", "None"):
        assert gap not in title + body


@pytest.mark.parametrize("kind", KINDS)
def test_each_mail_says_the_same_in_text_and_html_with_one_link(kind: str) -> None:
    title, body = texts_for(message(kind))
    mail = mail_for(message(kind), link=LINK)
    assert mail.subject == title
    assert title in mail.text
    assert body in mail.text
    assert escape(body).replace("\n", "<br>") in mail.html
    assert mail.text.count(LINK) == 1
    assert mail.html.count("<a ") == 1
    assert f'href="{LINK}"' in mail.html


@pytest.mark.parametrize("kind", KINDS)
def test_no_mail_fetches_anything_from_outside(kind: str) -> None:
    html = mail_for(message(kind), link=LINK).html
    for fetching in ("<img", "<link", "url(", "<script", "@import", "@font-face"):
        assert fetching not in html


def test_the_end_is_told_as_the_last_minute_at_the_place_of_use() -> None:
    _, body = texts_for(message("ending_soon"))
    assert "Nov 24, 2026 11:59\N{NARROW NO-BREAK SPACE}PM (Los Angeles)" in body


def test_one_day_is_not_days() -> None:
    assert texts_for(message("ending_soon", days=1))[0] == "San Francisco: ends in 1 day"


def test_a_plan_has_its_name_in_the_readers_language_or_in_english() -> None:
    with translation.override("zh-hans"):
        assert "月 20 GB" in texts_for(message("payment_credited"))[0]
    with translation.override("es"):
        assert "Month 20 GB" in texts_for(message("payment_credited"))[0]


@pytest.mark.parametrize(
    ("label", "title"),
    [("iPad", "iPad: 3.6 GB left"), ("", "Your eSIM: 3.6 GB left")],
)
def test_a_label_stays_as_the_person_wrote_it(label: str, title: str) -> None:
    assert texts_for(message("usage_threshold", esim_label=label))[0] == title


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("late", "after the order had expired"),
        ("double", "was already paid"),
        ("wrong_amount", "does not match the order amount"),
        ("something else", "could not be applied"),
    ],
)
def test_returned_money_says_why(reason: str, words: str) -> None:
    _, body = texts_for(message("money_returned", reason=reason))
    assert words in body
    assert body.endswith(
        "The full amount goes back to the original payment method. There's nothing you need to do."
    )


def test_a_new_esim_is_to_be_installed() -> None:
    credited = message("payment_credited", install_id="7Q4K92MX4TX2")
    assert page_path(credited) == "/esims/7Q4K92MX4TX2/install/"
    body = texts_for(credited)[1]
    assert "Install the eSIM on your device" in body
    assert "nothing more you need to do" not in body


def test_a_move_names_both_profiles() -> None:
    moved = message("esim_moved", iccid_tail="4471", old_iccid_tail="3816")
    assert "The eSIM ending in 3816 is replaced by the one ending in 4471." in texts_for(moved)[1]


def test_a_new_pin_is_said_to_protect_auto_renew_and_moves() -> None:
    body = texts_for(message("payment_pin_new", how="set"))[1]
    assert "when you switch auto-renew on or change it, and when you move an eSIM" in body


def test_no_space_stands_between_chinese_characters_and_a_name() -> None:
    with translation.override("zh-hans"):
        begun = message("esim_move_begun", esim_label="", iccid_tail="3816")
        for text in texts_for(begun):
            assert "3816" in text
            assert not re.search("[\u4e00-\u9fff] [\u4e00-\u9fff]", text)


@pytest.mark.parametrize("ends_at", [None, "2026-11-25T08:00:00+00:00"])
def test_a_credit_names_the_end_when_it_is_known(ends_at: str | None) -> None:
    credited = message("payment_credited", ends_at=ends_at, time_zone="Asia/Shanghai")
    assert ("until Nov 25, 2026" in texts_for(credited)[1]) == (ends_at is not None)


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({}, "San Francisco: all data used"),
        ({"is_unlimited": True}, "San Francisco: all full-speed data used"),
        (
            {"esim_label": "", "iccid_tail": "4471"},
            "The eSIM ending in 4471: all data used",
        ),
        ({"esim_label": ""}, "Your eSIM: all data used"),
    ],
)
def test_all_used_is_said_as_it_is(changes: dict[str, Any], title: str) -> None:
    used_up = {"percent": 100, "remaining_bytes": 0} | changes
    assert texts_for(message("usage_threshold", **used_up))[0] == title


def test_a_label_cannot_write_html_nor_a_second_header() -> None:
    nasty = "<b>me</b>\r\nBcc: all@example.com"
    mail = mail_for(message("usage_threshold", esim_label=nasty), link=LINK)
    assert "\n" not in mail.subject
    assert "<b>me" not in mail.html
    assert "&lt;b&gt;me" in mail.html


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_given_is_escaped_once_in_html_and_stays_as_it_is_in_text(
    kind: str,
) -> None:
    nasty = "<b>x</b> & \"y\" {{ z }} 'مرحبا'"
    given = dict.fromkeys(FREE_TEXTS & EXAMPLES[kind].keys(), nasty)
    link, not_me = "https://limosa.example/?a=<1>&b=2", "https://limosa.example/?not=<me>&c=3"
    mail = mail_for(message(kind, **given), link=link, not_me=not_me)
    assert "<b>" not in mail.html
    assert f'href="{escape(link)}"' in mail.html
    assert link in mail.text
    if given:
        assert escape(nasty) in mail.html
        assert nasty in mail.text
    assert (not_me in mail.text) == (escape(not_me) in mail.html) == KINDS[kind].has_not_me


def test_each_kind_has_one_template_and_no_template_is_left_over() -> None:
    folder = Path(wording.__file__).parent / "templates" / "notifications"
    shared = {"mail.html", "mail.txt", "part.txt"}
    assert {path.name for path in folder.iterdir()} == {f"{kind}.txt" for kind in KINDS} | shared


def test_the_volume_left_is_the_mails_figure() -> None:
    html = mail_for(message("usage_threshold", remaining_bytes=2 * GB), link=LINK).html
    assert ">2 GB</p>" in html


def test_no_message_of_an_order_says_that_its_reader_paid() -> None:
    """Whoever knows an eSIM's number may pay for it."""
    told = {kind: " ".join(texts_for(message(kind))) for kind in EXAMPLES}
    assert [
        kind
        for kind, text in told.items()
        if re.search("[Yy]our payment (?!PIN|method)|you paid", text)
    ] == []
