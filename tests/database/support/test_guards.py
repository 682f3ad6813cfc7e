"""Each guard finds what breaks it, once, and nothing in books that are right."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from pytest_django.fixtures import Settings

from limosa.config.cli import main
from limosa.domain.accounts.models import StaffRole
from limosa.domain.charging.models import UsageDeduction
from limosa.domain.connectivity.own_profiles import TYPE
from limosa.domain.esims.models import Bundle
from limosa.domain.ledger.engine.postings import Leg
from limosa.domain.ledger.models import Account, AccountKind, JournalEntry, Posting
from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.notifications.kinds import page_path
from limosa.domain.notifications.models import Notification
from limosa.domain.ordering.operations.book_supply_cost import book_supply_cost
from limosa.domain.ordering.operations.place_change import ShownChange, place_change
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.ordering.operations.start_payment import start_payment
from limosa.domain.payments.models import InboxMessage
from limosa.domain.payments.requests import Payer, PaymentMethodChoice
from limosa.domain.payments.status_reports import DisputeOutcome
from limosa.domain.redemption.models import Code, GuessHour
from limosa.domain.support import guards
from limosa.domain.support.code_sums import GUESSES_MAX
from limosa.domain.support.finding_news import NAMED_MAX, tell_staff_of_findings
from limosa.domain.support.models import Finding, GuardKind, GuardRound
from limosa.domain.support.operations.run_guards import run_guards
from limosa.domain.support.tasks import look_at_the_books
from limosa.domain.wallets.operations.place_top_up import place_top_up
from limosa.foundation.money import Money
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT
from tests.factories.accounts import make_operator
from tests.factories.bonuses import make_bonus
from tests.factories.catalog import make_carrier, make_plan
from tests.factories.charging import make_reserve, make_usage_record
from tests.factories.connectivity import make_supply
from tests.factories.esims import make_bundle
from tests.factories.ordering import make_order
from tests.factories.payables import (
    make_charge_difference,
    make_statement,
    make_supplier_account,
)
from tests.factories.promotions import make_promotion_code
from tests.factories.ratings import make_rated_place
from tests.factories.redemption import make_codes
from tests.factories.rsp import make_profile, make_profile_type
from tests.factories.settlements import make_difference, make_settlement
from tests.factories.support import make_finding
from tests.factories.wallets import make_top_up

LATER = MOMENT + timedelta(hours=2)


@contextmanager
def triggers_off() -> Iterator[None]:
    """Cheat: as somebody does who writes to the database by hand."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield


def cheat(statement: str) -> None:
    with triggers_off(), connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount > 0, statement


@pytest.fixture
def busy(shop: Shop) -> Shop:
    """Books with a payment, a wallet that paid, a refund, and use, all of them right."""
    shop.pay(shop.place())
    shop.pay_from_wallet(shop.place())
    refunded = shop.pay(shop.place())
    refund_order(order_number=refunded.order_number, reason="staff", now=MOMENT)
    push_refunds(now=MOMENT)
    change_a_plan(shop)
    dispute_a_top_up(shop)
    record = make_usage_record(esim=shop.running.esim)
    UsageDeduction.objects.create(record=record, bundle=shop.running, deducted_bytes=7)
    type(shop.running).objects.filter(pk=shop.running.pk).update(used_bytes=7)
    return shop


def change_a_plan(shop: Shop) -> None:
    """Buy a plan for 25.00, and change it to one for 45.00 on another eSIM."""
    former = shop.place(takes_new_esim=True)
    shop.pay(former)
    plan = make_plan(carrier=make_carrier("att"), prices={"USD": 4500})
    shown = ShownChange(plan_code=plan.code, value_minor=2500, total_minor=2000)
    shop.pay(place_change(replaced_number=former.number, shown=shown, now=MOMENT))


