"""What pages promise in numbers comes from the code; what they say of channels, from what is on.

Every text of ours is looked through, so the next one that promises something is too.
"""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation
from procrastinate.contrib.django import app

import limosa
from limosa.domain.accounts.engine.mail_rules import MAILS_A_DAY
from limosa.domain.catalog.engine.units import PERCENT_OFF_MAX
from limosa.domain.notifications.not_me import NOT_ME_PERIOD
from limosa.domain.ordering.operations.place_order import (
    LINK_OPEN_ORDERS_MAX,
    PERSON_OPEN_ORDERS_MAX,
)
from limosa.domain.ratings.engine.means import PEOPLE_LEAST
from limosa.domain.ratings.engine.questions import ANSWER_MOST, Question
from limosa.domain.ratings.operations.publish_place import PUBLISHED_EVERY
from limosa.domain.track_record.engine.measures import CASES_LEAST, PERIOD
from limosa.foundation.amounts import DIGITS_MAX
from limosa.web.console.supplier_health import SPAN
from limosa.web.outage import RETRY_SECONDS
from limosa.web.wording.promises import PROMISES, duration, promised

SOURCES = Path(limosa.__file__).parent
CATALOG = SOURCES / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
PLACE = re.compile(r"%\(\w+\)[sd]|%%")
NUMBER = re.compile(
    r"\d|\b(two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|sixty"
    r"|hundred|thousand)\b|\b(a|an|one) (minute|hour|week)\b"
    r"|\b(few|some) (second|minute|hour|day|week)s\b"
    r"|\b(seconds|minutes|hours|days|weeks) (later|after)\b|\bin (seconds|minutes)\b",
    re.IGNORECASE,
)
CHANNEL = re.compile(r"\b(WeChat|PayPal|Alipay|Stripe|(?<!SIM )cards?)\b", re.IGNORECASE)

# Texts with a number that is no promise of ours. A new one belongs here only if nothing in the
# code, and no setting, could ever make it untrue.
NO_PROMISE = {
    # Of others: how long a bank, a mailbox or a provider takes.
    "a few days": "banks",
    "some days": "banks and providers",
    "a few minutes": "mailboxes",
    "a few hours after midnight": "providers' files",
    # How long a plan is of use, roughly.
    "about a week": "a hint",
    "about two weeks": "a hint",
    # Advice to try again.
    "in a minute": "advice",
    "Wait a minute": "advice",
    "after a minute": "advice",
    "come back in a few hours": "advice",
    # Examples, and forms that the world has fixed.
    "123456": "an example of a bad PIN",
    "121212": "an example of a bad PIN",
    "12.50": "an example of an amount",
    "1250.00": "an example of an amount",
    "500.00": "an example of an amount",
    "12.5": "an example of a percentage",
    "5 GB": "an example of a volume",
    "1 GB is 1000³ bytes": "SI prefixes",
    "1 GB": "an example of a volume",
    "95%%": "the name of a percentile",
    "1.00": "an example of a step",
    "0.99": "an example of an ending",
    "4.99, 5.99": "examples of prices",
    "japan-5gb": "an example of a code",
    "new-year-2027": "an example of a name",
    "15, 5.00 or 10 GB": "examples of what a promotion gives",
    "10 GB": "an example of a volume",
    "5.00": "an example of an amount",
    "three letters": "ISO 4217",
    "between two counts": "there is one before and one after",
    "each of the two": "the currency that was expected, and the other",
    "the digits 0 to 9": "the ten digits",
    "every 30 seconds": "RFC 6238",
    "18 to 20 digits that begin with 89": "ITU-T E.118",
    "LPA:1$": "how every activation code begins",
    "half an hour": "advice",
    "two letters": "ISO 3166",
    "iPhone 15 Pro, A3084, Galaxy S24, SM-S921B, MU2N3CH/A": "examples of devices",
    "A3518": "a model number of Apple's",
    "Galaxy S23, Z Fold4 and Z Flip4": "names of devices",
    "two SIM cards": "what that version has room for",
    "iOS 17.4": "the first of Apple's systems that opens such a link",
    "*#06#": "3GPP TS 22.030",
    "three taps": "one to open, one to answer, one to send",
    "95 of 100": "the name of a percentile",
    "95 times in 100": "the name of an interval",
    "Eight letters": "the shape of allauth's code",
    "0 or higher": "where counting begins",
    "1 %(own)s =": "a rate is for one of something",
    "for one euro": "a rate is for one of something",
    "The two PINs": "there are two fields",
    "two-step": "a password and one more",
    "a month, a quarter or a year": "kinds of plans",
}


def cron_of(name: str) -> str:
    """Return when the worker does a job by itself."""
    periodic = app.periodic_registry.periodic_tasks.values()
    return next(one.cron for one in periodic if one.task.name == name)


