"""The walk through a payment (docs/explanation) names the files in the order of what happens."""

import re
import sys
from pathlib import Path
from types import FrameType

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import limosa
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT

pytestmark = pytest.mark.django_db(transaction=True)
SOURCES = Path(limosa.__file__).parent
WALK = Path(__file__).parents[3] / "docs" / "explanation" / "a-payment-step-by-step.md"
FILES_MAX = 15
# Three locks and what runs; bundle, order, message, entry, payment, inbox; and who is told.
STATEMENTS_MAX = 11
# Before these, the request is at the edge: the tests of servers show how it comes here.
FIRST = "domain/ordering/operations/apply_notification.py"


def named() -> list[str]:
    return re.findall(r"^\| \d+ \| \[`([\w/]+\.py)`\]", WALK.read_text("utf-8"), re.MULTILINE)


def test_it_names_few_files_and_each_is_there() -> None:
    assert 0 < len(named()) <= FILES_MAX
    assert [name for name in named() if not (SOURCES / name).is_file()] == []


def test_a_payment_enters_them_in_that_order(shop: Shop) -> None:
    payment = shop.start(shop.place())
    message = shop.provider.message(shop.provider.pay(payment.number, at=MOMENT))
    entered: list[str] = []

    def note(frame: FrameType, event: str, _: object) -> None:
        path = Path(frame.f_code.co_filename)
        if event == "call" and path.is_relative_to(SOURCES):
            name = path.relative_to(SOURCES).as_posix()
            if name not in entered and frame.f_code.co_name != "<module>":
                entered.append(name)

    sys.setprofile(note)
    try:
        shop.take(message)
    finally:
        sys.setprofile(None)
    inside = named()[named().index(FIRST) :]
    assert [name for name in entered if name in inside] == inside


def test_a_credit_takes_few_statements(shop: Shop) -> None:
    shop.pay(shop.place())  # It makes the accounts that the later ones find.
    payment = shop.start(shop.place())
    message = shop.provider.message(shop.provider.pay(payment.number, at=MOMENT))
    with CaptureQueriesContext(connection) as captured:
        shop.take(message)
    statements = [query["sql"] for query in captured if query["sql"] not in {"BEGIN", "COMMIT"}]
    assert len(statements) == STATEMENTS_MAX, "\n".join(statements)
