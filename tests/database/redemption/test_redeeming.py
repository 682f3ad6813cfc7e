"""A code goes into a wallet once; what its holder is told; and how often somebody may guess."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.accounts.refusals import TriedTooOftenError
from limosa.domain.ledger.queries import balance_of, wallet_in
from limosa.domain.redemption.engine.codes import check_symbol, written
from limosa.domain.redemption.models import Code, CodeBatch, CodeKey, GuessHour
from limosa.domain.redemption.operations.redeem_code import Redeemed, redeem_code
from limosa.domain.redemption.refusals import (
    CodeCheckError,
    CodeExpiredError,
    CodeNotActiveError,
    CodeUnknownError,
    CodeUsedByYouError,
    CodeUsedError,
    CodeVoidError,
)
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.redemption import WORTH, make_codes

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "203.0.113.7"
HOUR = timedelta(hours=1)
ALL_OF = "SELECT string_agg(row_to_json(one)::text, '') FROM {} AS one"
NOT_ONE = "2222222222222222"


@pytest.fixture
def person() -> Subscriber:
    return make_subscriber()


def redeem(
    person: Subscriber, typed: str, *, address: str = ADDRESS, later: timedelta = HOUR * 0
) -> Redeemed:
    return redeem_code(subscriber_id=person.pk, typed=typed, address=address, now=MOMENT + later)


def guess(number: int) -> str:
    """Return a well-formed code that does not exist."""
    symbols = f"{number:015b}".replace("0", "2").replace("1", "3")
    return symbols + check_symbol(symbols)


def test_a_code_is_credited_once(person: Subscriber) -> None:
    codes = make_codes()
    done = redeem(person, codes.texts[1].lower().replace("-", " "))
    assert done == Redeemed(serial=codes.batch.first_serial + 1, amount=WORTH)
    assert wallet_in(subscriber_id=person.pk, currency="USD") == WORTH
    assert balance_of(code=f"codes_outstanding:{codes.batch.number}:USD") == -4000
    with pytest.raises(CodeUsedByYouError) as refusal:
        redeem(person, codes.texts[1], later=HOUR)
    assert refusal.value.used_at == MOMENT
    with pytest.raises(CodeUsedError):
        redeem(make_subscriber(), codes.texts[1])
    assert wallet_in(subscriber_id=person.pk, currency="USD") == WORTH


def test_no_code_can_be_read_from_the_database_nor_its_key_without_the_settings() -> None:
    codes = make_codes()
    text = codes.texts[0].replace("-", "")
    with connection.cursor() as cursor:
        for model in (Code, CodeBatch, CodeKey):
            cursor.execute(ALL_OF.format(model._meta.db_table))
            (content,) = cursor.fetchone()
            assert text not in content
            assert CodeKey.objects.get().secret.hex() not in content
        cursor.execute("SELECT secret FROM redemption_codekey")
        assert cursor.fetchone()[0].startswith("enc1.")
    assert len(bytes(codes.code().digest)) == 16


def test_what_a_holder_is_told(person: Subscriber) -> None:
    codes = make_codes(active=False, count=4, expires_at=MOMENT + 2 * HOUR)
    codes.change("activate", 1, 3)
    codes.change("void", 2, 2)
    with pytest.raises(CodeNotActiveError):
        redeem(person, codes.texts[0])
    with pytest.raises(CodeVoidError):
        redeem(person, codes.texts[2])
    redeem(person, codes.texts[3], later=2 * HOUR - timedelta(seconds=1))
    with pytest.raises(CodeExpiredError):
        redeem(person, codes.texts[1], later=2 * HOUR)
    assert codes.code(1).state == "active"  # Nobody has swept it up yet.


def test_ten_guesses_an_hour_and_no_more(person: Subscriber) -> None:
    codes = make_codes()
    for number in range(10):
        with pytest.raises(CodeUnknownError):
            redeem(person, guess(number))
    with pytest.raises(TriedTooOftenError):
        redeem(person, codes.texts[0])
    redeem(person, codes.texts[0], later=HOUR)
    assert GuessHour.objects.get().guesses == 10


def test_twenty_guesses_an_hour_from_an_address_by_however_many() -> None:
    codes = make_codes()
    for number in range(20):
        with pytest.raises(CodeUnknownError):
            redeem(make_subscriber(), guess(number))
    with pytest.raises(TriedTooOftenError):
        redeem(make_subscriber(), codes.texts[0])
    redeem(make_subscriber(), codes.texts[0], address="203.0.113.8")


def test_who_holds_many_codes_redeems_them_all(person: Subscriber) -> None:
    codes = make_codes(count=70)
    for text in codes.texts:
        redeem(person, text)
    with pytest.raises(CodeUsedByYouError):
        redeem(person, codes.texts[0])
    assert wallet_in(subscriber_id=person.pk, currency="USD").amount_minor == 70 * 2000


def test_what_is_mistyped_is_no_guess_but_has_an_end_too(person: Subscriber) -> None:
    codes = make_codes()
    wrong = f"{codes.texts[0][:-1]}{'2' if codes.texts[0][-1] != '2' else '3'}"
    for _ in range(60):
        with pytest.raises(CodeCheckError):
            redeem(person, wrong)
    assert not GuessHour.objects.exists()
    with pytest.raises(TriedTooOftenError):
        redeem(person, wrong)
    redeem(person, codes.texts[0], later=HOUR)


def test_a_failing_entry_leaves_the_code_as_it_was(
    person: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = make_codes()

    def fail(**_given: object) -> None:
        raise RuntimeError

    module = "limosa.domain.redemption.operations.redeem_code.post_entry"
    with monkeypatch.context() as patch:
        patch.setattr(module, fail)
        with pytest.raises(RuntimeError):
            redeem(person, codes.texts[0])
    assert codes.code().state == "active"
    redeem(person, codes.texts[0])


def test_a_refused_code_leaves_no_transaction_open(person: Subscriber) -> None:
    make_codes()
    with pytest.raises(CodeUnknownError):
        redeem(person, written(NOT_ONE[:15] + check_symbol(NOT_ONE[:15])))
    assert transaction.get_connection().in_atomic_block is False
    assert Code.objects.filter(state="redeemed").count() == 0
