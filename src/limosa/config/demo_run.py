"""The demo: its processes, their environment, and the order in which they start."""

import json
import os
import shlex
import sys
import time
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path

from limosa.config import demo_wholesale
from limosa.config.command import PORT_MAX, WrongCall
from limosa.config.demo_folder import (
    check_tables_fit,
    default_folder,
    demo_secrets,
    prepare_folder,
    reset_folder,
    write_private,
)
from limosa.config.demo_phones import NAME, OnPhone, Phones
from limosa.config.phone_pki import smdp_settings
from limosa.servers.demo import Program, Supervisor, check_ports
from limosa.servers.embedded_postgres import EmbeddedPostgres

HOST = "127.0.0.1"
LAST_PORT_OFFSET = 26
WITH_WEBHOOK = ("stripe", "paypal")
SIGN_IN_MARK = "sign-in: "
# For the operator's authenticator app. It is not a secret: the demo is only for this machine, and
# its mailbox shows the code to anybody.
TOTP_SECRET = "LIMOSALIMOSALIMOSALIMOSALIMOSAAA"  # noqa: S105
PHONE_MARK = "phone: "


def run_demo(data: Path | None, *, first_port: int, reset: bool) -> None:
    """Run the demo until Ctrl-C or SIGTERM. Raises WrongCall, CommandFault, DemoFault,
    PostgresFault.
    """
    if not 1 <= first_port <= PORT_MAX - LAST_PORT_OFFSET:
        raise WrongCall(f"--port must be between 1 and {PORT_MAX - LAST_PORT_OFFSET}.")
    folder = (data or default_folder()).resolve()
    try:
        with ExitStack() as stack:
            _run(_Demo(folder, first_port=first_port), stack, reset=reset)
    except KeyboardInterrupt:
        say(f"stopped; the data stays in {folder}")


def say(text: str) -> None:
    print(f"limosa: {text}", flush=True)


