"""Pages claim what we know, and nothing else."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from limosa.domain.esims.models import EsimState
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.operations.cancel_order import cancel_order
from limosa.domain.payments.models import Dispute, DisputeState, Payment, PaymentState
from tests.database.web.storefront.shop import Shop, press_pay
from tests.database.web.storefront.test_home_page import text_of
from tests.factories import MOMENT
from tests.factories.esims import make_bundle, make_esim
from tests.factories.ordering import make_order
from tests.factories.payments import make_payment

pytestmark = pytest.mark.django_db

PACKAGE = Path(__file__).parents[4] / "src" / "limosa"
CLAIM = re.compile(r"nothing (?:was|has been|is) charged|not (?:been )?charged", re.IGNORECASE)
# Where we do know: no provider was asked for anything, or it said so itself.
KNOWN = {
    "amount_too_small": "refused before a payment is started",
    "quote_expired": "refused before an order is placed",
    "payer_needed": "the provider's own answer: it wants the person first",
    "wallet_too_low": "our own books",
    "price_changed": "refused before an order is placed",
    "page_too_old": "refused before an order is placed",
    "pin_missing": "refused before an order is placed",
}
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"


def claims() -> dict[str, str]:
    """Return every place that says that nothing was charged, with its line."""
    found = {}
    for path in [*PACKAGE.rglob("*.html"), *PACKAGE.rglob("*.txt"), *PACKAGE.rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        for match in CLAIM.finditer(text):
            line = text[text.rfind("\n", 0, match.start()) + 1 : match.end()]
            is_shown = path.suffix != ".py" or ('"' in line and '"""' not in line)
            if is_shown:
                number = text.count("\n", 0, match.start()) + 1
                found[f"{path.relative_to(PACKAGE)}:{number}"] = line.strip()
    return found


def refusal_keys(path: Path) -> dict[int, str]:
    """Return the refusal that each line of refusals.py belongs to."""
    keys, key = {}, ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if match := re.match(r'    "(\w+)": ', line):
            key = match[1]
        keys[number] = key
    return keys


def test_nothing_was_charged_stands_only_where_it_is_known() -> None:
    refusals = "web/storefront/refusals.py"
    keys = refusal_keys(PACKAGE / refusals)
    unknown = {}
    for place, line in claims().items():
        path, _, number = place.rpartition(":")
        is_known = path == refusals and keys[int(number)] in KNOWN
        # The PIN is our own: a wrong one is refused before anybody else is asked.
        if not is_known and "payment_pin_locked" not in path:
            unknown[place] = line
    assert not unknown


def test_the_rule_finds_a_new_claim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "new.html").write_text("<p>Nothing was charged.</p>", encoding="utf-8")
    monkeypatch.setattr("tests.database.web.storefront.test_honest_pages.PACKAGE", tmp_path)
    assert list(claims()) == ["new.html:1"]


def test_data_of_two_ends_is_shown_by_its_ends(shop: Shop) -> None:
    make_bundle(esim=shop.esim, created_at=MOMENT, ends_at=MOMENT + timedelta(days=60))
    for path in (reverse("home"), reverse("esim", args=[shop.esim.public_id])):
        page = text_of(shop.client.get(path))
        assert page.count('data-testid="lot"') == 2
        assert page.index("3.6 GB until") < page.index("20 GB until")
        assert ">until" not in page


def test_disputed_data_is_on_hold_and_not_ready(client: Client) -> None:
    order = make_order(state=OrderState.FULFILLED)
    make_bundle(esim=make_esim(subscriber=order.subscriber), order_number=order.number)
    payment = make_payment(order=order)
    Payment.objects.update(
        state=PaymentState.SUCCEEDED, pays_order=True, applied_at=MOMENT,
        received_minor=payment.amount_minor, received_currency=payment.currency,
    )  # fmt: skip
    client.force_login(order.subscriber)
    path = reverse("order", args=[order.number])
    assert "Ready to use" in text_of(client.get(path))
    Dispute.objects.create(
        payment=payment, reference="dp_1", state=DisputeState.OPEN, opened_at=MOMENT,
        amount_minor=payment.amount_minor, currency=payment.currency,
    )  # fmt: skip
    page = text_of(client.get(path))
    assert "On hold" in page
    assert "Ready to use" not in page
    assert "From payment to usable" not in page


@pytest.mark.parametrize(("agent", "is_offered"), [(IPHONE, True), ("Mozilla/5.0 (X11)", False)])
def test_install_on_this_iphone_stands_on_an_iphone_alone(
    client: Client,
    agent: str,
    is_offered: bool,  # noqa: FBT001 -- of the table
) -> None:
    esim = make_esim(state=EsimState.READY)
    client.force_login(esim.subscriber)
    answer = client.get(reverse("esim", args=[esim.public_id]), headers={"User-Agent": agent})
    assert ("Install on this iPhone" in text_of(answer)) is is_offered


def test_a_cancelled_order_says_what_happens_to_money_that_still_comes(shop: Shop) -> None:
    shop.client.post(shop.renew_path, press_pay(shop, shop.renew_path))
    order = Order.objects.get()
    cancel_order(order_number=order.number, now=MOMENT)
    page = text_of(shop.client.get(reverse("order", args=[order.number])))
    assert "This order is cancelled" in page
    assert "One that still comes goes back to you by itself." in page
    Payment.objects.update(
        applied_at=MOMENT, received_minor=100, received_currency="CNY", problem="late"
    )
    page = text_of(shop.client.get(reverse("order", args=[order.number])))
    assert "No payment has arrived" not in page
