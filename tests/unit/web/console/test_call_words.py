"""What staff read of a call to a supplier."""

import pytest
from django.utils import translation

from limosa.web.console.call_words import call_text, outcome_text


@pytest.mark.parametrize(
    ("outcome", "english", "chinese"),
    [
        ("pending", "not there yet", "还没有到"),
        ("refused, another: credit_used_up", "refused: our balance there is used up", "余额用完了"),
        ("refused, never: refused_5000", "refused: refused_5000", "被拒：refused_5000"),
        ("refused", "refused", "被拒"),
        ("error: no answer (ReadTimeout)", "error: no answer (ReadTimeout)", "出错："),
        ("under_review: A-1", "under review (A-1)", "审核中 (A-1)"),
        ("news", "news", "news"),
    ],
)
def test_an_outcome_is_said_in_words(outcome: str, english: str, chinese: str) -> None:
    assert outcome_text(outcome) == english
    with translation.override("zh-hans"):
        assert chinese in outcome_text(outcome)


def test_a_call_is_said_in_words() -> None:
    with translation.override("zh-hans"):
        assert (call_text("look_up"), call_text("create")) == ("查询", "发起付款")
