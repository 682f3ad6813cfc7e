"""An eSIM on devices: what pages say before anything is done, whom they ask, and what then is."""

import html
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from limosa.domain.accounts.models import SecurityEvent
from limosa.domain.connectivity import moves
from limosa.domain.connectivity.answers import InstallTerms, Reinstall
from limosa.domain.connectivity.capabilities import Capabilities, Moving
from limosa.domain.connectivity.operations.end_overdue_move import end_overdue_move
from limosa.domain.esims.engine.installation_life import InstallationState, ProfileReport
from limosa.domain.esims.models import EsimState, Move
from limosa.domain.esims.operations.note_profile_report import note_profile_report
from limosa.web.storefront.views import devices as devices_view
from limosa.web.storefront.views import move as move_view
from tests.database.web.storefront.shop import PIN, Shop, set_pin
from tests.database.web.storefront.test_home_page import text_of
from tests.factories import MOMENT
from tests.factories.accounts import make_second_step, make_subscriber
from tests.factories.esims import make_device, make_installation, make_move

pytestmark = pytest.mark.django_db


def path(shop: Shop, name: str = "esim_move", query: str = "") -> str:
    return reverse(name, args=[shop.esim.public_id]) + query


def words_of(answer: Any) -> str:
    return html.unescape(text_of(answer))


def shown(shop: Shop, name: str = "esim_move", query: str = "") -> str:
    return words_of(shop.client.get(path(shop, name, query)))


def begin(shop: Shop, **fields: str) -> Any:
    set_pin(shop)
    return shop.client.post(path(shop), {"to": "phone", "name": "Pixel", "pin": PIN, **fields})


def report(iccid: str, state: str) -> None:
    told = ProfileReport(state=InstallationState(state), happened_at=MOMENT)
    note_profile_report(iccid=iccid, eid=f"89049032{7:024}", report=told, now=MOMENT)


def can(monkeypatch: pytest.MonkeyPatch, moving: Moving) -> None:
    for user in (move_view, moves):
        monkeypatch.setattr(user, "capabilities_of", lambda _code: Capabilities(moving=moving))


def test_what_happens_what_it_costs_and_how_often_are_said_before(shop: Shop) -> None:
    set_pin(shop)
    page = shown(shop)
    assert "The eSIM keeps working where it is now." in page
    assert "On the old device the eSIM stops working" in page
    assert "free" in page
    assert "It can be moved 5 times in 30 days; 5 of them are left." in page
    assert "it still counts as one of the moves" in page
    assert "Don't delete it from the old device before the new one has it." in page
    assert not Move.objects.exists()


def test_the_pin_begins_it_and_the_page_then_shows_the_new_code(shop: Shop) -> None:
    answer = begin(shop)
    assert answer["Location"] == path(shop, "install")
    move = Move.objects.get()
    assert (move.kind, move.name) == ("phone", "Pixel")
    page = shown(shop, "install")
    assert f">{move.activation_code}</code>" in page
    assert shop.esim.activation_code not in page
    assert "Install it on the new device" in page
    tails = f"ends in {move.iccid[-4:]}; replaces the one ending in {shop.esim.iccid[-4:]}"
    assert tails in page
    assert SecurityEvent.objects.filter(kind="move_begun").count() == 1


def test_a_wrong_pin_begins_nothing(shop: Shop) -> None:
    answer = begin(shop, pin="111222")
    assert answer.status_code == 400
    assert "Incorrect payment PIN" in words_of(answer)
    assert not Move.objects.exists()


@pytest.mark.parametrize("pin", ["", "12"])
def test_no_pin_is_none(shop: Shop, pin: str) -> None:
    assert begin(shop, pin=pin).status_code == 400
    assert not Move.objects.exists()


def test_whoever_has_no_pin_sets_one_first(shop: Shop) -> None:
    assert f'href="/settings/payment-pin/?next={path(shop)}"' in shown(shop)
    shop.client.post(path(shop), {"to": "phone", "pin": PIN})
    assert not Move.objects.exists()


def test_the_second_step_will_do_where_there_is_no_pin(shop: Shop) -> None:
    make_second_step(shop.person)
    assert reverse("mfa_reauthenticate") in shown(shop)
    shop.client.post(path(shop), {"to": "phone"})
    assert not Move.objects.exists()
    shows_second_step(shop, method="mfa")
    assert shop.client.post(path(shop), {"to": "phone"}).status_code == 302
    assert Move.objects.count() == 1


@pytest.mark.parametrize(
    ("method", "minutes", "is_again"),
    [("password", 1, True), ("mfa", 11, True), ("mfa", 1, False)],
)
def test_neither_a_password_nor_an_old_step_nor_signing_in_will_do(
    shop: Shop,
    method: str,
    minutes: int,
    is_again: bool,  # noqa: FBT001 -- of the table
) -> None:
    make_second_step(shop.person)
    shows_second_step(shop, method=method, minutes=minutes, is_again=is_again)
    shop.client.post(path(shop), {"to": "phone"})
    assert not Move.objects.exists()


