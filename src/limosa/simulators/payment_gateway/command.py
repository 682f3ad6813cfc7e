"""The command line: `python -m limosa.simulators.payment_gateway --port 8001 --data DIR`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from limosa.simulators.clock import Clock, wall_clock
from limosa.simulators.loopback_http import LoopbackServer, Routes
from limosa.simulators.payment_gateway.control import Control
from limosa.simulators.payment_gateway.gateway import Gateway, prepare
from limosa.simulators.payment_gateway.overview import Overview
from limosa.simulators.process import run_until_told


class GatewayServer:
    """A gateway with its socket. Port 0 takes any free port: see `server.url`.

    Raises OSError from the constructor if the port is in use.
    """

    def __init__(
        self, folder: Path, *, port: int = 0, public_url: str = "", time_scale: float = 1.0,
        refund_seconds: float = 1.0, clock: Clock = wall_clock,
    ) -> None:  # fmt: skip
        routes = Routes()
        self.server = LoopbackServer(routes, port=port)
        self.gateway = Gateway(
            folder,
            base_url=public_url or self.server.url,
            clock=clock,
            time_scale=time_scale,
            refund_seconds=refund_seconds,
        )
        for wire in self.gateway.wires.values():
            wire.add_routes(routes)
        Overview(self.gateway).add_to(routes)
        Control(self.gateway).add_to(routes)

    def start(self) -> None:
        self.gateway.start()
        self.server.start()

    def stop(self) -> None:
        self.gateway.release_waiting()
        self.server.stop()
        self.gateway.stop()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the gateway until SIGTERM; returns the exit status."""
    options = _parser().parse_args(arguments)
    base_url = options.public_url or f"http://127.0.0.1:{options.port}"
    if options.prepare:
        prepare(options.data, base_url=base_url)
        sys.stdout.write(f"{options.data / 'merchant.env'}\n")
        return 0
    running: list[GatewayServer] = []

    def start() -> str:
        gateway = GatewayServer(
            options.data,
            port=options.port,
            public_url=options.public_url,
            time_scale=options.time_scale,
            refund_seconds=options.refund_seconds,
        )
        running.append(gateway)
        gateway.start()
        return f"payment gateway on {gateway.server.url}"

    def stop() -> None:
        for gateway in running:
            gateway.stop()

    return run_until_told(start=start, stop=stop)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="payment_gateway", description="Four payment providers, played."
    )
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--data", type=Path, required=True, help="folder for keys and payments")
    parser.add_argument("--public-url", default="", help="its address, where it is not the port's")
    parser.add_argument(
        "--time-scale", type=float, default=1.0, help="factor for the waits between notifications"
    )
    parser.add_argument("--refund-seconds", type=float, default=1.0, help="how long a refund takes")
    parser.add_argument(
        "--prepare", action="store_true", help="write the keys and settings files, and end"
    )
    return parser
