"""The command line: `python -m limosa.simulators.virtual_network --port 8003 --feed URL …`."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from limosa.simulators.clock import Clock, wall_clock
from limosa.simulators.loopback_http import LoopbackServer, Routes
from limosa.simulators.process import run_until_told
from limosa.simulators.virtual_network.control_pages import ControlPages
from limosa.simulators.virtual_network.feed import Feed, SuppliersFirst, UsageFeed
from limosa.simulators.virtual_network.network import Network
from limosa.simulators.virtual_network.records import Records

KEY_VARIABLE = "LIMOSA_USAGE_FEED_KEY"
DATABASE_FILE = "network.sqlite3"


class NetworkServer:
    """A network with its page. Port 0 takes any free one: see `server.url`.

    Raises OSError from the constructor if the port is in use.
    """

    def __init__(
        self, folder: Path, feed: Feed, *, port: int = 0, tick_seconds: float = 1.0,
        probe_seconds: float = 3.0, clock: Clock = wall_clock,
    ) -> None:  # fmt: skip
        routes = Routes()
        self.server = LoopbackServer(routes, port=port)
        folder.mkdir(parents=True, exist_ok=True)
        self.records = Records(folder / DATABASE_FILE)
        self.network = Network(
            self.records, feed, clock, tick_seconds=tick_seconds, probe_seconds=probe_seconds
        )
        ControlPages(self.network).add_to(routes)

    def start(self) -> None:
        self.network.start()
        self.server.start()

    def stop(self) -> None:
        self.server.stop()
        self.network.stop()
        self.records.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the network until SIGTERM; returns the exit status."""
    options = _parser().parse_args(arguments)
    running: list[NetworkServer] = []

    def start() -> str:
        network = NetworkServer(options.data, _feed(options), port=options.port)
        running.append(network)
        for iccid in options.iccid:
            network.records.add_esim(iccid, pace=options.pace)
        network.start()
        return f"virtual network on {network.server.url}, reporting to {options.feed}"

    def stop() -> None:
        for network in running:
            network.stop()

    return run_until_told(start=start, stop=stop)


def _feed(options: argparse.Namespace) -> Feed:
    product = UsageFeed(options.feed, options.key)
    if not options.suppliers_feed:
        return product
    return SuppliersFirst(UsageFeed(options.suppliers_feed, ""), product)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="virtual_network", description="Uses data on eSIMs and reports it."
    )
    parser.add_argument("--port", type=int, default=8003)
    parser.add_argument("--data", type=Path, required=True, help="folder for unsent records")
    parser.add_argument("--feed", default="http://127.0.0.1:8000/feeds/usage")
    parser.add_argument(
        "--suppliers-feed",
        default="",
        help="a feed that is asked first: what it knows is not reported to the other",
    )
    parser.add_argument(
        "--key", default=os.environ.get(KEY_VARIABLE, ""), help=f"or by {KEY_VARIABLE}"
    )
    parser.add_argument("--iccid", action="append", default=[], help="an eSIM; may be repeated")
    parser.add_argument("--pace", type=int, default=0, help="bytes a second for new eSIMs")
    return parser
