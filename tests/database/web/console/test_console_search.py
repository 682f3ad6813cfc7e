"""One field finds what it names exactly, by an index, among ten million."""

import pytest
from django.test import Client
from django.urls import reverse

from limosa.web.console.search import search
from tests.factories.accounts import make_subscriber, sign_in_staff
from tests.factories.esims import make_esim, make_move
from tests.factories.payments import make_dispute, make_payment, make_refund
from tests.factories.ratings import make_rating
from tests.factories.settlements import make_difference
from tests.factories.support import make_case, make_finding

pytestmark = pytest.mark.django_db


def page_of_person(person_id: int) -> str:
    return reverse("console:person", args=[person_id])


@pytest.mark.parametrize("text", ["li.wei@example.com", "  LI.Wei@Example.com "])
def test_an_email_address_is_found_whatever_its_case(text: str) -> None:
    person = make_subscriber(email="li.wei@example.com")
    assert search(text).page == page_of_person(person.pk)


def test_the_number_of_a_rating_leads_to_it() -> None:
    rating = make_rating()
    assert search(f"rt-{rating.pk}").page == reverse("console:rating", args=[rating.pk])
    assert search("RT-99999999999").page == ""


@pytest.mark.parametrize("text", ["8901260000000004471", "8901 2600 0000 0004 471", "4471"])
def test_an_iccid_is_found_whole_or_by_its_end(text: str) -> None:
    esim = make_esim(iccid="8901260000000004471")
    make_esim(iccid="8901260000000004472")
    assert search(text).page == page_of_person(esim.subscriber_id)


@pytest.mark.parametrize(
    "text", ["wei.li", "SA@EXAM", "ample.com", "Lisa Wei", "lisa", "isa", "  wei  "]
)
def test_a_person_is_found_by_a_part_of_the_address_or_the_name(text: str) -> None:
    person = make_subscriber(email="wei.li.sa@example.com", display_name="Lisa Wei Lisa")
    make_subscriber(email="nobody@elsewhere.net", display_name="Nobody 100%")
    assert search(text).page == page_of_person(person.pk)


@pytest.mark.parametrize("text", ["李", "李小", "李小明", "Ming", "ming"])
def test_a_chinese_name_is_found_by_its_beginning_and_by_words(text: str) -> None:
    person = make_subscriber(display_name="李小明 Ming")
    make_subscriber(display_name="王大明 Da")
    assert search(text).page == page_of_person(person.pk)


@pytest.mark.parametrize("text", ["小明", "Lin 林", "林"])
def test_a_whole_word_of_a_name_is_found_in_any_script(text: str) -> None:
    person = make_subscriber(display_name="Lin 林 小明")
    assert search(text).page == page_of_person(person.pk)


@pytest.mark.parametrize("text", ["%%%", "___", "a_c", "100%"])
def test_signs_of_patterns_stand_for_themselves(text: str) -> None:
    make_subscriber(email="abc@example.com", display_name="1000 men")
    assert search(text).people == []


def test_several_people_are_offered_the_newest_first_and_not_too_many(client: Client) -> None:
    people = [make_subscriber(email=f"twin{number:02}@example.com") for number in range(30)]
    found = search("twin")
    assert list(found.people) == people[:-21:-1]
    sign_in_staff(client)
    page = client.get(reverse("console:find"), {"q": "twin"}).content.decode()
    assert "twin29@example.com" in page
    assert "Showing the first 20." in page


def test_the_numbers_of_providers_lead_to_the_order() -> None:
    payment = make_payment(
        state="succeeded", provider="stripe", transaction_id="ch_3NaB", reference="pi_3NaBcD"
    )
    refund = make_refund(payment=payment, reference="re_3NaBcDe")
    dispute = make_dispute(payment=payment, reference="du_1NaBcDe")
    page = reverse("console:order", args=[payment.order_number])
    for number in (
        payment.transaction_id,
        payment.reference,
        refund.reference,
        refund.number,
        dispute.reference,
    ):
        assert search(f" {number} ").page == page, number
    assert search("CH_3NAB").page == ""


def test_the_number_of_a_difference_leads_to_it() -> None:
    difference = make_difference()
    page = reverse("console:difference", args=[difference.pk])
    assert search(difference.number.lower()).page == page
    assert search("D-99999999999").page == ""


def test_the_number_of_a_finding_leads_to_it() -> None:
    finding = make_finding()
    assert search(finding.number.lower()).page == reverse("console:finding", args=[finding.pk])
    assert search("F-99999999999").page == ""


@pytest.mark.parametrize("text", ["8901260000000004471", "8901 2600 0000 0004 471", "4471"])
@pytest.mark.parametrize(
    ("state", "column", "said"),
    [
        ("done", "old_iccid", "is a former ICCID: since the eSIM was moved it has"),
        ("given_up", "iccid", "is the ICCID of a move that was not completed"),
    ],
)
def test_an_esim_is_found_by_an_iccid_that_a_move_retired_and_the_page_says_so(
    text: str, state: str, column: str, said: str, client: Client
) -> None:
    move = make_move(state=state, **{column: "8901260000000004471"})
    make_move(state=state)
    sign_in_staff(client)
    answer = client.get(reverse("console:find"), {"q": text}, follow=True)
    assert answer.redirect_chain == [(page_of_person(move.esim.subscriber_id), 302)]
    page = answer.content.decode()
    assert f"…00004471 {said}" in page
    assert f"…{move.esim.iccid[-8:]}." in page
    assert ("former ICCID ends in 4471" in page) == (state == "done")


@pytest.mark.parametrize("state", ["waiting", "given_up"])
def test_an_iccid_that_an_esim_still_has_is_no_former_one(state: str, client: Client) -> None:
    esim = make_esim(iccid="8901260000000004471")
    make_move(esim=esim, state=state)
    found = search("4471")
    assert found.page == page_of_person(esim.subscriber_id)
    assert not found.retired
    sign_in_staff(client)
    assert "former ICCID" not in client.get(found.page).content.decode()


def test_former_and_present_iccids_with_the_same_end_are_offered(client: Client) -> None:
    make_esim(iccid="8901260000000004471")
    former = make_move(state="done", old_iccid="8901260000000014471")
    sign_in_staff(client)
    page = client.get(reverse("console:find"), {"q": "4471"}).content.decode()
    assert "00004471" in page
    assert "…00014471 is a former ICCID" in page
    assert former.esim.subscriber.email in page


def test_several_esims_with_the_same_end_are_offered() -> None:
    esims = {make_esim(iccid=f"89012600000000{n}4471") for n in (1, 2, 3)}
    found = search("4471")
    assert found.page == ""
    assert set(found.esims) == esims


def test_numbers_lead_to_their_page_in_any_case() -> None:
    payment = make_payment()
    case = make_case()
    order_page = reverse("console:order", args=[payment.order_number])
    assert search(payment.order_number.lower()).page == order_page
    assert search(payment.number).page == order_page
    assert search(case.number).page == reverse("console:case", args=[case.number])


@pytest.mark.parametrize("text", ["", "x", "447", "nobody@example.com", "L-00000000", "%", "٤٤٧١"])
def test_nothing_is_found_for_what_is_not_there(text: str, client: Client) -> None:
    make_esim(iccid="8901260000000004471")
    found = search(text)
    assert (found.page, list(found.esims)) == ("", [])
    sign_in_staff(client)
    answer = client.get(reverse("console:find"), {"q": text})
    assert answer.status_code == 200
    assert "No results" in answer.content.decode()
