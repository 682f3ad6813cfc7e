"""Measure the search against a catalogue of 30 plans.

Fill the database with `limosa seed --plans 20000` first. The command searches in its own process
for what people type, alternating between this database and one with the plans that ship, which it
creates on the same server and drops at the end. For the page and for its suggestions it prints the
median and the 95th percentile of the server's time, the slowest search, and the ratio of the
medians. Exits with 1 if a 95th percentile exceeds 50 ms, or a ratio 1.5.
"""

import argparse

from limosa.config.command import add_number, set_up_django

RATIO_MAX = 1.5
MILLISECONDS_MAX = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_number(parser, "--rounds", least=5, default=20, about="times that each text is searched")


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from limosa.domain.catalog.models import Plan
    from limosa_lab.benchmarks.search import measure_search
    from limosa_lab.benchmarks.two_databases import databases_allowed

    count = Plan.objects.count()
    with databases_allowed():
        results = measure_search(rounds=arguments.rounds)
    print(f"{'page':<12}{'plans':>10}{'p50':>10}{'p95':>10}  slowest")
    for result in results:
        for plans, timings in (("shipped", result.small), (f"{count:,}", result.large)):
            slowest = timings.slowest
            print(
                f"{result.page:<12}{plans:>10}{timings.milliseconds(50):>7.1f} ms"
                f"{timings.milliseconds(95):>7.1f} ms  "
                f"{1000 * slowest.seconds:.1f} ms, {slowest.what!r}"
            )
        print(f"{result.page:<12}{'ratio':>10}{result.ratio:>10.2f}   (at most {RATIO_MAX})")
    is_met = all(
        one.ratio <= RATIO_MAX and one.large.milliseconds(95) <= MILLISECONDS_MAX for one in results
    )
    return 0 if is_met else 1
