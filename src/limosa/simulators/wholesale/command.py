"""The command line: `python -m limosa.simulators.wholesale --port 8006 --data DIR`."""

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from limosa.simulators.clock import Clock, wall_clock
from limosa.simulators.loopback_http import LoopbackServer, Routes
from limosa.simulators.process import run_until_told
from limosa.simulators.wholesale.control import Control
from limosa.simulators.wholesale.control_pages import ControlPages
from limosa.simulators.wholesale.network_calls import NetworkCalls
from limosa.simulators.wholesale.wholesaler import Options, Wholesaler, prepare


class WholesaleServer:
    """The four wholesalers with their socket. Port 0 takes any free one: see `server.url`.

    Raises OSError from the constructor if the port is in use.
    """

    def __init__(
        self, folder: Path, *, port: int = 0, options: Options | None = None,
        clock: Clock = wall_clock,
    ) -> None:  # fmt: skip
        routes = Routes()
        self.server = LoopbackServer(routes, port=port)
        self.wholesaler = Wholesaler(
            folder, base_url=self.server.url, clock=clock, options=options or Options()
        )
        for name, wire in self.wholesaler.wires.items():
            wire.add_routes(routes, f"/{name}")
        NetworkCalls(self.wholesaler.events).add_to(routes)
        Control(self.wholesaler).add_to(routes)
        ControlPages(self.wholesaler).add_to(routes)

    def start(self) -> None:
        self.wholesaler.start()
        self.server.start()

    def stop(self) -> None:
        self.wholesaler.release_waiting()
        self.server.stop()
        self.wholesaler.stop()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the wholesalers until SIGTERM; returns the exit status."""
    given = _parser().parse_args(arguments)
    if given.prepare:
        prepare(given.data, base_url=f"http://127.0.0.1:{given.port}", clock=wall_clock)
        sys.stdout.write(f"{given.data / 'buyer.env'}\n")
        return 0
    running: list[WholesaleServer] = []

    def start() -> str:
        server = WholesaleServer(given.data, port=given.port, options=_options(given))
        running.append(server)
        server.start()
        return f"wholesalers on {server.server.url}"

    def stop() -> None:
        for server in running:
            server.stop()

    return run_until_told(start=start, stop=stop)


def _options(given: argparse.Namespace) -> Options:
    return Options(
        callbacks=given.callbacks,
        smdp_url=given.smdp_url,
        smdp_address=given.smdp_address,
        smdp_ca=given.smdp_ca,
        requester=given.requester,
        profile_type=given.profile_type,
        time_scale=given.time_scale,
        age_scale=given.age_scale,
        order_seconds=given.order_seconds,
        make_profiles=tuple(shlex.split(given.make_profiles)),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="wholesale", description="Four wholesalers, played.")
    parser.add_argument("--port", type=int, default=8006)
    parser.add_argument("--data", type=Path, required=True, help="folder for accounts and orders")
    parser.add_argument(
        "--callbacks", default="", metavar="URL", help="where the buyer is told, with {code} in it"
    )
    parser.add_argument(
        "--smdp-url", default="", metavar="URL",
        help="where profiles are ordered by ES2+; otherwise they are made up",
    )  # fmt: skip
    parser.add_argument("--smdp-address", default="", help="its address for phones")
    parser.add_argument("--smdp-ca", type=Path, metavar="FILE", help="who issued its certificate")
    parser.add_argument(
        "--make-profiles", default="", metavar="COMMAND",
        help="makes as many profiles as the number that is put after it, as they run low",
    )  # fmt: skip
    parser.add_argument("--requester", default=Options().requester, metavar="OID")
    parser.add_argument("--profile-type", default=Options().profile_type, metavar="TYPE")
    parser.add_argument(
        "--time-scale", type=float, default=1.0, help="factor for the pauses between callbacks"
    )
    parser.add_argument(
        "--age-scale", type=float, default=1.0, help="factor for how old the use is that is told"
    )
    parser.add_argument(
        "--order-seconds", type=float, default=2.0, help="how long it takes to deliver an order"
    )
    parser.add_argument(
        "--prepare", action="store_true", help="write the accounts and settings, and end"
    )
    return parser