def shows_second_step(shop: Shop, *, method: str, minutes: int = 1, is_again: bool = True) -> None:
    """Write down in the session that somebody showed who they are, as allauth does."""
    at = (MOMENT - timedelta(minutes=minutes)).timestamp()
    session = shop.client.session
    session["account_authentication_methods_user"] = str(shop.person.pk)
    session["account_authentication_methods"] = [
        {"method": method, "at": at, **({"reauthenticated": True} if is_again else {})}
    ]
    session.save()


def test_the_limit_is_shown_and_leaves_no_form(shop: Shop, settings: Settings) -> None:
    settings.MOVES_MAX = 1
    set_pin(shop)
    make_move(esim=shop.esim, state="given_up", begun_at=MOMENT - timedelta(days=10))
    page = shown(shop)
    assert "That is used up: the next time is Dec 12, 10:00 AM (Los Angeles)." in page
    assert "What will happen" not in page
    assert "That is used up" in shown(shop, "esim_again")
    assert "?to=same" not in shown(shop, "esim_again")
    assert "the next time is Dec 12, 10:00 AM (Los Angeles)." in shown(shop, "esim_devices")
    assert 'name="pin"' not in page
    answer = shop.client.post(path(shop), {"to": "phone", "pin": PIN})
    assert "moved as often as it can be for now" in words_of(answer) or answer.status_code == 400
    assert Move.objects.count() == 1


def test_a_watch_is_told_plainly(shop: Shop) -> None:
    page = shown(shop, query="?to=watch")
    assert "A watch can't scan a code." in page
    assert 'name="pin"' not in page
    set_pin(shop)
    assert begin(shop, to="watch").status_code == 400
    assert not Move.objects.exists()


def test_the_device_that_has_it_now_is_asked_for_no_name(shop: Shop) -> None:
    set_pin(shop)
    page = shown(shop, query="?to=same")
    assert 'name="name"' not in page
    begin(shop, to="same")
    assert Move.objects.get().reason == "deleted"


