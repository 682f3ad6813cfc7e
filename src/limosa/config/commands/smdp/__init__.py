"""Serve phones and operators: the built-in SM-DP+.

Phones download at --port (ES9+); operators order at --es2plus-port (ES2+), with a client
certificate. Runs until SIGTERM or Ctrl-C. It keeps no state: any number may run side by side.

Says what is wrong with a certificate or a key before it listens, and ends if phones would refuse
it. One that is not valid at the time, and a revocation list that should have been replaced, is
logged as a warning. Certificates and lists are read when it starts: start it again after replacing
one.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from limosa.config.command import CommandFault, port_number
from limosa.config.serving import add_serving_arguments, ready_to_serve

if TYPE_CHECKING:
    from limosa.servers.smdp.connections import Tls


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_serving_arguments(parser, port=8443)
    parser.add_argument(
        "--es2plus-port",
        type=port_number,
        metavar="PORT",
        help="port for operators (LIMOSA_SMDP_ES2PLUS_PORT; without either, they can't order)",
    )
    parser.add_argument(
        "--plain-http",
        action="store_true",
        help="both without TLS, which a proxy in front then has to do; never for phones themselves",
    )


def run(arguments: argparse.Namespace) -> int:
    with ready_to_serve(arguments) as shared_folder:
        from django.conf import settings

        from limosa.config.checks.start import check_smdp_before_start
        from limosa.servers.smdp.listening import Door, Listening, ListeningFault, listen

        tls = None if arguments.plain_http else _tls()
        doors = [Door(name="es9plus", host=arguments.host, port=arguments.port, tls=tls)]
        if port := arguments.es2plus_port or settings.SMDP_ES2PLUS_PORT:
            for_operators = tls and replace(tls, client_ca=_client_ca())
            doors.append(Door(name="es2plus", host=arguments.host, port=port, tls=for_operators))
        check_smdp_before_start(is_with_tls=tls is not None)  # Once, not in each process.
        listening = Listening(
            target="limosa.config.smdp_process:make_smdp_applications",
            doors=tuple(doors),
            shared_folder=shared_folder,
            stall_seconds=settings.SMDP_STALL_SECONDS,
            proxies=tuple(settings.TRUSTED_PROXIES),
        )
        try:
            listen(listening, workers=settings.SMDP_WORKERS)
        except ListeningFault as fault:
            raise CommandFault(str(fault)) from fault
    return 0


def _tls() -> "Tls":
    from django.conf import settings

    from limosa.servers.smdp.connections import Tls

    if not settings.SMDP_TLS_CERTIFICATE or not settings.SMDP_TLS_KEY:
        raise CommandFault(
            "TLS needs LIMOSA_SMDP_TLS_CERTIFICATE and LIMOSA_SMDP_TLS_KEY. Behind a proxy that "
            "does TLS, use --plain-http."
        )
    return Tls(certificate=Path(settings.SMDP_TLS_CERTIFICATE), key=Path(settings.SMDP_TLS_KEY))


def _client_ca() -> Path:
    from django.conf import settings

    if not settings.SMDP_ES2PLUS_CLIENT_CA:
        raise CommandFault(
            "Orders by ES2+ need LIMOSA_SMDP_ES2PLUS_CLIENT_CA: who issues the certificates of "
            "those who may order."
        )
    return Path(settings.SMDP_ES2PLUS_CLIENT_CA)
