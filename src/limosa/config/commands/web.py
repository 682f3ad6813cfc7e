"""Serve the pages and the live timelines, on one port.

Runs until SIGTERM or Ctrl-C. It keeps no state: any number may run side by side.
"""

import argparse

from limosa.config.command import CommandFault
from limosa.config.serving import add_serving_arguments, ready_to_serve


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_serving_arguments(parser, port=8000)


def run(arguments: argparse.Namespace) -> int:
    with ready_to_serve(arguments) as shared_folder:
        from django.conf import settings

        from limosa.config import asgi  # noqa: F401 -- see below
        from limosa.config.warm_up import warm_up
        from limosa.servers.web import AddressFault, serve

        # The processes are forks of this one: they have what it has, once for all of them.
        warm_up()
        try:
            serve(
                "limosa.config.asgi:make_application",
                host=arguments.host,
                port=arguments.port,
                shared_folder=shared_folder,
                workers=settings.WEB_WORKERS,
            )
        except AddressFault as fault:
            raise CommandFault(f"{fault} Choose another with --port.") from fault
    return 0
