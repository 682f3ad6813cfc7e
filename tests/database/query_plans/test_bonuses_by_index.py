"""What is read of bonuses is found by index, however many there are."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from limosa.domain.wallets.models import Bonus
from limosa.domain.wallets.operations.expire_bonuses import expire_bonuses
from limosa.domain.wallets.operations.return_bonus import return_bonus
from limosa.domain.wallets.operations.use_bonus import use_bonus
from limosa.domain.wallets.queries import bonus_of, bonus_paid, bonuses_left
from limosa.foundation.money import Money
from tests.database.query_plans.reading import check_by_index, reads_of
from tests.factories import MOMENT
from tests.factories.bonuses import make_bonus, make_bonus_use

BONUSES = 10_000
TABLES = {"wallets_bonus", "wallets_bonususe", "wallets_wallettopup"}
_MANY = (
    """INSERT INTO wallets_wallettopup (number, subscriber_id, key, amount_minor, currency,
           exchange, state, placed_at, expires_at, reversed_minor, frozen_minor, bonus_minor)
       SELECT 'T-' || i, %(person)s, 'k' || i, 5000, 'EUR', '{}', 'placed', %(now)s, %(now)s, 0, 0,
              500 FROM generate_series(1, %(many)s) AS i""",
    """INSERT INTO wallets_bonus (top_up_id, subscriber_id, currency, granted_minor, left_minor,
           used_minor, expired_minor, taken_minor, held_minor, paid_minor, granted_at, expires_at)
       SELECT id, subscriber_id, currency, 500, 400, 100, 0, 0, 0, 0, %(now)s,
              %(now)s::timestamptz + id * interval '1 hour'
         FROM wallets_wallettopup WHERE number LIKE 'T-_%%' AND currency = 'EUR'""",
    """INSERT INTO wallets_bonususe (bonus_id, payment_number, used_minor, returned_minor, used_at)
       SELECT id, 'LM' || id, 100, 0, %(now)s FROM wallets_bonus WHERE currency = 'EUR'""",
)

pytestmark = pytest.mark.django_db


def test_bonuses_are_found_by_index() -> None:
    use = make_bonus_use(payment_number="LMX")
    other = make_bonus(expires_at=MOMENT - timedelta(days=1))
    person = use.bonus.subscriber_id
    with connection.cursor() as cursor:
        for statement in _MANY:
            values: dict[str, Any] = {"person": other.subscriber_id, "now": MOMENT, "many": BONUSES}
            used = {name: value for name, value in values.items() if f"%({name})s" in statement}
            cursor.execute(statement, used)
            assert cursor.rowcount == BONUSES
        cursor.execute("ANALYZE wallets_bonus, wallets_bonususe, wallets_wallettopup")
    whole = Money(500, "USD")

    def visit() -> None:
        list(bonuses_left(person))
        bonus_of(use.bonus.top_up)
        bonus_paid("LMX")
        return_bonus(subscriber_id=person, part=whole, payment_number="LMX", now=MOMENT)
        use_bonus(subscriber_id=person, total=whole, payment_number="LMY", now=MOMENT)
        Bonus.objects.filter(pk=other.pk).update(left_minor=0, expired_minor=500)
        assert expire_bonuses(now=MOMENT) == 0

    check_by_index(reads_of(visit), tables=TABLES, rows_max=10)
