"""However many redeem a code at the same moment, it is credited once."""

from collections.abc import Callable
from functools import partial
from itertools import count

import pytest
from django.db import close_old_connections

from limosa.domain.ledger.models import Posting
from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.redemption.models import Code
from limosa.domain.redemption.operations import redeem_code as redeeming
from limosa.domain.redemption.operations.redeem_code import redeem_code
from tests.concurrency.together import run_together
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.redemption import make_codes

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE, IN_ALL = 40, 200


def test_two_hundred_attempts_give_one_credit() -> None:
    codes = make_codes()
    people = [make_subscriber() for _ in range(IN_ALL)]
    said: list[str] = []
    for start in range(0, IN_ALL, AT_ONCE):
        said += run_together(
            [_attempt(codes.texts[0], one.pk) for one in people[start : start + AT_ONCE]]
        )
    close_old_connections()
    assert said.count("2000") == 1
    assert said.count("CodeUsedError") == IN_ALL - 1
    assert _credits() == 1


def test_one_person_on_many_devices_is_credited_once() -> None:
    codes, person = make_codes(), make_subscriber()
    said = run_together([_attempt(codes.texts[0], person.pk) for _ in range(8)])
    assert sorted(said) == ["2000", *["CodeUsedByYouError"] * 7]
    assert _credits() == 1


def test_voiding_and_redeeming_at_the_same_moment_leaves_the_books_even() -> None:
    for _turn in range(5):
        codes, person = make_codes(count=1), make_subscriber()
        said = run_together([_attempt(codes.texts[0], person.pk), partial(codes.change, "void")])
        assert said in (["2000", "0"], ["CodeVoidError", "1"])
    outstanding = Posting.objects.filter(account__kind="codes_outstanding")
    assert sum(outstanding.values_list("amount_minor", flat=True)) == 0


def test_the_control_a_look_before_the_leap_gives_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the condition in the statement, and without the entry's key, a code is credited to
    everybody who found it active."""
    codes = make_codes()
    weak = redeeming._REDEEM.replace("AND state = 'active'", "")
    assert weak != redeeming._REDEEM
    monkeypatch.setattr(redeeming, "_REDEEM", weak)
    numbers = count()
    monkeypatch.setattr(
        redeeming, "post_entry", lambda **given: post_entry(**given | {"key": f"x{next(numbers)}"})
    )
    said = run_together([_attempt(codes.texts[0], make_subscriber().pk) for _ in range(8)])
    assert said.count("2000") == 8
    assert _credits() == 8
    assert Code.objects.filter(state="redeemed").count() == 1


def _attempt(text: str, subscriber_id: int) -> Callable[[], object]:
    def attempt() -> object:
        address = f"2001:db8:{subscriber_id % 65536:x}::1"
        return redeem_code(
            subscriber_id=subscriber_id, typed=text, address=address, now=MOMENT
        ).amount.amount_minor

    return attempt


def _credits() -> int:
    return Posting.objects.filter(account__kind="wallet").count()