class _Demo:
    """The addresses and settings of one demo."""

    def __init__(self, folder: Path, *, first_port: int) -> None:
        self.folder = folder
        self.ports = {
            "web": first_port,
            "payment gateway": first_port + 1,
            "mobile network": first_port + 3,
            "virtual phones": first_port + 4,
            "SM-DP+": first_port + 5,
            "wholesalers": first_port + 6,
            "SM-DP+ for operators": first_port + 7,
            "mailbox SMTP": first_port + 25,
            "mailbox page": first_port + LAST_PORT_OFFSET,
        }
        self.sign_ins: list[str] = []
        self.on_phones: list[OnPhone] = []

    def url(self, name: str) -> str:
        return f"http://{HOST}:{self.ports[name]}"

    def environment(self, *, database_url: str) -> dict[str, str]:
        """Return the processes' environment, except for the merchant's keys."""
        return {
            **os.environ,
            **demo_secrets(self.folder),
            "DATABASE_URL": database_url,
            "DJANGO_SETTINGS_MODULE": "limosa.config.settings",
            "LIMOSA_BASE_URL": self.url("web"),
            "LIMOSA_ALLOWED_HOSTS": f"{HOST},localhost",
            "LIMOSA_EMAIL_URL": f"smtp://{HOST}:{self.ports['mailbox SMTP']}",
            "LIMOSA_STATIC_ROOT": str(self.folder / "static"),
            "LIMOSA_RESERVE_MEGABYTES": "20",
            "LIMOSA_DEMO_SCAN_URL": self.url("payment gateway"),
            "LIMOSA_DEMO_PHONE_URL": self.url("virtual phones"),
            **smdp_settings(self.folder / "pki", address=f"{NAME}:{self.ports['SM-DP+']}"),
            **demo_wholesale.smdp_settings(
                self.folder,
                url=self.url("wholesalers"),
                es2plus_port=self.ports["SM-DP+ for operators"],
            ),
            "LIMOSA_SMDP_WORKERS": "1",
            "PYTHONUNBUFFERED": "1",
        }

    def merchant(self) -> dict[str, str]:
        """Return the merchant's settings, as prepared by the payment gateway and the
        wholesalers."""
        file = self.folder / "payment-gateway" / "merchant.json"
        settings: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
        return settings | demo_wholesale.account_settings(self.folder)

    def payment_gateway(self, *options: str) -> Program:
        port = self.ports["payment gateway"]
        return _python(
            "payment gateway",
            *("-m", "limosa.simulators.payment_gateway"),
            *("--port", str(port), "--data", str(self.folder / "payment-gateway"), *options),
            port=port,
        )

    def wholesalers(self, *options: str) -> Program:
        arguments = demo_wholesale.arguments(
            self.folder,
            url=self.url("wholesalers"),
            web_url=self.url("web"),
            smdp_port=self.ports["SM-DP+"],
            es2plus_port=self.ports["SM-DP+ for operators"],
        )
        return _python(
            "wholesalers",
            *("-m", "limosa.simulators.wholesale", *arguments, *options),
            port=self.ports["wholesalers"],
        )

    def pki(self) -> Program:
        return _python(
            "virtual phones",
            *("-m", "limosa.simulators.virtual_phone", "pki"),
            *("--pki", str(self.folder / "pki"), "--fqdn", NAME),
        )

    def simulators(self) -> list[Program]:
        return [
            self.payment_gateway(),
            self.wholesalers(),
            _python(
                "mailbox",
                *("-m", "limosa.simulators.mailbox"),
                *("--smtp-port", str(self.ports["mailbox SMTP"])),
                *("--http-port", str(self.ports["mailbox page"])),
                *("--data", str(self.folder / "mailbox")),
                *("--totp-secret", TOTP_SECRET),
                port=self.ports["mailbox page"],
            ),
            _python(
                "mobile network",
                *("-m", "limosa.simulators.virtual_network"),
                *("--port", str(self.ports["mobile network"])),
                *("--data", str(self.folder / "virtual-network")),
                *("--feed", f"{self.url('web')}/feeds/usage"),
                *("--suppliers-feed", f"{self.url('wholesalers')}/feeds/usage"),
                port=self.ports["mobile network"],
            ),
            _python(
                "virtual phones",
                *("-m", "limosa.simulators.virtual_phone", "page"),
                *("--port", str(self.ports["virtual phones"])),
                *("--phones", str(self.folder / "phones"), "--pki", str(self.folder / "pki")),
                *("--network", self.url("mobile network"), "--phone", "my-phone"),
                port=self.ports["virtual phones"],
            ),
        ]

    def servers(self) -> list[Program]:
        limosa = ("-m", "limosa.config.cli")
        web_port, smdp_port = self.ports["web"], self.ports["SM-DP+"]
        return [
            _python("worker", *limosa, "worker"),
            _python(
                "web server", *limosa, "web", "--host", HOST, "--port", str(web_port), port=web_port
            ),
            _python(
                "SM-DP+", *limosa, "smdp", "--host", HOST, "--port", str(smdp_port), port=smdp_port
            ),
        ]

    def take_line(self, line: str) -> None:
        """Pass on the set-up's output; collect the sign-ins, and what phones are to have."""
        if line.startswith(SIGN_IN_MARK):
            self.sign_ins.append(line.removeprefix(SIGN_IN_MARK))
        elif line.startswith(PHONE_MARK):
            self.on_phones.append(OnPhone.read(line.removeprefix(PHONE_MARK)))
        else:
            say(line)

    def set_webhooks(self) -> None:
        """Tell the gateway our webhook URLs, for providers that have one per account."""
        for wire in WITH_WEBHOOK:
            address = {"url": f"{self.url('web')}/payments/{wire}/notify"}
            self._control("payment gateway", f"/control/{wire}/webhook", address)

    def fill_phones(self) -> None:
        """Have the phones download what the demo's people bought before."""
        phones = Phones(HOST, self.ports["virtual phones"])
        for wanted in self.on_phones:
            phones.install(wanted)

    def _control(self, name: str, path: str, members: dict[str, str]) -> None:
        body, kind = json.dumps(members), {"Content-Type": "application/json"}
        with closing(HTTPConnection(HOST, self.ports[name], timeout=5)) as simulator:
            simulator.request("POST", path, body, kind)
            simulator.getresponse()


