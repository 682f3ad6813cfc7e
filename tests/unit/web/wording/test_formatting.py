"""Money, volumes and moments in four languages."""

from datetime import UTC, date, datetime, timedelta
from typing import Literal

import pytest
from django.utils import translation

from limosa.domain.notifications.formats import money_text
from limosa.foundation.money import Money
from limosa.web.wording import formatting

NOW = datetime(2026, 11, 22, 22, 2, tzinfo=UTC)
# The first moment of Nov 25 in Los Angeles: the bundle's last minute is Nov 24, 23:59.
END = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
HERE, HOME = "America/Los_Angeles", "Asia/Shanghai"
LANGUAGES = ["en", "zh-hans", "zh-hant", "es"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Money(2500, "USD"), "$25.00"),
        (Money(-2500, "USD"), "−$25.00"),
        (Money(17862, "CNY"), "¥178.62"),
        (Money(1234567, "EUR"), "€12,345.67"),
        (Money(9600, "HKD"), "HK$96.00"),
        (Money(500, "KRW"), "₩500"),
        (Money(1234, "JPY"), "JP¥1,234"),
        (Money(12345, "KWD"), "KWD12.345"),
        (Money(12345, "HUF"), "HUF123.45"),
    ],
)
def test_an_amount_looks_the_same_in_every_language(
    language: str, amount: Money, text: str
) -> None:
    with translation.override(language):
        assert formatting.money(amount) == text
        assert money_text(amount) == text  # In mails and notifications.


@pytest.mark.parametrize(
    ("language", "here", "home"),
    [
        ("en", "Nov 24, 11:59\u00a0PM", "Nov 25, 3:59\u00a0PM"),
        ("zh-hans", "11月24日 23:59", "11月25日 15:59"),
        ("zh-hant", "11月24日 23:59", "11月25日 15:59"),
        ("es", "24 nov, 23:59", "25 nov, 15:59"),
    ],
)
def test_an_end_is_its_last_minute(language: str, here: str, home: str) -> None:
    with translation.override(language):
        assert formatting.last_minute(END, time_zone=HERE, now=NOW) == here
        assert formatting.last_minute(END, time_zone=HOME, now=NOW) == home


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Feb 3, 2027"),
        ("zh-hans", "2027年2月3日"),
        ("zh-hant", "2027年2月3日"),
        ("es", "3 feb 2027"),
    ],
)
def test_a_day_of_another_year_has_its_year(language: str, text: str) -> None:
    with translation.override(language):
        assert formatting.day(date(2027, 2, 3), now=NOW) == text


@pytest.mark.parametrize(
    ("now", "days"),
    [
        (datetime(2026, 11, 22, 22, 2, tzinfo=UTC), 3),
        (datetime(2026, 11, 24, 7, 59, tzinfo=UTC), 2),
        (datetime(2026, 11, 24, 8, 0, tzinfo=UTC), 1),
        (datetime(2026, 11, 25, 7, 59, tzinfo=UTC), 1),
        (datetime(2026, 11, 25, 8, 0, tzinfo=UTC), 0),
    ],
)
def test_today_is_one_of_the_days_left(now: datetime, days: int) -> None:
    assert formatting.days_left(END, time_zone=HERE, now=now) == days


@pytest.mark.parametrize("used", [timedelta(minutes=1), timedelta(hours=1), timedelta(hours=23)])
def test_no_more_days_are_left_than_were_bought(used: timedelta) -> None:
    begun = datetime(2026, 11, 22, 22, 2, tzinfo=UTC)
    ends_at = begun + timedelta(days=15)  # At no midnight: its supplier counts days of 24 hours.
    assert formatting.days_left(ends_at, time_zone=HERE, now=begun + used) == 15


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", ["Los Angeles", "Beijing", "Buenos Aires", "Indianapolis", "Kolkata"]),
        ("zh-hans", ["洛杉矶", "北京", "布宜诺斯艾利斯", "印第安纳波利斯", "加尔各答"]),
        ("es", ["Los Ángeles", "Pekín", "Buenos Aires", "Indianápolis", "Calcuta"]),
    ],
)
def test_a_city_is_named_in_the_language(language: str, names: list[str]) -> None:
    zones = [
        HERE,
        HOME,
        "America/Argentina/Buenos_Aires",
        "America/Indiana/Indianapolis",
        "Asia/Kolkata",
    ]
    with translation.override(language):
        for zone, name in zip(zones, names, strict=True):
            assert formatting.city(zone) == name


def test_volumes_and_speeds_keep_number_and_unit_together() -> None:
    with translation.override("en"):
        assert formatting.volume(3_690_000_000) == "3.6\u00a0GB"
        assert formatting.speed(1000) == "1\u00a0Mbps"
        assert formatting.speed(1500) == "1.5\u00a0Mbps"
        assert formatting.speed(512) == "512\u00a0kbps"


@pytest.mark.parametrize(("language", "text"), [("en", "Tue"), ("zh-hans", "二"), ("es", "mar")])
def test_a_weekday_is_short(language: str, text: str) -> None:
    with translation.override(language):
        assert formatting.weekday(date(2026, 11, 24)) == text


def test_two_places_may_read_the_same_clock() -> None:
    assert formatting.same_clock(END, HERE, "America/Vancouver")
    assert not formatting.same_clock(END, HERE, HOME)


@pytest.mark.parametrize(
    ("language", "name", "shown"),
    [
        ("zh-hans", "PayPal", " PayPal "),
        ("zh-hant", "Visa •••• 4242", " Visa •••• 4242 "),
        ("zh-hans", "支付宝", "支付宝"),
        ("en", "PayPal", "PayPal"),
    ],
)
def test_latin_letters_in_a_chinese_sentence_have_room(
    language: str, name: str, shown: str
) -> None:
    with translation.override(language):
        assert formatting.name_in_text(name) == shown


@pytest.mark.parametrize(
    ("style", "names", "text"),
    [
        ("standard", ["Puerto Rico", "Islas Vírgenes"], "Puerto Rico e Islas Vírgenes"),
        ("standard", ["Francia", "España", "Italia"], "Francia, España e Italia"),
        ("standard", ["agua", "hielo"], "agua y hielo"),
        ("standard", ["Irán", "Cuba"], "Irán y Cuba"),
        ("standard", ["Italia"], "Italia"),
        ("or", ["Catar", "Omán"], "Catar u Omán"),
        ("or", ["Omán", "Catar"], "Omán o Catar"),
        ("or", [], ""),
    ],
)
def test_spanish_and_and_or_give_way_to_their_own_sound(
    style: Literal["standard", "or"], names: list[str], text: str
) -> None:
    with translation.override("es"):
        assert formatting.listed(names, style=style) == text


@pytest.mark.parametrize(
    ("language", "text"), [("en", "a, b, and i"), ("zh-hans", "a、b和i"), ("es", "a, b e i")]
)
def test_names_in_a_sentence(language: str, text: str) -> None:
    with translation.override(language):
        assert formatting.listed(["a", "b", "i"]) == text
