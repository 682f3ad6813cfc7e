"""The rules of docs/explanation/writing-style.md hold in every text and template."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

import limosa
from limosa.config.messages.catalogs import LOCALE

HAN = r"[\u4e00-\u9fff]"
PLACE = r"%\(\w+\)[sd]"
NEVER = {
    "zh_Hans": [
        *("账号", "钱包", "续约", "充值", "支付码"),
        *("运营人员", "运营后台", "交付", r"的款(?!项)"),
    ],
    "zh_Hant": ["帳號", "數據", "續約", "運營人員", "交付", r"的款(?!項)"],
}
# A page says 你. A mail is a letter, 您. What a message says stands in both, and says neither.
WRONG_YOU = {"page": "您", "mail": "你", "message": "[你您]"}
LETTERS = (
    "web/templates/account/email/",
    "web/templates/mfa/email/",
    "domain/notifications/kinds.py",  # Why a reader gets the mail.
    "domain/notifications/templates/notifications/mail.",
)
MESSAGES = "domain/notifications/"
# English that is word for word something else, or that nobody says today.
STILTED = re.compile(
    r"\b(the way (it came|back)|need not|any ?more|anew|all the same|whoever|some(body|one) who may"
    r"|(Looked|Look) at|Taken in|Came (although|after|and)|All of it|Asked for|is told|are told"
    r"|by (itself|themselves|ourselves|yourself)|of the staff already|press again|e-mail"
    r"|mail(s|ed)? (it|them|you)|unwanted mail|goes on|go on|just now"
    r"|kept (method|payment)|moves on|put into|may not (do|open)|second step for"
    r"|wrong tries|takings|brought about)\b",
    re.IGNORECASE,
)
BAD_MARKS = (
    rf"{HAN}[:;,?!()]|[:;,?!()]{HAN}",  # Narrow marks beside Chinese.
    r"[。，；：？！（）“”「」] | [。，；：？！（）]",  # A space beside a wide one.
)
NO_SPACE = rf"{HAN}[A-Za-z0-9]|[A-Za-z0-9]{HAN}"
SOURCES = [
    path
    for path in Path(limosa.__file__).parent.rglob("templates/**/*")
    if path.suffix in {".html", ".txt"}
]
# A sentence that a template ends, and a plain space before what follows on the same line.
JOINED = re.compile(
    r"[.?!](?:\"(?: as \w+)? %\}|\{% endblocktranslate %\})(?:\{% end\w+ %\}|</\w+>)* +(?=[{<\w])"
    r"|\{% endblocktranslate %\} </"
)


def faults(language: str, text: str) -> list[str]:
    """Return what is wrong in a text."""
    found = [word for word in NEVER[language] if re.search(word, text)]
    found += [mark for mark in BAD_MARKS if re.search(mark, text)]
    if re.search(NO_SPACE, re.sub(PLACE, " ", text)):
        found.append(NO_SPACE)
    return found


def catalog_of(language: str) -> Catalog:
    with (LOCALE / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=language)


def forms(said: object) -> list[str]:
    """Return a text, or each of its forms where it has a plural."""
    return [str(form) for form in (said if isinstance(said, list | tuple) else [said])]


def placed(language: str) -> Iterator[tuple[str, list[str]]]:
    """Yield every translation with the files that its text is in."""
    for message in catalog_of(language):
        if message.id:
            for form in forms(message.string):
                yield form, [path for path, _ in message.locations]


def texts(language: str) -> Iterator[str]:
    """Yield every translation."""
    for text, _ in placed(language):
        yield text


def english() -> Iterator[str]:
    """Yield every English text as it is read: the source, or our wording of a library's."""
    ours = catalog_of("en")
    for message in catalog_of("zh_Hans"):
        if message.id:
            worded = ours.get(message.id)
            yield from forms(worded.string if worded and worded.string else message.id)


def kind_of(places: list[str]) -> str:
    """Return where a text is read: on a page, in a mail, or as a message in both.

    What the HTML of a message has beside its layout is in the mail only: its buttons and reasons.
    """
    if any(place.startswith(LETTERS) for place in places):
        return "mail"
    return "message" if any(place.startswith(MESSAGES) for place in places) else "page"


def says_wrong_you(text: str, places: list[str]) -> bool:
    return re.search(WRONG_YOU[kind_of(places)], text) is not None


@pytest.mark.parametrize("language", NEVER)
def test_pages_and_mails_each_have_one_form_of_address(language: str) -> None:
    assert [text for text, places in placed(language) if says_wrong_you(text, places)] == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("您的账户", "web/templates/storefront/home.html"),
        ("你的账户", "web/templates/account/email/part.txt"),
        ("你的账户", "domain/notifications/templates/notifications/mail.html"),
        ("你的流量", "domain/notifications/templates/notifications/ending_soon.txt"),
        ("您的流量", "domain/notifications/templates/notifications/ending_soon.txt"),
        ("您的流量", "domain/notifications/wording.py"),
    ],
)
def test_the_other_form_of_address_is_seen(text: str, place: str) -> None:
    assert says_wrong_you(text, [place])


def test_no_english_text_is_stilted() -> None:
    assert {text: found[0] for text in english() if (found := STILTED.search(text))} == {}


@pytest.mark.parametrize(
    "text",
    [
        "Came although the order was paid",
        "Looked at",
        "Catalogue taken in",
        "You need not do anything.",
        "It goes back the way it came.",
        "This link can't be used any more",
        "We ask it again by ourselves.",
        "Please look at them and press again.",
        "Remove the kept method",
        "Second step for signing in",
    ],
)
def test_a_stilted_turn_is_seen(text: str) -> None:
    assert STILTED.search(text)


@pytest.mark.parametrize("language", NEVER)
def test_every_text_keeps_to_the_house_words_and_wide_marks(language: str) -> None:
    wrong = {text: found for text in texts(language) if (found := faults(language, text))}
    assert wrong == {}


@pytest.mark.parametrize(
    "text",
    ["你的账号", "续费: 25", "洛杉矶(美国)", "已付款。 现在", "用PayPal", "款项 。", "重复的款"],
)
def test_a_text_against_the_rules_is_seen(text: str) -> None:
    assert faults("zh_Hans", text)


def test_no_template_puts_a_space_between_two_sentences() -> None:
    """`{% gap %}` does: nothing in Chinese."""
    joined = {path.name: found for path in SOURCES if (found := JOINED.findall(path.read_text()))}
    assert joined == {}


@pytest.mark.parametrize(
    "source",
    [
        '{% translate "New here?" %} <a href="/">',
        "held.{% endblocktranslate %} </span>",
        'once." %}{% endif %} {% if more %}',
    ],
)
def test_such_a_space_is_seen(source: str) -> None:
    assert JOINED.search(source)


SUPPLIER = {"zh_Hans": "供应商", "zh_Hant": "供應商"}
CUSTOMERS = ("web/templates/storefront/", "web/storefront/")


@pytest.mark.parametrize(("language", "word"), SUPPLIER.items())
def test_what_customers_read_does_not_speak_of_our_suppliers(language: str, word: str) -> None:
    told = [
        text
        for text, places in placed(language)
        if word in text and any(place.startswith(CUSTOMERS) for place in places)
    ]
    assert told == []
