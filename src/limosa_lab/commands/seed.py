"""Fill an empty database with synthetic people.

They can't sign in. The same numbers and the same --seed produce the same people, with times
relative to today. The command refuses a database that already has people. Everything is loaded in
one transaction: if interrupted, the database is unchanged. With --plans, plans are added to the
catalogue instead, and no people. See docs/howto/measure-on-many-people.md.
"""

import argparse

from limosa.config.command import CommandFault, WrongCall, add_number, set_up_django, whole_number


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--plans",
        type=whole_number(1),
        metavar="N",
        help="add this many made-up plans in 200 countries, and no people",
    )
    add_number(parser, "--subscribers", least=5, default=1_000_000, about="people in total")
    add_number(parser, "--bundles", least=1, default=10_000_000, about="bundles in total")
    parser.add_argument(
        "--orders",
        type=whole_number(0),
        metavar="N",
        help="how many of the newest bundles get a quote, an order, a payment, a journal entry "
        "and a message (default: a fifth of the bundles)",
    )
    add_number(
        parser, "--seed", least=0, default=1, about="a different seed makes different people"
    )


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    if arguments.plans:
        return _seed_plans(arguments.plans, seed=arguments.seed)
    from django.utils import timezone

    from limosa.config.progress import StepBars
    from limosa_lab.seeding.bulk_load import TablesNotEmptyError
    from limosa_lab.seeding.facts import Size
    from limosa_lab.seeding.seed import NoMonthlyPlanError, seed

    orders = arguments.bundles // 5 if arguments.orders is None else arguments.orders
    size = Size(arguments.subscribers, arguments.bundles, orders, arguments.seed)
    if size.bundles < size.esims or orders > size.bundles:
        raise WrongCall(
            "There must be at least as many bundles as eSIMs (6 for 5 people), and no more orders "
            "than bundles."
        )
    bars = StepBars()
    try:
        seed(size, now=timezone.now(), report=bars.show)
    except TablesNotEmptyError as error:
        raise CommandFault(
            f"The database already contains people or their data (table {error}); nothing was "
            "changed. Seed a new, empty database."
        ) from error
    except NoMonthlyPlanError as error:
        raise CommandFault(
            "The catalogue has no one-month data plan with a price in CNY. Import one that has, or "
            "seed a database without a catalogue."
        ) from error
    finally:
        bars.finish()
    print(
        f"seeded {size.subscribers:,} people, {size.esims:,} eSIMs, {size.bundles:,} bundles, "
        f"{orders:,} orders in {bars.seconds:.0f} s"
    )
    return 0


def _seed_plans(count: int, *, seed: int) -> int:
    from django.utils import timezone

    from limosa.config.progress import StepBars
    from limosa_lab.seeding.bulk_load import TablesNotEmptyError
    from limosa_lab.seeding.plans import seed_plans

    bars = StepBars()
    try:
        seed_plans(count, seed=seed, now=timezone.now(), report=bars.show)
    except TablesNotEmptyError as error:
        raise CommandFault(
            "The database has made-up plans already; nothing was changed. Seed a new database."
        ) from error
    finally:
        bars.finish()
    print(f"seeded {count:,} plans in {bars.seconds:.0f} s")
    return 0