def dispute_a_top_up(shop: Shop) -> None:
    top_up = place_top_up(
        subscriber=shop.running.subscriber, amount=Money(5000, "USD"), key="page", now=MOMENT
    )
    payment = start_payment(
        order=top_up,
        choice=PaymentMethodChoice(provider="fake", method="native"),
        payer=Payer(ip="127.0.0.1"),
        now=MOMENT,
    )
    shop.take(shop.provider.message(shop.provider.pay(payment.number, at=MOMENT)))
    shop.take(shop.provider.message(shop.provider.dispute(payment.number, DisputeOutcome.OPEN)))


def found() -> set[tuple[str, str]]:
    return {(row.guard, row.problem) for row in look()}


def look() -> list[Finding]:
    """Look at all rows: where ids begin depends on the tests before."""
    return run_guards(now=LATER, whole=True)


def suspend(_shop: Shop) -> None:
    legs = [Leg("suspense", Money(5, "USD")), Leg("revenue", Money(-5, "USD"))]
    post_entry(key="odd", kind="test", legs=legs, now=MOMENT)


def sums_differ(_shop: Shop) -> None:
    make_difference(kind="clearing", subject="clearing:CNY:x")


def not_compared(_shop: Shop) -> None:
    make_settlement(state="waiting", day=LATER.date() - timedelta(days=9))


def supply_unclear(_shop: Shop) -> None:
    make_supply(state="unclear", asked_at=LATER)


def supply_unanswered(_shop: Shop) -> None:
    make_supply()


def supply_not_undone(_shop: Shop) -> None:
    make_supply(state="cancelling", asked_at=LATER - timedelta(days=8))


def return_undecided(_shop: Shop) -> None:
    asked_at = LATER - timedelta(days=2)
    make_supply(
        state="returning",
        asked_at=asked_at,
        next_at=LATER,
        ended_at=asked_at,
        return_asked_at=asked_at,
    )


def esim_gone(_shop: Shop) -> None:
    esim = Bundle.objects.filter(state="active").select_related("esim__supplier")[0].esim
    make_supply(
        state="cancelled",
        supplier=esim.supplier,
        iccid=esim.iccid,
        activation_code="LPA:1$smdp.example$GONE",
    )


def cost_not_booked(_shop: Shop) -> None:
    make_supply(state="delivered", cost_minor=810, cost_currency="USD")
    make_supply(state="delivered")  # Its cost is not known.
    booked = make_supply(state="cancelled", cost_minor=810, cost_currency="USD")
    book_supply_cost(supply=booked, now=MOMENT)


def cost_for_nothing(_shop: Shop) -> None:
    supply = make_supply(state="refused", cost_minor=810, cost_currency="USD")
    book_supply_cost(supply=supply, now=MOMENT)


def charged_for_nothing(_shop: Shop) -> None:
    make_charge_difference()
    make_charge_difference(charge_id="43", state="disputed")


def balance_low(_shop: Shop) -> None:
    make_supplier_account(warning="days", days_left=1)
    make_supplier_account(supplier="other")


def statement_not_compared(_shop: Shop) -> None:
    day = LATER.date() - timedelta(days=9)
    make_statement(state="waiting", compared_at=None, day=day)
    make_statement(day=day, supplier="other")


def reserve_not_used(_shop: Shop) -> None:
    make_reserve(used_bytes=1)


def reserve_beside(_shop: Shop) -> None:
    reserve = make_reserve()
    make_bundle(esim=reserve.esim)
    make_reserve()


def stock_low(_shop: Shop) -> None:
    make_profile(profile_type=make_profile_type("low", low_below=2))
    make_profile(profile_type=make_profile_type("enough", low_below=1))
    make_profile(profile_type=make_profile_type("never"), state="unavailable")


_CHANGE_A_POSTING = """UPDATE ledger_posting SET amount_minor = amount_minor + 1 WHERE id = (
    SELECT min(posting.id) FROM ledger_posting AS posting
      JOIN ledger_account AS account ON account.id = posting.account_id
     WHERE account.kind = 'clearing')"""
Plant = str | Callable[[Shop], None]