class _Database:
    """The database in DATABASE_URL, or else one of our own in `folder`, kept running."""

    def __init__(self, folder: Path) -> None:
        self._given = os.environ.get("DATABASE_URL", "")
        self._own = EmbeddedPostgres(folder)

    def start(self) -> str:
        if self._given:
            say("using the database that DATABASE_URL names; demo data will be put into it")
            return self._given
        say("starting PostgreSQL")
        return self._own.start()

    def keep_running(self) -> None:
        if not self._given and not self._own.is_running:
            say("PostgreSQL has ended; starting it again")
            self._own.start()

    def stop(self) -> None:
        self._own.stop()


def _run(demo: _Demo, stack: ExitStack, *, reset: bool) -> None:
    began = time.monotonic()
    stack.enter_context(prepare_folder(demo.folder))
    check_ports(demo.ports)
    say(f"the data is in {demo.folder}")
    if reset:
        reset_folder(demo.folder)
    if not os.environ.get("DATABASE_URL"):
        check_tables_fit(demo.folder)
    supervisor = Supervisor(logs=demo.folder / "logs", say=say)
    supervisor.listen_to_signals()
    database = _Database(demo.folder / "database")
    stack.callback(database.stop)
    environment = demo.environment(database_url=database.start())
    stack.callback(_stop, supervisor)
    say("starting the payment gateway, the wholesalers, the mailbox, the network and the phones")
    # The merchant's keys and settings, and the phones' certificates, exist before anybody reads
    # them.
    for prepare in (
        demo.payment_gateway("--prepare"),
        demo.wholesalers("--prepare"),
        demo.pki(),
    ):
        supervisor.run(prepare, environment=environment, hear=lambda _path: None)
    environment |= demo.merchant()
    supervisor.start(demo.simulators(), environment=environment)
    _write_environment(demo.folder, environment)
    set_up = _python("set-up", "-m", "limosa.config.demo_setup")
    supervisor.run(set_up, environment=environment, hear=demo.take_line)
    demo.set_webhooks()
    say("starting the worker, the web server and the SM-DP+")
    supervisor.start(demo.servers(), environment=environment)
    if demo.on_phones:
        say("downloading the eSIMs of the demo's people to virtual phones")
        demo.fill_phones()
    _announce(demo, seconds=time.monotonic() - began)
    supervisor.keep_running(database.keep_running)


def _stop(supervisor: Supervisor) -> None:
    say("stopping")
    supervisor.stop()


def _write_environment(folder: Path, environment: dict[str, str]) -> None:
    """Write the settings to a file, so that other commands can be run on the demo's data:
    `set -a; . .limosa/demo/environment; limosa catalog import FILE`."""
    ours = {
        name: value
        for name, value in environment.items()
        if name.startswith("LIMOSA_") or name in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
    }
    lines = [f"{name}={shlex.quote(value)}\n" for name, value in sorted(ours.items())]
    write_private(folder / "environment", "".join(lines))


def _announce(demo: _Demo, *, seconds: float) -> None:
    lines = [
        "",
        f"Limosa is ready, after {seconds:.0f} s:  {demo.url('web')}/",
        "",
        *(f"  {sign_in}" for sign_in in demo.sign_ins),
        "",
        f"  the operator's code     {demo.url('mailbox page')}/authenticator/",
        f"  mail that was sent      {demo.url('mailbox page')}/",
        f"  the payment gateway     {demo.url('payment gateway')}/",
        f"  the wholesalers         {demo.url('wholesalers')}/",
        f"  the mobile network      {demo.url('mobile network')}/",
        f"  virtual phones          {demo.url('virtual phones')}/",
        "",
        f"  data and logs: {demo.folder}",
        "  Ctrl-C stops everything.",
    ]
    print("\n".join(lines), flush=True)


def _python(name: str, *arguments: str, port: int | None = None) -> Program:
    return Program(name=name, command=[sys.executable, *arguments], port=port)
