"""The rules of docs/explanation/writing-style.md for Chinese hold in every text and template."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import limosa
from limosa.config.messages.catalogs import LOCALE

HAN = r"[\u4e00-\u9fff]"
PLACE = r"%\(\w+\)[sd]"
NEVER = {
    "zh_Hans": [
        *("您", "账号", "钱包", "续约", "充值", "支付码"),
        *("运营人员", "运营后台", "交付", r"的款(?!项)"),
    ],
    "zh_Hant": ["您", "帳號", "數據", "續約", "運營人員", "交付", r"的款(?!項)"],
}
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


def texts(language: str) -> Iterator[str]:
    """Yield every translation."""
    with (LOCALE / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        for message in read_po(file, locale=language):
            if message.id:
                said = message.string
                yield from map(str, said if isinstance(said, list | tuple) else [said])


@pytest.mark.parametrize("language", NEVER)
def test_every_text_keeps_to_the_house_words_and_wide_marks(language: str) -> None:
    wrong = {text: found for text in texts(language) if (found := faults(language, text))}
    assert wrong == {}


@pytest.mark.parametrize(
    "text",
    ["您的账户", "续费: 25", "洛杉矶(美国)", "已付款。 现在", "用PayPal", "款项 。", "重复的款"],
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
