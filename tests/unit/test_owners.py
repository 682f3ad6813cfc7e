"""Each table is written by one package: by its owner's operations, which everybody else calls.

The laboratory, the demo's data and migrations may write what they like; a simulator and a
protocol can't, since they import no models.
"""

from pathlib import Path

import pytest

import limosa
from tests.unit.table_writes import Known, Write, foreign, known, owners

SOURCES = Path(limosa.__file__).parent
FILES = [
    path
    for path in sorted(SOURCES.rglob("*.py"))
    if not {"migrations", "simulators", "protocols"} & set(path.parts) and path.stem != "demo_data"
]
# A file, and why it writes tables that it does not own, or that it can't know.
EXCEPTIONS = {
    "domain/rows.py": "composes the statements; whose row it is says its caller, who is looked at",
    "domain/encryption/batches.py": "encrypts the columns of any table anew under the newest key",
    "config/reencrypting.py": "does the same to what a library keeps in its own table",
    "web/sessions.py": "is the store of Django's own table of sessions",
}


@pytest.fixture(scope="module")
def sources() -> Known:
    return known(FILES)


def package_of(path: str) -> str:
    parts = path.split("/")
    return parts[1] if parts[0] == "domain" else parts[0]


def test_each_package_writes_its_own_tables_only(sources: Known) -> None:
    own = owners()
    found: dict[str, str | None] = {}
    for path in FILES:
        name = path.relative_to(SOURCES).as_posix()
        if name not in EXCEPTIONS:
            writes = foreign(path.read_text("utf-8"), package_of(name), sources, own)
            found |= {f"{name}:{write.line}: {write.text}": write.model for write in writes}
    assert found == {}


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_each_exception_is_needed(sources: Known, name: str) -> None:
    source = (SOURCES / name).read_text("utf-8")
    assert foreign(source, package_of(name), sources, owners())


PLANTED = {
    "a row is saved": "def f(payment: Payment):\n    payment.save(update_fields=['state'])",
    "a row that may be none": "def f(payment: Payment | None):\n    payment.save()",
    "a row that was read": "row = Payment.objects.select_for_update().get(pk=1)\nrow.save()",
    "the first of some": "row = Payment.objects.filter(pk=1).first()\nif row:\n    row.delete()",
    "rows in turn": "for row in Payment.objects.filter(state='x')[:9]:\n    row.save()",
    "rows of a list": "def f(rows: list[Payment]):\n    [row.save() for row in rows]",
    "an update": "Payment.objects.filter(pk=1).update(state='failed')",
    "an update by steps": "rows = Payment.objects.filter(pk=1)\nrows.exclude(a=1).update(b=1)",
    "a deletion": "Payment.objects.all().delete()",
    "a new row": "Payment.objects.create(number='1')",
    "a new row, saved": "Payment(number='1').save(force_insert=True)",
    "one or another": "Payment.objects.select_for_update().get_or_create(number='1')",
    "a pair": "row, is_new = Payment.objects.get_or_create(number='1')\nrow.save()",
    "one way or another": "Payment.objects.update_or_create(number='1')",
    "many": "Payment.objects.bulk_create([])",
    "many again": "Payment.objects.bulk_update([], ['state'])",
    "later": "async def f():\n    await Payment.objects.filter(pk=1).aupdate(state='x')",
    "by what refers to it": "def f(refund: Refund):\n    refund.payment.save()",
    "by what it refers to": "def f(person: Subscriber):\n    person.payments.update(state='x')",
    "held by something else": "def f(held: Locked):\n    held.payment.save()",
    "what a function returns": "held = lock_payment(number='1')\nheld.payment.save()",
    "who asks": "def f(request):\n    request.user.save()",
    "a plain row": "insert_row_once(Payment(number='1'))",
    "a plain change": "def f(payment: Payment):\n    update_row(payment, 'state')",
    "a form": "form = SettingsForm(None)\nform.save()",
    "raw": "SQL = 'UPDATE payments_payment SET state = 1'",
    "raw, quoted": "SQL = 'DELETE FROM \"payments_payment\"'",
    "raw, in lines": "SQL = '''WITH a AS (SELECT 1)\n  INSERT INTO payments_payment'''",
    "raw, composed": "SQL = f'UPDATE payments_payment SET {1}'",
    "raw, of some table": "SQL = f'UPDATE {TABLE} SET a = 1'",
    "nobody knows what": "def f(row):\n    row.save()",
}


@pytest.mark.parametrize("source", PLANTED.values(), ids=PLANTED)
def test_a_foreign_write_is_found(sources: Known, source: str) -> None:
    assert foreign(source, "ordering", sources, owners())


@pytest.mark.parametrize("source", PLANTED.values(), ids=PLANTED)
def test_the_owner_may_write(sources: Known, source: str) -> None:
    known_ones = [write for write in foreign(source, "payments", sources, owners()) if write.model]
    assert [write for write in known_ones if owners()[write.model or ""] == "payments"] == []


HARMLESS = {
    "a row of one's own": "def f(order: Order):\n    order.save()",
    "a read": "Payment.objects.filter(pk=1).exists()",
    "a lock": "Payment.objects.select_for_update().get(pk=1)",
    "a row that nobody saves": "payment = Payment(number='1')\npayment.state = 'x'",
    "a dictionary": "def f(words: dict[str, int]):\n    words.update(a=1)",
    "a set": "seen = set()\nseen.update([1])",
    "a digest": "import hashlib\nhashlib.sha256().update(b'x')",
    "a form that is only read": "form = ChannelForm(None)\nwanted = form.save(commit=False)",
    "an operation": "receive_payment(payment=payment, fact=fact)",
    "prose": "'''Locks: the bundle, by one UPDATE.'''",
    "prose of a row": "'''moves it ahead by an UPDATE that names the old value'''",
    "a raw read": "SQL = 'SELECT 1 FROM payments_payment FOR UPDATE OF payments_payment'",
}


@pytest.mark.parametrize("source", HARMLESS.values(), ids=HARMLESS)
def test_what_is_none_is_not_found(sources: Known, source: str) -> None:
    assert foreign(source, "ordering", sources, owners()) == []


def test_it_says_where_and_what(sources: Known) -> None:
    [write] = foreign("\nPayment.objects.all().delete()", "ordering", sources, owners())
    assert write == Write(2, "Payment.objects.all().delete()", "Payment")
