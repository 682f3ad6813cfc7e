"""`limosa staff`: who may open the console, from the machine itself."""

import re

import pytest
from django.test import Client

from limosa.config.cli import main
from limosa.domain.accounts.models import SecurityEvent, Subscriber
from limosa.domain.support.models import AuditEntry
from tests.factories.accounts import make_operator, sign_in_staff
from tests.letters import letters

pytestmark = pytest.mark.django_db
PASSWORD = "a long one of mine"


def test_the_first_admin_sets_a_password_by_the_printed_link_once(
    capsys: pytest.CaptureFixture[str], client: Client
) -> None:
    assert main(["staff", "add", "ada@example.com", "--role", "admin", "--name", "Ada"]) == 0
    said = capsys.readouterr().out
    person = Subscriber.objects.get()
    assert (person.staff_role, person.has_usable_password()) == ("admin", False)
    (link,) = re.findall(r"https?://\S+", said)
    form = client.get(link, follow=True)
    address = form.redirect_chain[-1][0]
    client.post(address, {"password1": PASSWORD, "password2": PASSWORD})
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    again = Client().get(link, follow=True).content.decode()
    assert 'name="password1"' not in again
    line = AuditEntry.objects.get()
    assert (line.actor, line.action, line.detail) == (None, "add_staff", "admin")


def test_somebody_with_a_password_keeps_it_and_no_link_is_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["staff", "add", "ada@example.com", "--role", "viewer"])
    person = Subscriber.objects.get()
    person.set_password(PASSWORD)
    person.save()
    make_operator()
    main(["staff", "remove", "ada@example.com"])
    capsys.readouterr()
    assert main(["staff", "add", "ada@example.com", "--role", "support"]) == 0
    said = capsys.readouterr().out
    assert "http" not in said
    person.refresh_from_db()
    assert (person.staff_role, person.check_password(PASSWORD)) == ("support", True)


def test_the_list_names_everybody(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["staff", "list"]) == 0
    assert "limosa staff add" in capsys.readouterr().out
    make_operator(email="ada@example.com", display_name="Ada")
    assert main(["staff", "list"]) == 0
    assert re.search(
        r"^ada@example\.com +admin +Ada +never$", capsys.readouterr().out, re.MULTILINE
    )


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["remove", "ada@example.com"], "This is the last admin"),
        (["role", "ada@example.com", "viewer"], "This is the last admin"),
        (["remove", "nobody@example.com"], "nobody@example.com is not a member of staff"),
        (
            ["add", "ada@example.com", "--role", "viewer"],
            "Change their role with `limosa",
        ),
        (["add", "ada", "--role", "viewer"], "ada is not an e-mail address"),
    ],
)
def test_what_is_refused_is_said_on_one_line_and_changes_nothing(
    words: list[str], fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    make_operator(email="ada@example.com")
    assert main(["staff", *words]) == 1
    said = capsys.readouterr().err
    assert fault in said
    assert said.count("\n") == 1
    assert Subscriber.objects.get().staff_role == "admin"


def test_whoever_lost_everything_sets_a_second_step_up_anew(
    capsys: pytest.CaptureFixture[str], client: Client
) -> None:
    person = sign_in_staff(client, make_operator(email="ada@example.com"))
    assert main(["staff", "reset", "ada@example.com"]) == 0
    assert main(["staff", "reset", "ada@example.com"]) == 0
    assert "has no second step" in capsys.readouterr().out
    assert client.get("/console/").headers["Location"] == "/accounts/2fa/"
    assert [line.action for line in AuditEntry.objects.all()] == ["reset_second_step"]
    (told,) = letters("ada@example.com")
    assert told.subject == "Your two-step verification was reset"
    assert told.text.count("The console will ask you to set it up again") == 1
    assert SecurityEvent.objects.get(subscriber=person).kind == "second_factor_removed"
