"""What the commands that serve a port in several processes have in common."""

import argparse
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from limosa.config.command import CommandFault, host_and_port, port_number, set_up_django


def add_serving_arguments(parser: argparse.ArgumentParser, *, port: int) -> None:
    """Add --host, --port and --metrics. port: the default."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument(
        "--port", type=port_number, default=port, help="port to listen on (%(default)s)"
    )
    parser.add_argument(
        "--metrics",
        type=host_and_port,
        metavar="HOST:PORT",
        help="serve Prometheus metrics of all processes there: docs/howto/watch-a-service.md",
    )


@contextmanager
def ready_to_serve(arguments: argparse.Namespace) -> Iterator[Path]:
    """Set up Django, check what can be checked, and show the metrics if they are wanted.

    Yields a folder for what the processes share, which is deleted at the end. Raises CommandFault.
    """
    with tempfile.TemporaryDirectory(prefix="limosa-serving-") as folder:
        metrics_folder = Path(folder, "metrics")
        metrics_folder.mkdir()
        if arguments.metrics:
            # Read when prometheus_client is imported: metrics are then kept in files there.
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics_folder)
        set_up_django(work="web")
        from limosa.config.checks.start import check_before_start
        from limosa.servers.metrics import MetricsFault, show_metrics_of_processes

        check_before_start()
        if arguments.metrics:
            try:
                show_metrics_of_processes(arguments.metrics, metrics_folder)
            except MetricsFault as fault:
                raise CommandFault(f"{fault} Choose another with --metrics.") from fault
        yield Path(folder)
