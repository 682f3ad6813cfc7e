"""What a text says of the plan itself."""

import pytest

from limosa.domain.search.engine.plan_words import PlanWords, plan_words
from limosa.foundation.volume import GB

SAID = {
    "unlimited": PlanWords(is_unlimited=True),
    "Sin Límite": PlanWords(is_unlimited=True),
    "无限流量": PlanWords(is_unlimited=True),
    "吃到飽": PlanWords(is_unlimited=True),
    "wu xian liu liang": PlanWords(is_unlimited=True),
    "5G": PlanWords(generation="5G"),
    "4G LTE": PlanWords(generation="4G"),
    "usa5g": PlanWords(generation="5G"),
    "15 gb": PlanWords(volume_bytes=15 * GB),
    "1,5 GB": PlanWords(volume_bytes=3 * GB // 2),
    "500MB": PlanWords(volume_bytes=GB // 2),
    "7 days": PlanWords(days=7),
    "7-day": PlanWords(days=7),
    "7天": PlanWords(days=7),
    "七天": PlanWords(days=7),
    "10 días": PlanWords(days=10),
    "2 semanas": PlanWords(days=14),
    "a month": PlanWords(days=28),
    "1 mes": PlanWords(days=28),
    "三个月": PlanWords(days=84),
    "月卡": PlanWords(days=28),
    "quarterly": PlanWords(days=89),
    "半年": PlanWords(days=180),
    "one year": PlanWords(days=360),
    "1 año": PlanWords(days=360),
    "plan anual": PlanWords(days=360),
    "1 month · 20 GB": PlanWords(days=28, volume_bytes=20 * GB),
    "30天 10G 5G 不限量": PlanWords(
        is_unlimited=True, generation="5G", days=30, volume_bytes=10 * GB
    ),
}


@pytest.mark.parametrize("text", SAID)
def test_words_are_understood(text: str) -> None:
    assert plan_words(text)[0] == SAID[text]


@pytest.mark.parametrize(
    "text", ["", "日本", "japan", "7日本", "99999 years", "0 GB", "99999 GB", "O2", "mes amis à 5"]
)
def test_other_words_are_not(text: str) -> None:
    found, _rest = plan_words(text)
    assert found.volume_bytes == 0
    assert not found.is_unlimited
    assert found.days in (0, 28)


def test_the_rest_is_parted_where_they_stood() -> None:
    assert plan_words("usa 5g canada")[1] == "usa ++ canada"
