"""The demo's authenticator app shows the codes of RFC 6238."""

from base64 import b32encode
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from limosa.simulators.mailbox.authenticator_page import code_at
from limosa.simulators.mailbox.command import MailboxServer

# RFC 6238, appendix B: eight digits there, of which an app shows the last six.
SECRET = b32encode(b"12345678901234567890").decode()
VECTORS = {
    59: "94287082",
    1_111_111_109: "07081804",
    1_111_111_111: "14050471",
    1_234_567_890: "89005924",
    2_000_000_000: "69279037",
}


@pytest.mark.parametrize(("seconds", "code"), VECTORS.items())
def test_the_code_is_that_of_the_standard(seconds: int, code: str) -> None:
    assert code_at(SECRET, seconds) == code[-6:]


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[MailboxServer]:
    server = MailboxServer(tmp_path / "mail", totp_secret=SECRET, clock=lambda: 59.0)
    server.start()
    yield server
    server.stop()


@pytest.mark.enable_socket
def test_the_page_shows_it_and_comes_anew_when_the_next_is_due(mailbox: MailboxServer) -> None:
    answer = httpx.get(f"{mailbox.server.url}/authenticator/")
    assert "287082" in answer.text
    assert answer.headers["Refresh"] == "1"
    found = httpx.get(f"{mailbox.server.url}/authenticator/code.json").json()
    assert found == {"code": "287082", "seconds_left": 1}


@pytest.mark.enable_socket
def test_without_a_secret_there_is_no_such_page(tmp_path: Path) -> None:
    server = MailboxServer(tmp_path / "mail")
    server.start()
    assert httpx.get(f"{server.server.url}/authenticator/").status_code == 404
    server.stop()
