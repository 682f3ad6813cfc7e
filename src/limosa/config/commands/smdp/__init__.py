"""Serve phones that download profiles: the built-in SM-DP+.

Runs until SIGTERM or Ctrl-C. It keeps no state: any number may run side by side.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from limosa.config.command import CommandFault
from limosa.config.serving import add_serving_arguments, ready_to_serve

if TYPE_CHECKING:
    from limosa.servers.smdp.listening import Tls


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_serving_arguments(parser, port=8443)
    parser.add_argument(
        "--plain-http",
        action="store_true",
        help="without TLS, which a proxy in front then has to do; never for phones themselves",
    )


def run(arguments: argparse.Namespace) -> int:
    with ready_to_serve(arguments) as shared_folder:
        from django.conf import settings

        from limosa.config.smdp_identity import smdp_identity
        from limosa.servers.smdp.listening import Listening, ListeningFault, listen

        smdp_identity()  # Before any process starts: what is wrong is told once.
        listening = Listening(
            target="limosa.config.smdp_process:make_phones_application",
            host=arguments.host,
            port=arguments.port,
            shared_folder=shared_folder,
            tls=None if arguments.plain_http else _tls(),
        )
        try:
            listen(listening, workers=settings.SMDP_WORKERS)
        except ListeningFault as fault:
            raise CommandFault(str(fault)) from fault
    return 0


def _tls() -> "Tls":
    from django.conf import settings

    from limosa.servers.smdp.listening import Tls

    if not settings.SMDP_TLS_CERTIFICATE or not settings.SMDP_TLS_KEY:
        raise CommandFault(
            "TLS needs LIMOSA_SMDP_TLS_CERTIFICATE and LIMOSA_SMDP_TLS_KEY. Behind a proxy that "
            "does TLS, use --plain-http."
        )
    return Tls(certificate=Path(settings.SMDP_TLS_CERTIFICATE), key=Path(settings.SMDP_TLS_KEY))
