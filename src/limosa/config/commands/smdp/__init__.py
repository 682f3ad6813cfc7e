"""Serve phones that download profiles: the built-in SM-DP+.

Runs until SIGTERM or Ctrl-C. It keeps no state: any number may run side by side.
"""

import argparse
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from limosa.config.command import CommandFault, host_and_port, port_number, set_up_django

if TYPE_CHECKING:
    from limosa.servers.smdp.listening import Tls


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument(
        "--port", type=port_number, default=8443, help="port to listen on (%(default)s)"
    )
    parser.add_argument(
        "--plain-http",
        action="store_true",
        help="without TLS, which a proxy in front then has to do; never for phones themselves",
    )
    parser.add_argument(
        "--metrics",
        type=host_and_port,
        metavar="HOST:PORT",
        help="serve Prometheus metrics of all processes there: docs/howto/watch-a-service.md",
    )


def run(arguments: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="limosa-smdp-") as folder:
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
    from limosa.config.smdp_identity import smdp_identity
    from limosa.servers.metrics import MetricsFault, show_metrics_of_processes
    from limosa.servers.smdp.listening import Listening, ListeningFault, listen

    check_before_start()
    smdp_identity()  # Before any process starts: what is wrong is told once.
    try:
        if arguments.metrics:
            show_metrics_of_processes(arguments.metrics, metrics_folder)
        listen(
            Listening(
                target="limosa.config.smdp_process:make_phones_application",
                host=arguments.host,
                port=arguments.port,
                shared_folder=shared_folder,
                tls=None if arguments.plain_http else _tls(),
            ),
            workers=settings.SMDP_WORKERS,
        )
    except (MetricsFault, ListeningFault) as fault:
        raise CommandFault(str(fault)) from fault


def _tls() -> "Tls":
    from django.conf import settings

    from limosa.servers.smdp.listening import Tls

    if not settings.SMDP_TLS_CERTIFICATE or not settings.SMDP_TLS_KEY:
        raise CommandFault(
            "TLS needs LIMOSA_SMDP_TLS_CERTIFICATE and LIMOSA_SMDP_TLS_KEY. Behind a proxy that "
            "does TLS, use --plain-http."
        )
    return Tls(certificate=Path(settings.SMDP_TLS_CERTIFICATE), key=Path(settings.SMDP_TLS_KEY))
