"""Measure the home and renew pages against a small database.

Fill the database with `limosa seed` first. The command visits the pages in its own process, signed
in as people picked at random, alternating between this database and one with 100 people, which it
creates on the same server and drops at the end. For each it prints the median and the 99th
percentile, the CPU time and the size of the page before compression (both at the median), and the
number of statements; then the ratio of the medians. Exits with 1 if that exceeds 1.3.
"""

import argparse

from limosa.config.command import CommandFault, add_number, set_up_django

RATIO_MAX = 1.3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_number(parser, "--people", least=100, default=500, about="people to sign in as")


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from limosa.domain.accounts.models import Subscriber
    from limosa_lab.benchmarks.pages import measure_pages
    from limosa_lab.benchmarks.two_databases import databases_allowed

    count = Subscriber.objects.count()
    if count < 100:
        raise CommandFault("The database has fewer than 100 people; `limosa seed` makes some.")
    with databases_allowed():
        results = measure_pages(people=arguments.people)
    print(
        f"{'page':<8}{'people':>12}{'p50':>10}{'p99':>10}{'CPU':>10}{'bytes':>10}{'statements':>12}"
    )
    for result in results:
        for people, timings in ((100, result.small), (count, result.large)):
            print(
                f"{result.page:<8}{people:>12,}{timings.milliseconds(50):>7.1f} ms"
                f"{timings.milliseconds(99):>7.1f} ms{timings.cpu_milliseconds:>7.1f} ms"
                f"{timings.size:>10,}{timings.statements:>12}"
            )
        print(f"{result.page:<8}{'ratio':>12}{result.ratio:>10.2f}   (at most {RATIO_MAX})")
    return 0 if all(result.ratio <= RATIO_MAX for result in results) else 1