def ratings_edited(_shop: Shop) -> None:
    sums = {"speed": {"count": 1, "weight": 1000, "total": 5000}}
    make_rated_place(sums=sums, next_at=LATER + timedelta(hours=1))


def order_of_nobody(shop: Shop) -> None:
    make_order(subscriber=shop.running.subscriber, esim=shop.running.esim, agreed_at=MOMENT)


def guess_codes(_shop: Shop) -> None:
    GuessHour.objects.create(hour=MOMENT, guesses=GUESSES_MAX + 1)


def pay_a_top_up_by_hand(_shop: Shop) -> None:
    make_top_up(state="paid")


def void_a_code_by_hand(_shop: Shop) -> None:
    code = make_codes().code()
    Code.objects.filter(pk=code.pk).update(state="void")


def give_a_bonus_by_hand(_shop: Shop) -> None:
    make_bonus()


def use_a_bonus_by_hand(_shop: Shop) -> None:
    make_bonus(left_minor=0, used_minor=500)


def lose_a_batch(_shop: Shop) -> None:
    make_codes()
    cheat("DELETE FROM redemption_codebatch")


def miscount_a_code(_shop: Shop) -> None:
    make_promotion_code(uses=1)


PLANTS: dict[str, tuple[str, str, Plant]] = {
    "a batch of codes is gone": ("liabilities", "", lose_a_batch),
    "a bonus is given, and not booked": ("bonuses", "sums", give_a_bonus_by_hand),
    "a bonus is used by nothing": ("bonuses", "uses", use_a_bonus_by_hand),
    "a posting is changed": ("entries", "", _CHANGE_A_POSTING),
    "a posting is changed, as the sum of all shows": ("journal", "", _CHANGE_A_POSTING),
    "a posting is deleted": (
        "entries",
        "",
        """DELETE FROM ledger_posting WHERE id = (
            SELECT min(posting.id) FROM ledger_posting AS posting
              JOIN ledger_account AS account ON account.id = posting.account_id
             WHERE account.kind = 'clearing')""",
    ),
    "an entry loses all of its postings": (
        "entries",
        "",
        """DELETE FROM ledger_posting WHERE entry_id = (
            SELECT id FROM ledger_journalentry WHERE kind = 'refund')""",
    ),
    "a wallet gets money": (
        "wallets",
        "",
        "UPDATE ledger_account SET balance_minor = balance_minor + 1 WHERE kind = 'wallet'",
    ),
    "a counter is set back": (
        "usage",
        "",
        "UPDATE esims_bundle SET used_bytes = used_bytes - 1 WHERE used_bytes > 0",
    ),
    "a reserve is counted and not used": (
        "reserves",
        "use",
        reserve_not_used,
    ),
    "a reserve is open beside a plan": ("reserves", "beside", reserve_beside),
    "a refund is lost": ("payments", "refunds", "DELETE FROM payments_refund"),
    "a payment counts too little back": (
        "payments",
        "refunds",
        "UPDATE payments_payment SET refunded_minor = refunded_minor - 1 WHERE refunded_minor > 0",
    ),
    "a payment's entry is renamed": (
        "payments",
        "not_booked",
        "UPDATE ledger_journalentry SET key = 'gone-' || id WHERE kind = 'payment'",
    ),
    "a bundle is lost": (
        "orders",
        "no_bundle",
        """DELETE FROM esims_bundle WHERE order_number IN (
            SELECT order_number FROM payments_payment WHERE provider = 'wallet')""",
    ),
    "an order was delivered and never paid": (
        "orders",
        "no_payment",
        "UPDATE payments_payment SET pays_order = false WHERE provider = 'wallet'",
    ),
    "a payment paid and its order knows nothing": (
        "orders",
        "not_credited",
        """UPDATE ordering_order SET state = 'placed', paid_at = NULL, fulfilled_at = NULL
            WHERE number IN (SELECT order_number FROM payments_payment
                              WHERE provider = 'wallet')""",
    ),
    "a paid order waits": (
        "delivery",
        "",
        """UPDATE ordering_order SET state = 'paid', fulfilled_at = NULL
            WHERE number IN (SELECT order_number FROM payments_payment
                              WHERE provider = 'wallet')""",
    ),
    "nobody knows whether a supplier has an order": ("supply", "unclear", supply_unclear),
    "a supplier does not answer": ("supply", "no_answer", supply_unanswered),
    "a supplier does not decide": ("supply", "not_cancelled", supply_not_undone),
    "a supplier does not decide on a return": ("supply", "not_returned", return_undecided),
    "an eSIM is cancelled that has a plan": ("supply", "esim_gone", esim_gone),
    "a notification has no result": (
        "inbox",
        "",
        """UPDATE payments_inboxmessage SET result = ''
            WHERE id = (SELECT min(id) FROM payments_inboxmessage)""",
    ),
    "money is in suspense": ("suspense", "", suspend),
    "few profiles are left": ("stock", "", stock_low),
    "a day's sums differ": ("clearing", "differs", sums_differ),
    "a cost is not booked": ("supplied", "not_booked", cost_not_booked),
    "a cost is booked for nothing": ("supplied", "not_delivered", cost_for_nothing),
    "a supplier charges what we don't know": ("payables", "differs", charged_for_nothing),
    "a balance runs out soon": ("payables", "balance_days", balance_low),
    "a statement is not compared": ("payables", "not_compared", statement_not_compared),
    "a published rating was edited": ("ratings", "sums", ratings_edited),
    "an automatic order is placed by nobody": ("automatic", "no_attempt", order_of_nobody),
    "a code is void, and outstanding in the books": ("codes", "", void_a_code_by_hand),
    "a top-up was paid by nothing": ("top_ups", "no_payment", pay_a_top_up_by_hand),
    "more is left of a top-up than was booked": (
        "top_ups",
        "sums",
        "UPDATE wallets_wallettopup SET amount_minor = amount_minor + 1 WHERE state = 'paid'",
    ),
    "a top-up is thawed by hand": (
        "top_ups",
        "frozen",
        "UPDATE wallets_wallettopup SET frozen_minor = 0 WHERE frozen_minor > 0",
    ),
    "more of a plan counts than is in the price": (
        "plan_changes",
        "price",
        "UPDATE ordering_planchange SET value_minor = value_minor + 1",
    ),
    "more of a plan counts than was paid for it": (
        "plan_changes",
        "above",
        """UPDATE ordering_order SET reversed_minor = 1000 WHERE id IN (
            SELECT replaced_id FROM ordering_planchange)""",
    ),
    "what counts was not booked": (
        "plan_changes",
        "not_booked",
        "UPDATE ledger_journalentry SET key = 'changed' WHERE key LIKE 'change:%'",
    ),
    "what counts is kept for a plan that was paid": (
        "plan_changes",
        "unpaid",
        """UPDATE ordering_planchange SET state = 'held', counted_at = NULL, bridged_at = NULL;
           DELETE FROM ledger_posting WHERE entry_id IN (
            SELECT id FROM ledger_journalentry WHERE kind = 'plan_change');
           DELETE FROM ledger_journalentry WHERE kind = 'plan_change'""",
    ),
    "a promotion code counts a use that is none": ("promotion_codes", "uses", miscount_a_code),
    "somebody guesses codes": (
        "guesses",
        "",
        guess_codes,
    ),
    "a day is not compared": ("clearing", "not_compared", not_compared),
}


