"""The guard of automatic orders finds each way in which one was not to be, and none that was."""

import pytest
from django.db import connection, transaction

from limosa.domain.support.models import Finding, GuardKind
from limosa.domain.support.operations.run_guards import run_guards
from tests.database.autorenewal.played import Played
from tests.factories import MOMENT
from tests.factories.autorenewal import make_attempt, make_cycle, make_notice
from tests.factories.ordering import make_order

pytestmark = pytest.mark.django_db
PLANTED = {
    "the consent was given later": (
        "no_consent",
        "UPDATE autorenewal_consent SET given_at = given_at + interval '30 days'",
    ),
    "the consent was over": (
        "no_consent",
        "UPDATE autorenewal_consent SET until = given_at + interval '1 day'",
    ),
    "the consent was withdrawn before": (
        "no_consent",
        """INSERT INTO autorenewal_consent (public_id, subscriber_id, esim_id, withdraws_id,
               currency, methods, wording, language, address, by_link, given_at)
           SELECT 'w', subscriber_id, esim_id, id, '', '[]', '', 'en', '', false, given_at
             FROM autorenewal_consent""",
    ),
    "the consent was for less": (
        "above_cap",
        "UPDATE autorenewal_consent SET cap_minor = 2499",
    ),
    "the consent was in other money": (
        "above_cap",
        "UPDATE autorenewal_consent SET currency = 'CNY'",
    ),
    "its order was not paid": (
        "unpaid",
        """UPDATE ordering_order SET state = 'cancelled', paid_at = NULL, fulfilled_at = NULL,
                  closed_at = placed_at
            WHERE agreed_at IS NOT NULL""",
    ),
    "thirty days were to cost less": (
        "above_month",
        """UPDATE autorenewal_consent SET used_percent = 95, month_cap_minor = cap_minor;
           UPDATE autorenewal_cycle SET cap_minor = 9000, total_minor = 5000
            WHERE state = 'renewed'""",
    ),
    "no notice was delivered": (
        "no_notice",
        "UPDATE autorenewal_notice SET delivered_at = NULL",
    ),
    "the notice was delivered too late": (
        "no_notice",
        "UPDATE autorenewal_notice SET delivered_at = delivered_at + interval '5 days'",
    ),
    "the notice named less": ("no_notice", "UPDATE autorenewal_notice SET at_most_minor = 2499"),
    "no attempt was noted": ("no_attempt", "DELETE FROM autorenewal_attempt"),
}


def problems() -> set[str]:
    run_guards(now=MOMENT, whole=True, kinds=[GuardKind.AUTOMATIC])
    return {row.problem for row in Finding.objects.filter(gone_at=None)}


@pytest.fixture
def renewed(played: Played) -> Played:
    """Somebody who was renewed, as agreed."""
    played.fill_wallet()
    played.agree()
    played.go_to(played.end)
    assert len(played.orders) == 1
    return played


def test_what_was_agreed_to_and_announced_is_right(renewed: Played) -> None:
    assert problems() == set()


@pytest.mark.parametrize("name", PLANTED)
def test_what_was_not_is_found(renewed: Played, name: str) -> None:
    problem, statement = PLANTED[name]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        assert cursor.rowcount > 0
    assert problems() == {problem}


def test_one_end_that_was_paid_twice_is_found(renewed: Played) -> None:
    (first,) = renewed.orders
    order = make_order(
        subscriber=first.subscriber,
        esim=first.esim,
        state="fulfilled",
        agreed_at=first.agreed_at,
        created_at=first.placed_at,
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP INDEX cycle_once_per_bundle")
        cycle = make_cycle(
            auto_renewal=renewed.auto,
            bundle=renewed.bundle,
            state="renewed",
            order_number=order.number,
        )
        make_attempt(cycle=cycle, order_number=order.number, outcome="paid")
    make_notice(cycle=cycle)
    assert problems() == {"twice"}