# Numbers that stand in a text as words, and what in the code they have to be.
HELD: dict[str, tuple[object, object]] = {
    "last 7 days": (SPAN, timedelta(days=7)),
    "seven days": (NOT_ME_PERIOD, timedelta(days=7)),
    "within 15 minutes": (settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT, 15 * 60),
    "works for 15 minutes": (settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT, 15 * 60),
    "few seconds": (RETRY_SECONDS, 5),
    "Three orders for this eSIM": (LINK_OPEN_ORDERS_MAX, 3),
    "may have 12 digits": (DIGITS_MAX, 12),
    "no more than five such emails a day": (MAILS_A_DAY, 5),
    "of 5": (ANSWER_MOST, 5),
    "five steps": (ANSWER_MOST, 5),
    "four questions": (len(Question), 4),
    "once ten people": (PEOPLE_LEAST, 10),
    "shown from ten": (CASES_LEAST, 10),
    "last 30 days": (PERIOD, timedelta(days=30)),
    "published once an hour": (PUBLISHED_EVERY, timedelta(hours=1)),
    "books once an hour": (cron_of("track_record.measure"), "27 * * * *"),
    "figures within a minute": (cron_of("ratings.publish"), "* * * * *"),
    "from 1 to 90": (PERCENT_OFF_MAX, 90),
    "Ten of your orders": (PERSON_OPEN_ORDERS_MAX, 10),
}
# Whoever reads these has paid by card or by an account just before.
OF_A_DECLINE = "web/storefront/declines.py"
DECLINES = {"card expired", "card or account not supported"}
# Texts that name a channel, and why they are true whatever is set up.
OF_A_CHANNEL = {
    "WeChat": "the name itself",
    "WeChat Pay": "the name itself",
    "PayPal": "the name itself",
    "Alipay": "the name itself",
    "Card": "the name itself",
    "a card": "the name itself",
    "Save this card for next time": "beside a card",
    "Saves cards or accounts for later payments.": "beside a channel that does",
    "Pay in WeChat": "within WeChat",
    (
        "WeChat reports that this payment was not made. Try again, or choose another way below. If "
        "you did pay, this page updates automatically."
    ): "within WeChat",
    (
        "WeChat needs JavaScript to take this payment. Turn it on, or open this page outside "
        "WeChat and pay another way."
    ): "within WeChat",
}


def texts() -> list[tuple[str, str]]:
    """Return every text with the file that it is in; places for values are taken out."""
    with CATALOG.open("rb") as file:
        catalog = read_po(file)
    return [
        (message.locations[0][0], str(text))
        for message in catalog
        for text in (message.id if isinstance(message.id, tuple) else (message.id,))
        if text
    ]


def numbers_in(text: str) -> list[str]:
    for known in (*NO_PROMISE, *HELD):
        text = re.sub(rf"(?<!\w){re.escape(known)}", "", text, flags=re.IGNORECASE)
    return [match[0] for match in NUMBER.finditer(PLACE.sub("", text))]


def test_no_text_has_a_number_that_was_written_by_hand() -> None:
    assert {text: numbers_in(text) for _, text in texts() if numbers_in(text)} == {}


@pytest.mark.parametrize(
    "text",
    [
        "refunded after 15 minutes",
        "usable seconds later",
        "you renew in seconds",
        "After five wrong tries",
        "within a minute of it",
        "At least 8 characters",
    ],
)
def test_a_number_that_is_written_by_hand_is_found(text: str) -> None:
    assert numbers_in(text)


def test_what_is_let_through_is_still_said_somewhere() -> None:
    every = "\n".join(text for _, text in texts())
    assert [known for known in (*NO_PROMISE, *HELD) if known not in every] == []


@pytest.mark.parametrize("text", HELD)
def test_a_number_in_words_is_the_codes_own(text: str) -> None:
    in_the_code, said = HELD[text]
    assert in_the_code == said


@pytest.mark.parametrize("name", sorted(PROMISES))
def test_every_promise_is_made_somewhere(name: str) -> None:
    used = re.compile(rf'promise "{name}"|%\({name}\)s')
    places = [*SOURCES.glob("web/**/*.html"), SOURCES / "web" / "storefront" / "refusals.py"]
    assert any(used.search(path.read_text(encoding="utf-8")) for path in places)


def test_a_channel_is_named_only_where_it_is_on() -> None:
    named = {
        text
        for file, text in texts()
        if CHANNEL.search(PLACE.sub("", text)) and file != OF_A_DECLINE and text not in DECLINES
    }
    assert named == set(OF_A_CHANNEL)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["15 minutes", "1 minute", "14 days"]),
        ("zh-hans", ["15 分钟", "1 分钟", "14 天"]),
        ("zh-hant", ["15 分鐘", "1 分鐘", "14 天"]),
        ("es", ["15 minutos", "1 minuto", "14 días"]),
    ],
)
def test_a_duration_is_told_in_the_largest_whole_unit(language: str, expected: list[str]) -> None:
    with translation.override(language):
        told = [promised(name) for name in ("refund_after", "told_after", "link_works")]
    assert told == expected
    assert duration.__doc__
