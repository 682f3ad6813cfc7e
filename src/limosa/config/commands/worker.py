"""Run the jobs: deliver, poll providers, refund, send mail.

Polls providers, delivers waiting orders, requests refunds, saves cards and accounts, compares
settlements, starts and ends bundles, recognizes revenue, reminds people, and sends mail. On SIGTERM
or Ctrl-C it finishes the jobs in hand, for up to 10 seconds. Several may run side by side; if one
is killed, another takes over its jobs within seconds. If the database is unreachable, at startup or
later, it waits.
"""

import argparse

from limosa.config.command import CommandFault, host_and_port, set_up_django, whole_number


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--concurrency",
        type=whole_number(1),
        default=None,
        metavar="N",
        help="concurrent jobs (default: LIMOSA_WORKER_CONCURRENCY, or 4)",
    )
    parser.add_argument(
        "--metrics", type=host_and_port, metavar="HOST:PORT",
        help="serve Prometheus metrics about pending work there",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    set_up_django(work="worker")
    from django.conf import settings

    from limosa.config.checks.database_check import Readiness
    from limosa.config.checks.start import check_before_start
    from limosa.config.waiting_work import WaitingWork
    from limosa.domain.rsp.engine.telling import PROGRESS_QUEUE
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
            left_out=() if settings.SMDP_PROGRESS_URLS else (PROGRESS_QUEUE,),
        )
    except WorkerEndedError as error:
        raise CommandFault(str(error)) from error
    return 0
