"""The console's pages about where a plan works: what people are told, who says so, and changes."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from limosa.domain.catalog.models import PlanSource
from limosa.domain.coverage.engine.facts import PlanFacts, PlanNetwork
from limosa.domain.coverage.models import StatedFacts
from limosa.domain.coverage.queries import plan_facts
from limosa.domain.support.models import AuditEntry
from tests.factories.accounts import make_operator, sign_in_staff
from tests.factories.catalog import make_plan, make_supplier
from tests.factories.coverage import make_stated_facts

pytestmark = pytest.mark.django_db

ATT, TELCEL = (PlanNetwork("AT&T", "5G"),), (PlanNetwork("Telcel", "4G"),)


@pytest.fixture(autouse=True)
def _staff(client: Client) -> None:
    sign_in_staff(client)
    plan = make_plan(code="month", countries=["US", "MX"])
    make_supplier("wholesale")
    PlanSource.objects.create(plan=plan, supplier_id="wholesale", position=0, code="us")


def page(client: Client, name: str = "coverage", *args: str) -> str:
    answer = client.get(reverse(f"console:{name}", args=args or ["month"]))
    assert answer.status_code == 200
    return answer.content.decode()


def post(client: Client, name: str, *args: str, **fields: str) -> Any:
    return client.post(reverse(f"console:{name}", args=["month", *args]), fields)


def told() -> PlanFacts:
    return plan_facts(["month"])["month"]


def record() -> list[tuple[str, str, str]]:
    return list(AuditEntry.objects.order_by("id").values_list("action", "subject", "detail"))


def test_what_nobody_says_is_not_stated(client: Client) -> None:
    assert page(client).count("not stated") == 7 + 2


def test_the_page_tells_who_says_what(client: Client) -> None:
    make_stated_facts(origin="listed", supplier="wholesale", code="us", networks={"US": ATT})
    make_stated_facts(origin="carrier_file", code="t-mobile", exit_country="HK")
    make_stated_facts(code="month", tethering=False, networks={"US": TELCEL})
    shown = page(client)
    assert "price list of wholesale" in shown
    assert escape("AT&T 5G") in shown
    assert "coverage file, for this plan: Telcel 4G" in shown
    assert "coverage file, for the carrier: Hong Kong" in shown


def test_the_exit_country_of_the_catalogue_is_told_as_its_own(client: Client) -> None:
    PlanSource.objects.update(exit_country="SG")
    post(client, "plan_facts", exit_country="HK")
    shown = page(client)
    assert "catalogue: Singapore" in shown
    assert "staff: Hong Kong" in shown
    assert told().exit_country == "SG"


def test_staff_say_otherwise_and_it_is_recorded(client: Client) -> None:
    make_stated_facts(code="month", tethering=True, has_calls=True)
    answer = post(
        client,
        "plan_facts",
        tethering="no",
        exit_country="HK",
        blocked_services="TikTok; Signal ;TikTok",
    )
    assert answer.status_code == 302
    assert told() == PlanFacts(
        tethering=False,
        has_calls=True,
        exit_country="HK",
        blocked_services=("TikTok", "Signal"),
    )
    detail = "tethering: - → no\nexit_country: - → HK\nblocked_services: - → TikTok; Signal"
    assert record() == [("set_coverage", "month", detail)]
    shown = page(client)
    assert "staff: no" in shown
    assert "blocked_services: - → TikTok; Signal" in shown


def test_what_is_saved_unchanged_is_not_recorded(client: Client) -> None:
    for _ in range(2):
        post(client, "plan_facts", tethering="no")
    assert len(record()) == 1


def test_what_staff_no_longer_say_is_what_others_say(client: Client) -> None:
    make_stated_facts(code="month", tethering=True)
    post(client, "plan_facts", tethering="no")
    post(client, "plan_facts")
    assert told().tethering is True
    assert [row.origin for row in StatedFacts.objects.all()] == ["plan_file"]


def test_networks_of_a_country_are_typed_a_line_each(client: Client) -> None:
    make_stated_facts(code="month", networks={"US": TELCEL, "MX": TELCEL})
    post(client, "plan_networks", "US", networks="Verizon\r\n AT&T LTE\r\n\r\nT-Mobile US 5G\r\n")
    assert told().networks == {
        "US": (
            PlanNetwork("T-Mobile US", "5G"),
            PlanNetwork("AT&T", "4G"),
            PlanNetwork("Verizon", ""),
        ),
        "MX": TELCEL,
    }
    assert record()[0][2] == "US: - → T-Mobile US 5G, AT&T 4G, Verizon"
    shown = page(client, "plan_networks", "month", "US")
    assert escape("T-Mobile US 5G\nAT&T 4G\nVerizon") in shown
    post(client, "plan_networks", "US", do="remove")
    assert told().networks == {"US": TELCEL, "MX": TELCEL}
    assert len(record()) == 2


@pytest.mark.parametrize("typed", ["SoftBank 6G", "SoftBank 4G\nAu 5.5G", "Docomo 5G+"])
def test_a_generation_that_there_is_none_of_is_refused(client: Client, typed: str) -> None:
    answer = post(client, "plan_networks", "US", networks=typed)
    assert answer.status_code == 422
    assert "is no generation" in answer.content.decode()
    assert told().networks == {}
    post(client, "plan_networks", "US", networks="Three\nMovistar Go")
    assert told().networks == {"US": (PlanNetwork("Movistar Go"), PlanNetwork("Three"))}


def test_staff_may_say_that_nobody_knows_the_networks(client: Client) -> None:
    make_stated_facts(code="month", networks={"US": TELCEL})
    post(client, "plan_networks", "US", networks="")
    assert record()[-1][2] == "US: - → nobody can say"
    assert told().networks == {"US": ()}
    post(client, "plan_networks", "US", do="remove")
    assert record()[-1][2] == "US: nobody can say → -"
    post(client, "plan_networks", "US", networks="")
    assert page(client).count("not stated") == 7 + 2


def test_facts_and_networks_that_staff_say_leave_each_other_alone(client: Client) -> None:
    post(client, "plan_networks", "US", networks="AT&T 5G")
    post(client, "plan_networks", "MX", networks="Telcel 4G")
    post(client, "plan_facts", tethering="yes")
    assert told() == PlanFacts(tethering=True, networks={"US": ATT, "MX": TELCEL})


@pytest.mark.parametrize(
    ("name", "arguments", "fields"),
    [
        ("plan_facts", [], {"tethering": "maybe"}),
        ("plan_facts", [], {"exit_country": "ZZ"}),
        ("plan_facts", [], {"blocked_services": "x" * 61}),
        ("plan_facts", [], {"blocked_services": ";".join(map(str, range(21)))}),
        ("plan_networks", ["US"], {"networks": "x" * 61}),
        ("plan_networks", ["US"], {"networks": "\n".join(f"n{i}" for i in range(21))}),
    ],
)
def test_what_can_not_be_read_is_told_and_changes_nothing(
    client: Client, name: str, arguments: list[str], fields: dict[str, str]
) -> None:
    answer = post(client, name, *arguments, **fields)
    assert answer.status_code == 422
    assert "Please check this form" in answer.content.decode()
    assert not StatedFacts.objects.exists()
    assert record() == []


def test_a_country_that_the_plan_does_not_reach_has_no_page(client: Client) -> None:
    for country in ("FR", "us", "nowhere"):
        answer = client.get(reverse("console:plan_networks", args=["month", country]))
        assert answer.status_code == 404


def test_the_page_credits_whose_list_of_networks_it_shows(client: Client) -> None:
    shown = page(client, "plan_networks", "month", "US")
    assert "CC BY-SA 3.0" in shown
    assert "Wikipedia" in shown


def test_support_may_read_but_change_nothing(client: Client) -> None:
    sign_in_staff(client, make_operator(staff_role="support"))
    assert "Say otherwise" not in page(client)
    assert "<textarea" not in page(client, "plan_networks", "month", "US")
    assert post(client, "plan_facts", tethering="yes").status_code == 403
    assert post(client, "plan_networks", "US", networks="AT&T").status_code == 403
    assert not StatedFacts.objects.exists()
