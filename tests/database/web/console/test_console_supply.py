"""What happened to an order at a supplier, entered by the staff."""

import io
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from limosa.config.cli import main
from limosa.domain.accounts.models import StaffRole
from limosa.domain.connectivity.models import Supply
from limosa.domain.esims.models import Bundle
from limosa.domain.ordering.models import OrderState
from limosa.domain.support.models import AuditEntry
from tests.factories.accounts import make_operator, sign_in_staff
from tests.factories.connectivity import make_supply
from tests.factories.ordering import make_order
from tests.factories.payments import make_payment
from tests.fakes.wholesale import wholesale_in

pytestmark = pytest.mark.django_db
CODE = "LPA:1$smdp.example.com$A-B"
ICCID = "8999000000000000019"


@pytest.fixture
def unclear(settings: Settings) -> Iterator[Supply]:
    """A paid order for a new eSIM whose answer was lost."""
    order = make_order(state=OrderState.PAID, esim=None)
    make_payment(order=order, state="succeeded")
    supply = make_supply(order_number=order.number, state="unclear")
    order.quote.plan.supplier = supply.supplier
    order.quote.plan.save()
    with wholesale_in(settings):
        yield supply


def address(supply: Supply) -> str:
    return reverse("console:settle_supply", args=[supply.order_number])


def test_what_was_delivered_is_the_persons(client: Client, unclear: Supply) -> None:
    sign_in_staff(client, make_operator(staff_role=StaffRole.SUPPORT))
    page = client.get(reverse("console:order", args=[unclear.order_number])).content.decode()
    assert address(unclear) in page
    assert "What happened to" in client.get(address(unclear)).content.decode()
    answer = client.post(
        address(unclear),
        {"seen": "new", "iccid": "8999 0000 0000 0000 019", "activation_code": CODE},
        follow=True,
    )
    assert "Saved. The order continues" in answer.content.decode()
    bundle = Bundle.objects.get(order_number=unclear.order_number)
    assert (bundle.esim.iccid, bundle.esim.activation_code) == (ICCID, CODE)
    assert AuditEntry.objects.get().action == "settle_supply"
    again = client.post(address(unclear), {"seen": "not_ordered"}, follow=True)
    assert "The outcome of this order at the supplier is already known" in again.content.decode()


def test_what_is_not_there_is_ordered_again(client: Client, unclear: Supply) -> None:
    sign_in_staff(client)
    client.post(address(unclear), {"seen": "not_ordered"})
    unclear.refresh_from_db()
    assert unclear.state == "due"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Choose what you saw"),
        ({"seen": "new"}, "An ICCID is 18 to 20 digits"),
        ({"seen": "new", "iccid": ICCID, "activation_code": "x"}, "has the form LPA:1$"),
        ({"seen": "renewed"}, "Choose what you saw"),
    ],
)
def test_what_can_not_be_read_is_told_and_changes_nothing(
    client: Client, unclear: Supply, given: dict[str, str], said: str
) -> None:
    sign_in_staff(client)
    answer = client.post(address(unclear), given)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    unclear.refresh_from_db()
    assert unclear.state == "unclear"


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        ("no_answer", "answer was lost"),
        ("iccid_taken", "already in use here"),
        ("iccid_differs", "a different eSIM from the one being renewed"),
        ("iccid_malformed", "isn&#x27;t an ICCID"),
        ("code_malformed", "no phone can use"),
        ("reference_taken", "the order number of another order"),
    ],
)
def test_staff_are_told_what_is_unclear(
    client: Client, unclear: Supply, problem: str, said: str
) -> None:
    Supply.objects.filter(pk=unclear.pk).update(problem=problem)
    sign_in_staff(client)
    order_page = reverse("console:order", args=[unclear.order_number])
    for page in (address(unclear), order_page):
        content = client.get(page).content.decode()
        assert said in content
        assert ("answer was lost" in content) == (problem == "no_answer")


def test_a_viewer_may_not(client: Client, unclear: Supply) -> None:
    sign_in_staff(client, make_operator(staff_role=StaffRole.VIEWER))
    assert client.get(address(unclear)).status_code == 403
    page = client.get(reverse("console:order", args=[unclear.order_number])).content.decode()
    assert address(unclear) not in page


def test_the_command_does_the_same(
    unclear: Supply, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{CODE}\n"))
    number = unclear.order_number
    assert main(["supplies", "settle", number, "--iccid", ICCID, "--reference", "R1"]) == 0
    assert capsys.readouterr().out == f"{number} is now delivered at the supplier.\n"
    assert Bundle.objects.get(order_number=number).esim.iccid == ICCID
    assert main(["supplies", "settle", number, "--not-ordered"]) == 1
    assert main(["supplies", "settle", "L-NONE", "--not-ordered"]) == 1
    assert main(["supplies", "settle", number, "--iccid", "12"]) == 1
    said = capsys.readouterr().err
    assert "The outcome of this order" in said
    assert "No supplier has been asked to deliver L-NONE." in said
    assert "begin with 89" in said
