"""Fetch a supplier's price list now.

Its pages are read one after another, at the pace that the supplier takes, then compared with its
last list. Prints what changed, and what it means for the plans on sale: which new prices are
proposed, which applied by rule, and which plans went off sale since they cost more than they sell
for. The console shows each change, and decides. A list that can't be read as a whole changes
nothing.

The worker does the same each night. A list that it is fetching right now is fetched here as well;
whoever is first stores it.
"""

import argparse
import sys

from limosa.config.command import CommandFault, counted, set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", help="the supplier's code, as in the settings")


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.utils import timezone

    from limosa.config.price_lists import told
    from limosa.config.progress import ProgressBar
    from limosa.config.staff import refusals_told
    from limosa.config.suppliers_told import check_is_set_up, check_lists_plans
    from limosa.domain.support.operations.sync_price_list import sync_price_list
    from limosa.domain.wholesale.operations.request_sheet import request_sheet

    check_is_set_up(arguments.code)
    check_lists_plans(arguments.code)
    bar = ProgressBar(arguments.code, unit="plans")

    def show(done: int, total: int | None) -> None:
        if total is None:
            print(f"{arguments.code}: {counted(done, 'plan')} so far", file=sys.stderr)
        else:
            bar.show(done, total)

    with refusals_told():
        sheet = request_sheet(supplier_code=arguments.code, now=timezone.now())
    synced = sync_price_list(sheet_id=sheet.pk, clock=timezone.now, progress=show)
    bar.finish()
    if synced.sheet.failure:
        raise CommandFault(
            f"{arguments.code}: the list was not taken in ({synced.sheet.failure} "
            f"{synced.sheet.failed_plan}".rstrip()
            + "); nothing was changed"
        )
    for line in told(synced):
        print(line)
    return 0