def plant(shop: Shop, fault: Plant) -> None:
    if isinstance(fault, str):
        cheat(fault)
    else:
        fault(shop)


def test_every_guard_is_planted_for() -> None:
    assert {guard for guard, _, _ in PLANTS.values()} == {kind.value for kind in GuardKind}
    assert [guard.kind for guard in guards.GUARDS] == list(GuardKind)


def test_right_books_have_no_findings(busy: Shop) -> None:
    assert found() == set()
    assert {row.guard for row in GuardRound.objects.exclude(finished_at=None)} == {
        kind.value for kind in GuardKind
    }


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_fault_is_found_alone_once_and_goes_when_it_is_gone(
    name: str, busy: Shop
) -> None:
    guard, problem, fault = PLANTS[name]
    look()
    point = transaction.savepoint()
    plant(busy, fault)
    assert (guard, problem) in found()
    others = {other for other, _ in found()} - {guard}
    # An entry that is not even makes the sum of all uneven.
    others -= {"entries", "journal"} if guard in {"entries", "journal"} else set()
    # What one person is owed is a part of what all are.
    others -= {"liabilities"}
    # An undelivered order lacks its bundle's state, a changed posting may be a wallet's.
    assert not others, others
    assert Finding.objects.count() == Finding.objects.filter(gone_at=None).count() <= 5
    kept = list(Finding.objects.values())
    transaction.savepoint_rollback(point)
    Finding.objects.bulk_create([Finding(**row) for row in kept])
    assert found() == set()
    assert not Finding.objects.filter(gone_at=None).exists()


