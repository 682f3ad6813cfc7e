"""Import pricing rules from a file.

The file replaces all rules, and the endings of prices. Every row is checked first. If any is wrong,
each error is reported with its line and field, and nothing changes. Prices are not changed either:
new ones are proposed, or applied where a rule allows it. The file's format is described in
docs/reference/price-lists.md#pricing-rules.
"""

import argparse
from pathlib import Path

from limosa.config.command import CommandFault, add_by, counted, set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="a .yaml file")
    add_by(parser)


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.utils import timezone

    from limosa.config.price_lists import told_of_plans
    from limosa.config.staff import refusals_told, staff_member
    from limosa.config.suppliers_told import known_suppliers
    from limosa.domain.catalog.engine.faults import CatalogFaultsError
    from limosa.domain.support.operations.change_pricing import change_pricing
    from limosa.domain.support.operations.reprice_plans import reprice_plans
    from limosa.domain.wholesale.engine.rules_file import read_rules

    actor = staff_member(arguments.by) if arguments.by else None
    try:
        file = read_rules(
            arguments.file.read_bytes(), file=arguments.file.name, suppliers=known_suppliers()
        )
    except CatalogFaultsError as error:
        raise CommandFault(error.report()) from error
    now = timezone.now()
    with refusals_told():
        is_new = change_pricing(
            edit=lambda _rules, _endings: (file.rules, file.endings),
            what=arguments.file.name,
            actor=actor,
            now=now,
        )
    rules = counted(len(file.rules), "rule")
    if not is_new:
        print("pricing: these very rules are in use already; nothing changed")
        return 0
    print(f"pricing: {rules} taken in, for {', '.join(file.endings) or 'no currency'}")
    for line in told_of_plans(reprice_plans(now=now)):
        print(line)
    return 0
