"""Do the jobs: deliver, ask providers, refund, send mail.

Asks providers, delivers what waits, pushes refunds, keeps cards and accounts, compares settlements,
begins and ends bundles, earns revenue, reminds people, sends mail. On SIGTERM or Ctrl-C it finishes
what it has in hand, for up to 10 seconds. Several may run beside each other; the jobs of one that
was killed are taken up by another within seconds. A database that is away, at the start or later,
is waited for.
"""

import argparse

from limosa.config.command import CommandFault, host_and_port, set_up_django, whole_number


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--concurrency",
        type=whole_number(1),
        default=None,
        metavar="N",
        help="jobs at the same time (default: LIMOSA_WORKER_CONCURRENCY, or 4)",
    )
    parser.add_argument(
        "--metrics", type=host_and_port, metavar="HOST:PORT",
        help="show Prometheus metrics there, of the work that waits",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    set_up_django(work="worker")
    from django.conf import settings

    from limosa.config.checks.database_check import Readiness
    from limosa.config.checks.start import check_before_start
    from limosa.config.waiting_work import WaitingWork
    from limosa.servers.metrics import MetricsFault, show_metrics
    from limosa.servers.worker import WorkerEndedError, run_worker

    check_before_start()
    try:
        if arguments.metrics:
            show_metrics(arguments.metrics, WaitingWork())
    except MetricsFault as fault:
        raise CommandFault(f"{fault} Choose another with --metrics.") from fault
    try:
        run_worker(
            concurrency=arguments.concurrency or settings.WORKER_CONCURRENCY,
            find_obstacle=Readiness().obstacle,
        )
    except WorkerEndedError as error:
        raise CommandFault(str(error)) from error
    return 0
