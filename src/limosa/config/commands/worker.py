"""Do the jobs: fulfilment, notifications, asking providers, refunds.

Runs until SIGTERM or Ctrl-C, then finishes the jobs in hand. As many as you like may run beside
each other. Jobs of a worker that was killed are taken up by another within seconds.
"""

import argparse

from limosa.config.command import set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--concurrency",
        type=int,
        default=None,
        metavar="N",
        help="jobs at the same time (default: LIMOSA_WORKER_CONCURRENCY, or 4)",
    )


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.conf import settings

    from limosa.config.keys_check import warn_of_missing_keys
    from limosa.domain.payments.registry import check_providers
    from limosa.servers.worker import run_worker

    check_providers()
    warn_of_missing_keys()
    run_worker(concurrency=arguments.concurrency or settings.WORKER_CONCURRENCY)
    return 0
