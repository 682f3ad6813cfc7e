"""The command line: `python -m limosa.simulators.mailbox --smtp-port 8025 --http-port 8026 …`."""

import argparse
import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from limosa.simulators.clock import Clock, wall_clock
from limosa.simulators.loopback_http import LoopbackServer, Routes
from limosa.simulators.mailbox.authenticator_page import AuthenticatorPage
from limosa.simulators.mailbox.folder import MailFolder
from limosa.simulators.mailbox.inbox_pages import InboxPages
from limosa.simulators.process import run_until_told

MESSAGE_BYTES_MAX = 20 * 1024 * 1024
_HOST = "127.0.0.1"


class Receiver:
    """aiosmtpd's handler for incoming messages."""

    def __init__(self, folder: MailFolder) -> None:
        self._folder = folder

    async def handle_DATA(  # noqa: N802  (the library's name)
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.original_content or b""
        recipients = [str(address) for address in envelope.rcpt_tos]
        name = self._folder.add(content, sender=str(envelope.mail_from), recipients=recipients)
        return f"250 kept as {name}"


class MailboxServer:
    """A mailbox with its two sockets. Port 0 takes any free one: see `smtp_port`, `server.url`.

    Raises OSError from the constructor if a port is in use.
    """

    def __init__(
        self,
        path: Path,
        *,
        smtp_port: int = 0,
        http_port: int = 0,
        totp_secret: str = "",
        clock: Clock = wall_clock,
    ) -> None:
        self.folder = MailFolder(path, clock)
        routes = Routes()
        InboxPages(self.folder).add_to(routes)
        if totp_secret:
            AuthenticatorPage(totp_secret, clock).add_to(routes)
        self.server = LoopbackServer(routes, port=http_port)
        self._loop = asyncio.new_event_loop()
        try:
            self._smtp = self._loop.run_until_complete(
                self._loop.create_server(self._new_session, _HOST, smtp_port)
            )
        except OSError:
            self._loop.close()
            self.server.server_close()
            raise
        self._thread = threading.Thread(target=self._loop.run_forever, name="smtp", daemon=True)

    @property
    def smtp_port(self) -> int:
        return int(self._smtp.sockets[0].getsockname()[1])

    def start(self) -> None:
        self._thread.start()
        self.server.start()

    def stop(self) -> None:
        """Accept no more mail and close. A message in progress was not accepted, so it is sent
        again."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._smtp.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(self._smtp.wait_closed())
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()
        self.server.stop()

    def _new_session(self) -> SMTP:
        return SMTP(
            Receiver(self.folder),
            data_size_limit=MESSAGE_BYTES_MAX,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="limosa-mailbox",
            loop=self._loop,
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the mailbox until SIGTERM; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="mailbox", description="Receives mail by SMTP and shows it on a page."
    )
    parser.add_argument("--smtp-port", type=int, default=8025)
    parser.add_argument("--http-port", type=int, default=8026)
    parser.add_argument("--data", type=Path, required=True, help="folder for the messages")
    parser.add_argument("--totp-secret", default="", help="show the codes of this secret too")
    options = parser.parse_args(arguments)
    running: list[MailboxServer] = []

    def start() -> str:
        mailbox = MailboxServer(
            options.data,
            smtp_port=options.smtp_port,
            http_port=options.http_port,
            totp_secret=options.totp_secret,
        )
        mailbox.start()
        running.append(mailbox)
        return f"mailbox: SMTP on {_HOST}:{mailbox.smtp_port}, page on {mailbox.server.url}"

    def stop() -> None:
        for mailbox in running:
            mailbox.stop()

    return run_until_told(start=start, stop=stop)
