"""Bring the index of searches up to date.

The worker does so within a minute of every change to the catalogue, to what is known of plans, and
to the names that ship with Limosa. Only what differs is written; searches go on meanwhile.
"""

import argparse

from limosa.config.command import counted, set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--force",
        action="store_true",
        help="compare every row, even if nothing has changed since the last time",
    )


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.utils import timezone

    from limosa.domain.search.operations.rebuild_index import rebuild_index

    rebuilt = rebuild_index(now=timezone.now(), is_forced=arguments.force)
    if rebuilt is None:
        print("search: the index is up to date; nothing was changed")
        return 0
    print(
        f"search: {counted(rebuilt.terms, 'name')} and {counted(rebuilt.entries, 'price')} in the "
        f"index; {counted(rebuilt.changed, 'row')} changed"
    )
    return 0