def test_a_fault_says_what_is_there_and_what_ought_to_be(busy: Shop) -> None:
    cheat("UPDATE ledger_account SET balance_minor = balance_minor + 1 WHERE kind = 'wallet'")
    (finding,) = look()
    assert (finding.unit, finding.has, finding.due) == ("USD", 1, 0)
    assert finding.subject == f"wallet:{busy.running.subscriber_id}:USD"


def test_the_staff_who_look_after_the_books_are_told_of_what_is_new_once(busy: Shop) -> None:
    told = [make_operator(staff_role=role).pk for role in (StaffRole.FINANCE, StaffRole.ADMIN)]
    for role in (StaffRole.VIEWER, StaffRole.SUPPORT):
        make_operator(staff_role=role)
    make_operator(is_active=False)
    assert look() == []
    assert not news().exists()
    cheat("UPDATE ledger_account SET balance_minor = balance_minor + 1 WHERE kind = 'wallet'")
    (finding,) = look()
    look()
    assert [one.subscriber_id for one in news()] == told
    for message in news():
        assert page_path(message) == f"/console/money/findings/{finding.pk}/"
        assert message.parameters["lines"].startswith(
            f"{finding.number}: Wallet differs from its postings ({finding.subject})\n→ This can't"
        )


@pytest.mark.django_db
def test_a_finding_is_told_in_words_of_its_reader_with_what_to_do() -> None:
    make_operator(language="zh-hans")
    subject = "esim_access LUS1GB7D"
    finding = make_finding(guard="supply", problem="refused_credit_used_up", subject=subject)
    tell_staff_of_findings([finding], now=MOMENT)
    first, advice = news().get().parameters["lines"].split("\n")
    assert first == f"{finding.number}: 供应商拒绝某套餐的订单：我方余额已用完 ({subject})"
    assert advice.startswith("→ ")


@pytest.mark.django_db
def test_many_findings_of_a_guard_are_one_message() -> None:
    operator = make_operator()
    found = [make_finding(subject=f"wallet:{number}:USD") for number in range(NAMED_MAX + 2)]
    for _ in range(2):
        tell_staff_of_findings(found, now=MOMENT)
    (message,) = news()
    assert message.subscriber_id == operator.pk
    assert (message.parameters["count"], message.parameters["left"]) == (NAMED_MAX + 2, 2)
    assert page_path(message) == "/console/money/findings/"


def news() -> QuerySet[Notification]:
    return Notification.objects.filter(kind="finding_news").order_by("subscriber_id")


def test_what_comes_back_is_another_finding(busy: Shop) -> None:
    for minor in (1, 0, 1):
        Account.objects.filter(kind=AccountKind.WALLET).update(balance_minor=minor)
        look()
    assert Finding.objects.count() == 2
    assert Finding.objects.filter(gone_at=None).count() == 1


def test_the_database_keeps_a_finding_once(busy: Shop) -> None:
    cheat("UPDATE ledger_account SET balance_minor = 1 WHERE kind = 'wallet'")
    (finding,) = look()
    finding.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        finding.save()


