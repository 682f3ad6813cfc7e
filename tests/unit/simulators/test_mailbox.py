"""The mailbox: mail in by SMTP, out as page and JSON, safely shown, still there after a restart."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.simulators.mailbox.command import MailboxServer
from limosa.simulators.mailbox.folder import MailFolder
from limosa.simulators.mailbox.inbox_pages import _with_links

SCRIPT = "<script>alert(1)</script>"
PIXEL = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[MailboxServer]:
    server = MailboxServer(tmp_path / "mail")
    server.start()
    yield server
    server.stop()


def letter(to: str = "li@example.com", subject: str = "您的流量还剩 20%") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "no-reply@limosa.example", to, subject
    message.set_content("续费: http://127.0.0.1:8000/renew?a=1&b=2.\n")
    message.add_alternative(
        f'<p>{SCRIPT}<a href="http://127.0.0.1:8000/renew">续费</a><img src="cid:mark"></p>',
        subtype="html",
    )
    message.add_attachment(
        PIXEL, maintype="image", subtype="png", filename="标志.png", cid="<mark>"
    )
    return message


def send(mailbox: MailboxServer, message: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", mailbox.smtp_port) as smtp:
        smtp.send_message(message)


@pytest.mark.enable_socket
def test_a_message_arrives_as_it_was_sent(mailbox: MailboxServer) -> None:
    send(mailbox, letter())
    (found,) = httpx.get(f"{mailbox.server.url}/messages.json").json()["messages"]
    assert found["subject"] == "您的流量还剩 20%"
    assert found["to"] == "li@example.com"
    assert "renew?a=1&b=2" in found["text"]
    assert "续费</a>" in found["html"]
    assert found["attachments"] == ["标志.png"]


@pytest.mark.enable_socket
def test_the_list_is_newest_first_and_can_be_of_one_recipient(mailbox: MailboxServer) -> None:
    for number in range(3):
        send(mailbox, letter(to=f"p{number}@example.com", subject=f"letter {number}"))
    url = f"{mailbox.server.url}/messages.json"
    subjects = [one["subject"] for one in httpx.get(url).json()["messages"]]
    assert subjects == ["letter 2", "letter 1", "letter 0"]
    one = httpx.get(url, params={"to": "P1@example.com"}).json()["messages"]
    assert [found["subject"] for found in one] == ["letter 1"]


@pytest.mark.enable_socket
def test_its_html_cannot_run_and_its_links_can_be_followed(mailbox: MailboxServer) -> None:
    send(mailbox, letter(subject=SCRIPT))
    (found,) = httpx.get(f"{mailbox.server.url}/messages.json").json()["messages"]
    page = httpx.get(f"{mailbox.server.url}/messages/{found['id']}")
    assert SCRIPT not in page.text
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    assert 'href="http://127.0.0.1:8000/renew?a=1&amp;b=2"' in page.text
    html = httpx.get(f"{mailbox.server.url}/messages/{found['id']}/html")
    policy = html.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script" not in policy
    image = html.text.partition('<img src="')[2].partition('"')[0]
    part = httpx.get(mailbox.server.url + image)
    assert (part.content, part.headers["Content-Type"]) == (PIXEL, "image/png")


@pytest.mark.enable_socket
def test_messages_are_still_there_after_a_restart(tmp_path: Path) -> None:
    first = MailboxServer(tmp_path)
    first.start()
    send(first, letter())
    first.stop()
    second = MailboxServer(tmp_path)
    second.start()
    try:
        assert "您的流量还剩 20%" in httpx.get(second.server.url + "/").text
    finally:
        second.stop()


@pytest.mark.enable_socket
@pytest.mark.parametrize("path", ["x", "..%2F..%2Fetc%2Fpasswd", "1/html", "1/parts/0"])
def test_what_is_not_there_is_said_not_to_be(mailbox: MailboxServer, path: str) -> None:
    assert httpx.get(f"{mailbox.server.url}/messages/{path}").status_code == 404


@given(content=st.binary(max_size=300))
def test_any_bytes_can_be_kept_and_read(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = MailFolder(tmp_path_factory.mktemp("mail"), lambda: 1_800_000_000.0)
    name = folder.add(content, sender="a@example.com", recipients=["b@example.com"])
    assert folder.read(name).summary.recipients == "b@example.com"


@given(text=st.text(alphabet="<>&\"' ahtps:/.?=", max_size=60))
def test_a_text_made_into_links_has_no_other_markup(text: str) -> None:
    shown = _with_links(text)
    for piece in shown.split("<a href=")[1:]:
        shown = shown.replace(f"<a href={piece.partition('>')[0]}>", "", 1)
    assert "<" not in shown.replace("</a>", "")
