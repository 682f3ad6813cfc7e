"""Serve the pages and the live timelines, on one port.

Runs until SIGTERM or Ctrl-C. It keeps no state: any number may run side by side.
"""

import argparse
import os
import tempfile
from pathlib import Path

from limosa.config.command import CommandFault, host_and_port, port_number, set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument(
        "--port", type=port_number, default=8000, help="port to listen on (%(default)s)"
    )
    parser.add_argument(
        "--metrics",
        type=host_and_port,
        metavar="HOST:PORT",
        help="serve Prometheus metrics of all processes there: docs/howto/watch-a-service.md",
    )


def run(arguments: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="limosa-web-") as folder:
        metrics_folder = Path(folder, "metrics")
        metrics_folder.mkdir()
        if arguments.metrics:
            # Read when prometheus_client is imported: metrics are then kept in files there.
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics_folder)
        _serve(arguments, shared_folder=Path(folder), metrics_folder=metrics_folder)
    return 0


def _serve(arguments: argparse.Namespace, *, shared_folder: Path, metrics_folder: Path) -> None:
    set_up_django(work="web")
    from django.conf import settings

    from limosa.config.checks.start import check_before_start
    from limosa.servers.metrics import MetricsFault, show_metrics_of_processes
    from limosa.servers.web import AddressFault, serve

    check_before_start()
    try:
        if arguments.metrics:
            show_metrics_of_processes(arguments.metrics, metrics_folder)
        serve(
            "limosa.config.asgi:make_application",
            host=arguments.host,
            port=arguments.port,
            shared_folder=shared_folder,
            workers=settings.WEB_WORKERS,
        )
    except MetricsFault as fault:
        raise CommandFault(f"{fault} Choose another with --metrics.") from fault
    except AddressFault as fault:
        raise CommandFault(f"{fault} Choose another with --port.") from fault
