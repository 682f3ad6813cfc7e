"""What a text means. (What people type: tests/database/search/phrases.csv.)"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.search.engine.plan_words import PlanWords
from limosa.domain.search.engine.ranking import How
from limosa.domain.search.engine.reading import GUESSES_MAX, Reading, read
from tests.unit.search.known import KnownTerms

KNOWN = KnownTerms()


def reading(text: str, language: str = "en", *, is_exact: bool = False) -> Reading:
    return read(text, KNOWN, language=language, is_exact=is_exact)


PLACES = {
    "usa": "US",
    "meiguo": "US",
    "Mei Guo": "US",
    "měi guó": "US",
    "mei3 guo2": "US",
    "ＵＳＡ": "US",
    "las vegas": "US",
    "lasvegas": "US",
    "Jpan": "JP",
    "iatly": "IT",
    "澳大力亚": "AU",
    "antigua and barbuda": "AG",
    "cote d'ivoire": "CI",
    "COTE D’IVOIRE": "CI",
    "india": "IN",
    "in": "IN",
    "IN": "IN",
    "korea": "KR",
    "美国和加拿大": "US CA",
    "美国加拿大": "US CA",
    "us + canada, mexico": "US CA MX",
    "canada mexico japan": "CA MX JP",
    "美加墨": "US CA MX",
    "日韩": "JP KR",
    "usa america 美国": "US",
    "Georgia": "GE",
    "Georgia, USA": "US",
    "europe": "r:europe",
    "plan for japan": "JP",
    "nueva zelnda": "NZ",
}


@pytest.mark.parametrize("text", PLACES)
def test_places_are_understood(text: str) -> None:
    assert " ".join(reading(text).places) == PLACES[text]


def test_a_word_of_two_letters_is_a_code_only_alone_or_in_capitals() -> None:
    assert reading("sim in japan").places == ("JP",)
    assert reading("IN + JP").places == ("IN", "JP")
    assert reading("7 days in").places == ()


def test_carriers_are_understood_by_their_brand() -> None:
    assert reading("AT&T").carriers == ("c:att",)
    assert reading("tmobile usa").carriers == ("c:t-mobile",)
    assert reading("tmobile usa").places == ("US",)
    assert reading("orange").carriers == ("c:orange",)


def test_words_of_plans_stand_anywhere() -> None:
    unlimited = PlanWords(is_unlimited=True)
    for text in ("unlimited usa", "usa unlimited", "无限流量美国", "美国无限流量", "us ilimitado"):
        assert reading(text).words == unlimited, text
        assert reading(text).places == ("US",), text
        assert reading(text).left == (), text


def test_what_is_not_understood_is_told() -> None:
    assert reading("japan xyzzyx").left == ("xyzzyx",)
    assert reading("japan xyzzyx").places == ("JP",)
    assert reading("日本饕餮").left == ("饕餮",)


def test_a_guess_is_told_as_one() -> None:
    assert not reading("japan").is_guess
    for text, how in (("jap", How.BEGINNING), ("Jpan", How.ERROR)):
        found = reading(text)
        assert found.is_guess
        assert found.slots[0][0].how is how
        exact = reading(text, is_exact=True)
        assert (exact.slots, exact.left) == ((), (text.lower(),))


def test_the_beginning_of_a_name_may_have_a_word_that_says_nothing() -> None:
    assert reading("las v").places == ("US",)
    assert reading("las v").left == ()


def test_other_meanings_stay_behind_the_first() -> None:
    [slot] = reading("Georgia").slots
    assert [(one.term.targets, one.term.label) for one in slot] == [
        (("GE",), ""),
        (("US",), "Georgia"),
    ]


def test_whoever_reads_chinese_means_pinyin_before_a_code() -> None:
    assert reading("mg", "en").places == ("MG",)
    assert reading("mg", "zh-hans").places == ("US",)


PARTS = ["us", "usa", "japan", "美国", "5g", "+", ",", "&", "无限", "xwy", "in", "T-Mobile", "7天"]


@given(st.text(max_size=200))
def test_any_text_is_read_with_few_questions(text: str) -> None:
    KNOWN.asked = 0
    found = reading(text)
    assert KNOWN.asked <= 1 + 2 * GUESSES_MAX
    assert len(found.left) <= 100


@given(
    st.lists(
        st.sampled_from(
            [
                "us",
                "usa",
                "japan",
                "美国",
                "5g",
                "+",
                ",",
                "&",
                "无限",
                "xwy",
                "in",
                "T-Mobile",
                "7天",
                "?",
            ]
        )
    )
)
def test_parts_in_any_order_are_read(parts: list[str]) -> None:
    found = reading(" ".join(parts))
    assert set(found.places) <= {"US", "JP", "IN"}
