"""Serve the pages and the live timelines, on one port.

Runs until SIGTERM or Ctrl-C. As many as you like may run beside each other: it keeps no state.
"""

import argparse

from limosa.config.command import CommandFault, set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (%(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen at (%(default)s)")


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.conf import settings

    from limosa.config.keys_check import warn_of_missing_keys
    from limosa.domain.payments.registry import check_providers
    from limosa.servers.web import AddressFault, serve

    check_providers()
    warn_of_missing_keys()
    try:
        serve(
            "limosa.config.asgi:application",
            host=arguments.host,
            port=arguments.port,
            workers=settings.WEB_WORKERS,
        )
    except AddressFault as fault:
        raise CommandFault(f"{fault} Choose another with --port.") from fault
    return 0
