"""What happens between a worker's decision and its charge, or by clocks that differ."""

from datetime import timedelta

import pytest

from limosa.domain.autorenewal.models import Attempt, Notice
from limosa.domain.autorenewal.operations import begin_attempt as beginning
from limosa.domain.autorenewal.operations.charge_attempt import charge_attempt
from limosa.domain.autorenewal.operations.look_after_next import look_after_next
from limosa.domain.catalog.models import Plan, Price
from limosa.domain.notifications.models import Notification
from limosa.domain.ordering.models import Order
from limosa.domain.ordering.operations.make_quote import make_quote
from tests.database.autorenewal.played import DAY, Played

pytestmark = pytest.mark.django_db


def outcomes() -> list[str]:
    return list(Attempt.objects.order_by("id").values_list("outcome", flat=True))


def test_what_somebody_renewed_meanwhile_is_not_charged(played: Played) -> None:
    """The attempt has begun, and its worker has died: two minutes later another goes on with it."""
    played.fill_wallet()
    played.agree()
    first_end = played.end
    begun = played.begin()
    played.shop.pay_from_wallet(played.shop.place(now=played.now), now=played.now)
    played.now += timedelta(minutes=2)
    charge_attempt(attempt_id=begun, now=played.now)
    assert (outcomes(), played.wallet_minor) == (["withdrawn"], 5000)
    played.go_to(first_end + DAY)
    assert (outcomes(), played.cycle.state) == (["withdrawn"], "skipped")
    played.shop.check_books()


def test_a_mail_worker_whose_clock_is_slow_delivers_all_the_same(played: Played) -> None:
    played.fill_wallet()
    played.mail_works = False
    played.agree()
    played.go_to(played.end - 11 * DAY + timedelta(seconds=5))
    notice = Notice.objects.get()
    Notification.objects.filter(key=notice.key).update(
        mailed_at=notice.sent_at - timedelta(seconds=3), next_mail_at=None
    )
    played.go_by(timedelta(hours=2))
    notice.refresh_from_db()
    assert notice.delivered_at == notice.sent_at
    played.mail_works = True
    played.go_to(played.end)
    assert outcomes() == ["paid"]


@pytest.mark.parametrize("moved", ["the price", "the plan"])
def test_an_offer_that_moves_while_its_order_is_placed_is_looked_at_again(
    played: Played, monkeypatch: pytest.MonkeyPatch, moved: str
) -> None:
    played.fill_wallet()
    played.agree()
    played.go_to(played.end - 4 * DAY - timedelta(seconds=1))
    played.now = played.end - 4 * DAY

    def quote_too_late(**given: object) -> object:
        if moved == "the price":
            Price.objects.filter(currency="USD").update(amount_minor=2400)
        else:
            Plan.objects.update(on_sale=False)
        return make_quote(**given)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(beginning, "make_quote", quote_too_late)
        assert look_after_next(now=played.now)
    assert (outcomes(), Order.objects.filter(agreed_at__isnull=False).count()) == ([], 0)
    Plan.objects.update(on_sale=True)
    played.go_to(played.end)
    assert outcomes() == ["paid"]
