"""Measure the pages that show plans: the list, a plan, a place.

Starts a PostgreSQL of its own with two catalogues beside the plans that ship: 30 plans in one
country, and `--plans` in 200, so that each page has as many rows on both. Visits them in turn as
somebody who has not signed in. Prints the medians, the 95th percentile on the large one, and the
ratio of the medians. Exits with 1 if the list takes more than 60 ms, the page of a plan or of a
place more than 30 ms (all at the median), or one of them more than 1.5 times what it takes with 30
plans. The advice and the comparison are timed only.
"""

import argparse

from limosa.config.command import add_number

LIMITS_MS = {
    "list": 60.0,
    "by GB": 60.0,
    "of a country": 60.0,
    "of a carrier": 60.0,
    "plan": 30.0,
    "coverage": 30.0,
}
RATIO_MAX = 1.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_number(parser, "--plans", least=100, default=20_000, about="plans on sale")
    add_number(parser, "--visits", least=8, default=40, about="visits of each page")


def run(arguments: argparse.Namespace) -> int:
    # Here: it needs no settings of its caller's, since its database is its own.
    from limosa.config.command import set_up_django
    from limosa_lab.benchmarks.cluster import measured_cluster

    with measured_cluster():
        set_up_django()
        from limosa_lab.benchmarks.plans import SMALL_PLANS, measure_plans

        found = measure_plans(plans=arguments.plans, visits=arguments.visits)
    few, many = f"{SMALL_PLANS} plans", f"{arguments.plans:,} plans"
    print(f"{'page':<14}{few:>14}{many:>16}{'p95':>10}{'ratio':>8}")
    is_met = True
    for result in found:
        small, large = result.small.milliseconds(50), result.large.milliseconds(50)
        print(
            f"{result.page:<14}{small:>11.1f} ms{large:>13.1f} ms"
            f"{result.large.milliseconds(95):>7.1f} ms{result.ratio:>8.2f}"
        )
        limit = LIMITS_MS.get(result.page)
        is_met &= limit is None or (large <= limit and result.ratio <= RATIO_MAX)
    return 0 if is_met else 1
