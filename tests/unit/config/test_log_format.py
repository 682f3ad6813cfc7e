"""A line of the log bears no secret, whoever wrote it."""

import logging

import pytest

from limosa.config.log_format import CarefulFormatter
from tests.fuzzing.addresses import CAPTURE, routes

# Parts of a path that open something, and those that only name it: who has them must sign in too.
OPENING = {"key", "token"}
NAMING = {
    "carrier", "code", "country", "day", "number", "part", "person_id", "pk", "proposal_id",
    "provider", "public_id", "refund_number", "state", "supplier", "uidb36",
}  # fmt: skip
SECRET = "WyJBQkMiXQ:1abc:def-g"
KEY = "k3y-0f-a-provider"
FORMATTER = CarefulFormatter("%(levelname)s %(message)s", secrets=[KEY, "short", ""])


def line(message: str, *arguments: object, error: BaseException | None = None) -> str:
    information = (type(error), error, error.__traceback__) if error else None
    return FORMATTER.format(
        logging.LogRecord("x", logging.ERROR, "file", 1, message, arguments, information)
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"the key is {KEY}!", "the key is […]!"),
        ("Not Found: /r/WyJBQkMiXQ:1abc:def-g/", "Not Found: /r/[…]/"),
        (
            "/accounts/password/reset/key/1-abc-def/ failed",
            "/accounts/password/reset/key/[…]/ failed",
        ),
        ("GET /renew/WyIxNyJd:1abc:def-g/ 302", "GET /renew/[…]/ 302"),
        ("GET /esims/AB12/renew/?plan=x 200", "GET /esims/AB12/renew/?plan=x 200"),
        ("POST /auto-renew/WyIxNyJd:1abc:def-g/ 302", "POST /auto-renew/[…]/ 302"),
        ("GET /esims/AB12/auto-renew/ 200", "GET /esims/AB12/auto-renew/ 200"),
        ("GET /not-me/WyIxNyJd:1abc:def-g/ 302", "GET /not-me/[…]/ 302"),
        ("GET /RENEW/WyIxNyJd:1abc:def-g/ 404", "GET /RENEW/[…]/ 404"),
        ("GET /renew//WyIxNyJd:1abc:def-g/ 404", "GET /renew//[…]/ 404"),
        ("GET /Auto-Renew//WyIxNyJd:1abc:def-g/ 404", "GET /Auto-Renew//[…]/ 404"),
        ("GET /R/WyIxNyJd:1abc:def-g/ 404", "GET /R/[…]/ 404"),
        ("GET //r///WyIxNyJd:1abc:def-g/ 404", "GET //r///[…]/ 404"),
        ("GET /password/reset//KEY/1-abc-def/ 404", "GET /password/reset//KEY/[…]/ 404"),
        ("for LPA:1$smdp.example$ABC-DEF now", "for LPA:1$[…] now"),
        ("No such payment_method: 'pm_1AbcDefGhi23'", "No such payment_method: '[…]'"),
        ("Invalid API Key provided: sk_test_51abcdefgh", "Invalid API Key provided: […]"),
        ("card 4242424242424242 declined", "card […] declined"),
        ("card 4242 4242 4242 4242", "card […]"),
    ],
)
def test_what_opens_something_is_blotted_out(text: str, shown: str) -> None:
    assert line(text) == f"ERROR {shown}"
    assert line("%s", text) == f"ERROR {shown}"


@pytest.mark.parametrize("route", routes())
def test_no_path_that_opens_something_is_logged_whole(route: str) -> None:
    """For every route: a new one says by the names of its parts whether it opens something."""
    names = {found[2] or found[3] for found in CAPTURE.finditer(route)}
    assert names <= OPENING | NAMING, f"{route}: does it open something for whoever has it?"
    path = CAPTURE.sub(lambda part: SECRET if (part[2] or part[3]) in OPENING else "7", route)
    assert SECRET not in line(f"/{path.removeprefix('^')}")


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-25 23:46:18,123 order L-7Q4K92MX paid",
        "transaction 4200001234567890123456789012 of LM7Q4K92MX00000000000000",
        "eSIM 42, 1234567890 bytes, 1764114378.123 s",
        "short words and /orders/L-1/pay/ stay",
    ],
)
def test_what_the_staff_need_stays(text: str) -> None:
    assert line(text) == f"ERROR {text}"


def test_a_traceback_is_looked_through_as_well() -> None:
    text = ""
    try:
        int(f"refused: {KEY}")
    except ValueError as error:
        text = line("failed", error=error)
    assert "Traceback" in text
    assert "ValueError: invalid literal for int() with base 10: 'refused: […]'" in text
