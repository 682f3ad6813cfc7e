"""Processes of the product on the test's own database."""

import hmac
import time
import urllib.error
import urllib.request
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import quote, urlencode

from django.db import connection

from limosa.domain.ordering.changes import watch_path
from limosa.domain.ordering.models import Order
from tests.processes import LIMOSA, Process, free_ports, product_environment

SECRET = "whsec_" + "0" * 32
STRIPE = {
    "LIMOSA_STRIPE_SECRET_KEY": "sk_test_" + "0" * 24,
    "LIMOSA_STRIPE_ACCOUNT": "acct_1" + "0" * 15,
    "LIMOSA_STRIPE_WEBHOOK_SECRET": SECRET,
}


def own_environment(**more: str) -> dict[str, str]:
    """Return the environment of a process that works on this test's database."""
    its = connection.settings_dict
    query = urlencode({"host": its["HOST"]})
    url = f"postgresql://{its['USER']}:{quote(its['PASSWORD'])}@/{its['NAME']}?{query}"
    return product_environment(url, **more)


class Web:
    """A running `limosa web`. environment: beside what it needs."""

    def __init__(self, **environment: str) -> None:
        (self.port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{self.port}"
        told = {"LIMOSA_WEB_WORKERS": "2", "LIMOSA_DEBUG": "1", **STRIPE, **environment}
        self.process = Process(
            [*LIMOSA, "web", "--port", str(self.port)],
            environment=own_environment(**told),
            is_ready=lambda: self.status("/events/orders/x") == 403,
        )
        try:
            self.process.start()
        except BaseException:
            self.kill()
            raise

    def status(self, path: str, data: bytes | None = None) -> int:
        try:
            with urllib.request.urlopen(self.url + path, data=data, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code
        except OSError:
            return 0

    def notify(self, body: bytes, secret: str, *, from_address: str = "127.0.0.1") -> int:
        """Tell it something as Stripe does; return the status of its answer."""
        moment = int(time.time())  # noqa: TID251 -- signatures bear the true time.
        signed = hmac.new(secret.encode(), f"{moment}.".encode() + body, "sha256").hexdigest()
        headers = {"Stripe-Signature": f"t={moment},v1={signed}"}
        caller = HTTPConnection("127.0.0.1", self.port, 10, source_address=(from_address, 0))
        with closing(caller):
            caller.request("POST", "/payments/stripe/notify", body, headers)
            return caller.getresponse().status

    def watch(self, order: Order) -> HTTPResponse:
        answer: HTTPResponse = urllib.request.urlopen(
            self.url + watch_path(order.number), timeout=10
        )
        return answer

    def status_of_watching(self, order: Order) -> int:
        """Return the status of one more stream, which is closed again."""
        try:
            with self.watch(order) as stream:
                return stream.status
        except urllib.error.HTTPError as error:
            error.close()
            return error.code

    def kill(self) -> None:
        self.process.kill()
