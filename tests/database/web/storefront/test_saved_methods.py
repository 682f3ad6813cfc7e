"""What a person has saved with providers, and their other wishes about money, in the settings."""

from typing import Any, ClassVar

import pytest
from django.urls import reverse
from django.utils import translation

from limosa.domain.accounts.models import Subscriber
from limosa.domain.payments.models import SavedMethod
from limosa.domain.payments.operations.forget_saved_method import forget_saved_method
from limosa.domain.payments.registry import provider_for
from limosa.foundation.errors import ProviderError
from limosa.web.wording import countries
from tests.database.web.storefront import channels
from tests.database.web.storefront.shop import Shop
from tests.database.web.storefront.test_home_page import text_of
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber

pytestmark = pytest.mark.django_db


class SilentCards(channels.Cards):
    """Does not answer."""

    def forget(self, saved_reference: str) -> None:
        raise ProviderError("no answer", retryable=True)


@pytest.fixture(autouse=True)
def cards(settings: Any) -> None:
    use(settings, channels.Cards)


def use(settings: Any, provider: type) -> None:
    settings.PAYMENT_PROVIDERS = {"stripe": f"{provider.__module__}.{provider.__qualname__}"}
    provider_for.cache_clear()
    channels.Cards.forgotten.clear()


def save(person: Subscriber, public_id: str = "saved1", **fields: Any) -> SavedMethod:
    values = {
        "provider": "stripe",
        "reference": f"pm_{public_id}",
        "label": "Visa •••• 4242",
        "consented_at": MOMENT,
    }
    return SavedMethod.objects.create(subscriber=person, public_id=public_id, **(values | fields))


def remove(shop: Shop, public_id: str = "saved1") -> str:
    path = reverse("forget_method", args=[public_id])
    return text_of(shop.client.post(path, follow=True))


def test_a_saved_card_is_listed_and_removed_at_the_provider_too(shop: Shop) -> None:
    save(shop.person)
    page = text_of(shop.client.get("/settings/"))
    assert "Visa •••• 4242" in page
    assert "Card, since" in page
    page = remove(shop)
    assert "It can no longer be charged." in page
    assert "4242" not in page
    assert channels.Cards.forgotten == ["pm_saved1"]
    assert SavedMethod.objects.get().removed_at == MOMENT


def test_removing_twice_asks_the_provider_once(shop: Shop) -> None:
    save(shop.person)
    remove(shop)
    remove(shop)
    assert channels.Cards.forgotten == ["pm_saved1"]


def test_a_provider_that_does_not_answer_leaves_it_saved_and_says_so(
    shop: Shop, settings: Any
) -> None:
    use(settings, SilentCards)
    save(shop.person)
    page = remove(shop)
    assert "has not confirmed the removal yet, so it is still listed here" in page
    assert "nothing was removed" not in page
    assert "4242" in page
    assert SavedMethod.objects.get().removed_at is None


def test_a_card_of_a_provider_that_is_no_more_is_removed_here(shop: Shop, settings: Any) -> None:
    settings.PAYMENT_PROVIDERS = {}
    save(shop.person)
    remove(shop)
    assert SavedMethod.objects.get().removed_at == MOMENT


def test_another_person_s_card_is_neither_seen_nor_removed(shop: Shop) -> None:
    other = save(make_subscriber())
    assert "4242" not in text_of(shop.client.get("/settings/"))
    remove(shop)
    other.refresh_from_db()
    assert other.removed_at is None
    assert channels.Cards.forgotten == []
    found = forget_saved_method(subscriber_id=shop.person.pk, public_id="saved1", now=MOMENT)
    assert found is False


def wishes(shop: Shop, **chosen: str) -> Any:
    fields = {
        "language": "en",
        "time_zone": "Asia/Shanghai",
        "currency": "USD",
        "country": "",
        "unapplied_funds": "back",
    }
    return shop.client.post("/settings/", fields | chosen)


def test_country_and_where_unapplied_funds_go_are_saved(shop: Shop) -> None:
    assert wishes(shop, country="MX", unapplied_funds="wallet").status_code == 302
    person = Subscriber.objects.get(pk=shop.person.pk)
    assert (person.country, person.unapplied_funds) == ("MX", "wallet")


@pytest.mark.parametrize("chosen", [{"country": "XX"}, {"unapplied_funds": "mine"}])
def test_what_is_no_choice_changes_nothing(shop: Shop, chosen: dict[str, str]) -> None:
    assert wishes(shop, **chosen).status_code == 400
    person = Subscriber.objects.get(pk=shop.person.pk)
    assert (person.country, person.unapplied_funds) == ("", "back")


class TestCountries:
    NAMES: ClassVar[dict[str, dict[str, str]]] = {
        "en": {"HK": "Hong Kong", "TW": "Taiwan", "US": "United States"},
        "zh-hans": {"HK": "香港", "TW": "台湾", "MO": "澳门", "US": "美国"},
        "zh-hant": {"HK": "香港", "TW": "台灣", "MO": "澳門"},
        "es": {"TW": "Taiwán", "US": "Estados Unidos"},
    }

    @pytest.mark.parametrize("language", NAMES)
    def test_names_are_those_of_the_language(self, language: str) -> None:
        with translation.override(language):
            assert {code: countries.name(code) for code in self.NAMES[language]} == self.NAMES[
                language
            ]
            assert len(countries.choices()) == len(countries.CODES) > 240

    @pytest.mark.parametrize(
        ("language", "order"),
        [
            ("zh-hans", ["DE", "US", "MX", "TW", "CN"]),  # Dé Měi Mò Tái Zhōng
            ("en", ["AF", "AX", "MX", "US"]),
            ("es", ["DE", "US", "MX"]),  # Alemania, Estados Unidos, México
        ],
    )
    def test_they_are_sorted_as_people_look_for_them(self, language: str, order: list[str]) -> None:
        with translation.override(language):
            found = [code for code, _ in countries.choices()]
        assert [code for code in found if code in order] == order