def test_slices_come_round_and_what_was_touched_is_looked_at_at_once(
    busy: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    (entries,) = (guard for guard in guards.GUARDS if guard.kind == GuardKind.ENTRIES)
    first, last = JournalEntry.objects.earliest("id").pk, JournalEntry.objects.latest("id").pk
    rows = (last - first) // 2
    monkeypatch.setattr(
        "limosa.domain.support.operations.run_guards.GUARDS",
        [replace(entries, slice_rows=last - rows)],
    )
    run_guards(now=LATER)
    turn = GuardRound.objects.get()
    assert (turn.swept_id, turn.finished_at) == (last - rows, None)
    # One that was looked at before comes round in the slice after the next.
    change(first)
    assert run_guards(now=LATER) == []
    assert GuardRound.objects.get().finished_at == LATER
    assert {row.row_id for row in run_guards(now=LATER)} == {first}
    suspend(busy)
    newest = JournalEntry.objects.latest("id").pk
    change(newest)
    assert {row.row_id for row in run_guards(now=LATER)} == {first, newest}


def test_the_whole_journal_is_added_up_each_time(
    busy: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is changed by hand in an old entry need not wait for its slice."""
    look()  # By slices of one row it would take as long as the tests before have made ids.
    few = [replace(guard, slice_rows=1) for guard in guards.GUARDS]
    monkeypatch.setattr("limosa.domain.support.operations.run_guards.GUARDS", few)
    run_guards(now=LATER)
    posting = Posting.objects.filter(account__kind=AccountKind.CLEARING).latest("id")
    with triggers_off():
        Posting.objects.filter(pk=posting.pk).update(amount_minor=posting.amount_minor + 7)
    (finding,) = run_guards(now=LATER)
    assert (finding.guard, finding.subject) == ("journal", "journal CNY")
    assert (finding.unit, finding.has, finding.due) == ("CNY", 7, 0)


def change(entry_id: int) -> None:
    """Change a posting of an entry, by hand."""
    with triggers_off():
        Posting.objects.filter(entry=entry_id, amount_minor__gt=0).update(amount_minor=12345)


def test_the_command_looks_at_everything_and_exits_with_one_when_something_is_off(
    busy: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["books", "check"]) == 0
    assert f"{len(GuardKind)} guards, 0 findings" in capsys.readouterr().out
    cheat("UPDATE ledger_account SET balance_minor = 1 WHERE kind = 'wallet'")
    assert main(["books", "check"]) == 1
    said = capsys.readouterr().out
    assert f"wallets wallet:{busy.running.subscriber_id}:USD: 1 in place of 0 USD" in said


@pytest.mark.django_db
def test_the_command_prints_a_finding_of_which_only_one_side_is_known(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for _ in range(2):
        make_supply(
            state="refused",
            problem="out_of_stock",
            asked_at=timezone.now(),
            ended_at=timezone.now(),
        )
    assert main(["books", "check"]) == 1
    assert "refused_out_of_stock" in capsys.readouterr().out


def test_the_worker_looks(busy: Shop) -> None:
    InboxMessage.objects.update(result="")
    look_at_the_books(0)
    assert {row.guard for row in Finding.objects.all()} == {"inbox"}


@pytest.mark.django_db
def test_the_stock_that_our_own_network_takes_from_is_never_to_be_empty(
    settings: Settings,
) -> None:
    make_profile_type(TYPE)
    make_profile_type("others")
    assert run_guards(now=LATER, kinds=[GuardKind.STOCK]) == []
    settings.SUPPLIER_SETTINGS = {"own_network": {"profiles": "stock"}}
    (finding,) = run_guards(now=LATER, kinds=[GuardKind.STOCK])
    assert (finding.subject, finding.has, finding.due) == (TYPE, 0, 1)
    make_profile(profile_type=make_profile_type(TYPE))
    assert run_guards(now=LATER, kinds=[GuardKind.STOCK]) == []