def test_a_supplier_with_one_code_for_all_says_what_to_do_first(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    can(monkeypatch, Moving.SAME_CODE)
    page = shown(shop)
    assert "Connect the old device to the internet" in page
    assert page.index("Connect the old device") < page.index("Delete the eSIM there")
    assert 'name="pin"' not in page


def test_where_only_people_can_move_it_the_way_to_them_is_shown(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    can(monkeypatch, Moving.BY_SUPPORT)
    page = shown(shop)
    assert "lets only us move it" in page
    assert f"/orders/{shop.bundle.order_number}/#get-help" in page


def test_what_is_on_no_device_is_installed_in_place_of_moved(shop: Shop) -> None:
    shop.esim.state, shop.esim.installed_at = EsimState.READY, None
    shop.esim.save()
    assert shop.client.get(path(shop))["Location"] == path(shop, "install")


def test_the_page_says_when_it_has_moved(shop: Shop) -> None:
    begin(shop)
    report(Move.objects.get().iccid, "enabled")
    page = shown(shop, "install_progress")
    assert "The eSIM has moved." in page
    assert "Give up the move" not in page
    page = shown(shop, "esim_devices")
    assert ">Pixel</h2>" in page
    assert "Moved" in page


def test_until_when_the_code_is_valid_is_said_before_and_meanwhile(shop: Shop) -> None:
    set_pin(shop)
    assert "7 days. If it isn't installed by then, the move is cancelled" in shown(shop)
    begin(shop)
    for name in ("install", "esim_devices"):
        page = shown(shop, name)
        assert "The new code is valid until" in page
        assert "the move is cancelled and your plans stay as they are." in page


def test_a_move_that_has_ended_by_itself_is_said_to_have(shop: Shop) -> None:
    begin(shop)
    move = Move.objects.get()
    end_overdue_move(number=move.number, now=move.expires_at)
    page = shown(shop, "esim_devices")
    assert "Not installed in time" in page
    assert "Given up" not in page
    assert "Give up the move" not in page


def test_a_move_is_given_up_by_its_person(shop: Shop) -> None:
    begin(shop)
    assert "Give up the move" in shown(shop, "esim_devices")
    assert shop.client.get(path(shop, "give_up_move")).status_code == 405
    said = words_of(shop.client.post(path(shop, "give_up_move"), follow=True))
    assert "If a device is installing it at this moment, it will have no data there." in said
    assert Move.objects.get().state == "given_up"
    page = words_of(shop.client.post(path(shop, "give_up_move"), follow=True))
    assert "This move has ended already." in page
    assert shop.esim.activation_code in shown(shop, "install")


@pytest.mark.parametrize("name", ["esim_devices", "esim_again", "esim_move", "give_up_move"])
def test_nobody_else_sees_or_does_it(shop: Shop, name: str) -> None:
    make_move(esim=shop.esim)
    stranger = Client()
    assert stranger.post(path(shop, name)).status_code == 302
    stranger.force_login(make_subscriber())
    assert stranger.post(path(shop, name)).status_code == 404
    assert Move.objects.get().is_waiting


def test_what_was_deleted_is_said_and_installed_again(shop: Shop) -> None:
    again = path(shop, "esim_again")
    for page in ("home", "esim"):
        where = reverse("home") if page == "home" else path(shop, page)
        assert again not in words_of(shop.client.get(where))
    report(shop.esim.iccid, "deleted")
    for page in ("home", "esim"):
        where = reverse("home") if page == "home" else path(shop, page)
        told = words_of(shop.client.get(where))
        assert "Deleted from the device" in told
        assert again in told
    assert ">Deleted from the device</h2>" in shown(shop, "esim_devices")
    assert "I deleted it" not in shown(shop, "esim_devices")


@pytest.mark.parametrize("to", ["phone", "same"])
def test_what_was_deleted_works_nowhere(shop: Shop, to: str) -> None:
    report(shop.esim.iccid, "deleted")
    page = shown(shop, query=f"?to={to}")
    assert "keeps working where it is now" not in page
    assert "On the old device the eSIM stops working" not in page
    assert "Your plans are kept meanwhile." in page
    begin(shop, to=to)
    for name in ("esim_devices", "install"):
        assert "works where it is now" not in shown(shop, name)
    assert ("Install it again</h1>" in shown(shop, "install")) == (to == "same")


def test_a_device_takes_a_name(shop: Shop) -> None:
    make_installation(esim=shop.esim, device=make_device(subscriber=shop.person))
    assert ">A device</h2>" in shown(shop, "esim_devices")
    shop.client.post(path(shop, "esim_devices"), {"name": " 小林的手机 "})
    assert ">小林的手机</h2>" in shown(shop, "esim_devices")
    assert shop.client.post(path(shop, "esim_devices"), {"name": "x" * 41}).status_code == 400


def test_a_device_that_nobody_reported_takes_none(shop: Shop) -> None:
    assert shop.client.post(path(shop, "esim_devices"), {"name": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (InstallTerms(reinstall=Reinstall.POSSIBLE, left=2), "on this device, 2 more times."),
        (InstallTerms(reinstall=Reinstall.POSSIBLE), "installs it again on this device."),
        (InstallTerms(reinstall=Reinstall.NOT_DELETED), "The device has not told us yet"),
        (InstallTerms(reinstall=Reinstall.USED_UP), "The same code can't be used again."),
        (InstallTerms(reinstall=Reinstall.UNKNOWN), "We can't see whether the same code"),
    ],
)
def test_whoever_deleted_it_is_told_whether_the_same_code_works(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, terms: InstallTerms, words: str
) -> None:
    monkeypatch.setattr(devices_view, "install_terms", lambda _esim: terms)
    page = shown(shop, "esim_again")
    assert words in page
    assert f"{path(shop)}?to=same" in page


def test_where_no_new_code_is_given_none_is_offered(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    can(monkeypatch, Moving.BY_SUPPORT)
    assert "?to=same" not in shown(shop, "esim_again")


def test_the_installation_of_a_move_is_followed(shop: Shop) -> None:
    begin(shop)
    move = Move.objects.get()
    assert 'data-step="downloaded"' in shown(shop, "install_progress")
    report(move.iccid, "downloaded")
    page = shown(shop, "install_progress")
    assert ">Downloaded<" in page
    assert ">Installed<" not in page
    assert "Give up the move" in page


def test_a_code_that_a_failure_has_spent_is_replaced(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.esim.state, shop.esim.installed_at = EsimState.READY, None
    shop.esim.save()
    make_installation(esim=shop.esim, state="failed", failure="4/7")
    assert "?to=same" not in shown(shop, "install")
    spent = InstallTerms(reinstall=Reinstall.USED_UP, left=2)
    monkeypatch.setattr(moves, "install_terms", lambda _esim: spent)
    page = shown(shop, "install")
    assert "the same code can't be used again." in page
    assert f"{path(shop)}?to=same" in page
    assert begin(shop, to="same").status_code == 302
    assert Move.objects.count() == 1


def test_a_new_code_that_is_not_there_yet_is_not_made_up(shop: Shop) -> None:
    make_move(esim=shop.esim, iccid="")
    page = shown(shop, "install")
    assert "We are getting the new code from the network." in page
    assert "QR code that installs the eSIM" not in page
    assert shop.client.get(path(shop, "install_code")).status_code == 404


@pytest.mark.parametrize("name", ["esim_again", "esim_move"])
def test_while_it_moves_these_lead_to_the_new_code(shop: Shop, name: str) -> None:
    make_move(esim=shop.esim)
    assert shop.client.get(path(shop, name))["Location"] == path(shop, "install")


def test_a_locked_pin_says_until_when(shop: Shop) -> None:
    set_pin(shop)
    for _ in range(5):
        begin(shop, pin="111222")
    page = shown(shop)
    assert "The PIN is locked until" in page
    assert 'name="pin"' not in page
    begin(shop)
    assert not Move.objects.exists()
