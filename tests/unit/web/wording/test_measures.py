"""How long something took, as pages say it."""

import re
from datetime import timedelta

import pytest
from django.utils import translation

from limosa.web.wording.measures import length


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (3, {"en": "3 seconds", "es": "3 segundos", "zh-hans": "3 秒", "zh-hant": "3 秒"}),
        (750, {"en": "12 minutes", "zh-hans": "12 分钟", "zh-hant": "12 分鐘"}),
        (12_600, {"en": "3.5 hours", "zh-hans": "3.5 小时", "zh-hant": "3.5 小時"}),
        (181_440, {"en": "2.1 days", "zh-hans": "2.1 天", "zh-hant": "2.1 天"}),
    ],
)
def test_a_length_is_said_as_people_say_it(seconds: int, said: dict[str, str]) -> None:
    for language, text in said.items():
        with translation.override(language):
            assert length(timedelta(seconds=seconds)).replace("\u00a0", " ") == text


@pytest.mark.parametrize("language", ["en", "es", "zh-hans", "zh-hant"])
def test_every_unit_has_words_in_every_language(language: str) -> None:
    with translation.override(language):
        for seconds in [0, 1, 2, 60, 119, 120, 3600, 7200, 86_400, 172_800, 864_000]:
            said = length(timedelta(seconds=seconds))
            assert re.fullmatch(r"[\d.,]+[ \u00a0][^\W\d_]+", said), said
            assert not (language.startswith("zh") and re.search("[a-z]", said)), said
