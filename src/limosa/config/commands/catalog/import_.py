"""Import plans and prices from a file.

Every row is checked first. If any is wrong, each error is reported with its line and field, and
nothing changes. Otherwise the changes are listed. If plans would go off sale, or a price would move
by more than 30 %, the command asks first; without a terminal it refuses, unless --yes is given. An
edition older than the one in use is refused. Codes that a supplier's price list in force does not
have are warned of, and costs of which it says otherwise: the list counts; and prices that were
approved since: the file counts, so begin with `limosa catalog export`. The file's format, YAML
or CSV, is described in docs/reference/catalogue-file.md#the-catalogue.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from limosa.config.command import CommandFault, add_by, counted, set_up_django
from limosa.config.consent import agrees
from limosa.foundation.volume import MB

if TYPE_CHECKING:
    from limosa.domain.catalog.engine.changes import CatalogChanges
    from limosa.domain.catalog.engine.plan_row import PlanRow
    from limosa.domain.wholesale.unlisted import UnlistedCode

# A file of this size takes seconds to read, before the first plan can be stored.
LARGE_BYTES = MB
LINES_MAX = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="a .yaml or .csv file")
    parser.add_argument(
        "--dry-run", action="store_true", help="list what would change, and change nothing"
    )
    parser.add_argument(
        "--yes",
        action="store_true",
        help="do not ask before plans go off sale or a price moves by more than 30 %%",
    )
    add_by(parser)


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from limosa.domain.catalog.engine.changes import ConsentNeededError
    from limosa.domain.catalog.engine.editions import EditionRefusedError
    from limosa.domain.catalog.engine.faults import CatalogFaultsError

    try:
        return _import(arguments)
    except CatalogFaultsError as error:
        raise CommandFault(error.report()) from error
    except EditionRefusedError as error:
        raise CommandFault(str(error)) from error
    except ConsentNeededError as error:
        raise CommandFault(
            "the file or the catalogue has changed since the list was made; nothing was changed. "
            "Run it again."
        ) from error


def _import(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from limosa.config.progress import ProgressBar
    from limosa.config.staff import refusals_told, staff_member
    from limosa.domain.catalog.incoming import read_incoming
    from limosa.domain.search.operations.rebuild_index import rebuild_index
    from limosa.domain.support.duties import check_may
    from limosa.domain.support.models import AuditAction
    from limosa.domain.support.operations.import_catalog_on_record import import_catalog_on_record

    actor = staff_member(arguments.by) if arguments.by else None
    with refusals_told():
        check_may(actor, AuditAction.IMPORT_CATALOG)
    size_bytes = arguments.file.stat().st_size
    if size_bytes >= LARGE_BYTES:
        print(f"reading {size_bytes / MB:.1f} MB …", file=sys.stderr, flush=True)
    incoming = read_incoming(path=arguments.file, now=timezone.now())
    version = incoming.catalog.version
    if incoming.in_use is not None:
        print(f"catalogue {version}: this very file is in use already; nothing changed")
        return 0
    _list(incoming.changes)
    _warn([*_approved(incoming.changes), *incoming.other_costs, *_unlisted(incoming.catalog.plans)])
    if arguments.dry_run:
        print(f"catalogue {version}: this was a dry run; nothing was changed")
        return 0
    if not arguments.yes and not _agrees(incoming.changes):
        print(f"catalogue {version}: nothing was changed")
        return 1
    bar = ProgressBar("catalogue", unit="plans")
    taken = import_catalog_on_record(
        path=arguments.file,
        agreed=incoming.changes,
        actor=actor,
        now=timezone.now(),
        progress=bar.show,
    )
    bar.finish()
    rebuild_index(now=timezone.now())
    _warn(_ended(incoming.catalog.plans))
    print(f"catalogue {version}: {counted(taken.record.plan_count, 'plan')} on sale")
    return 0


def _list(changes: "CatalogChanges") -> None:
    lines = changes.lines()
    for line in islice(lines, LINES_MAX):
        print(line)
    if more := sum(1 for _ in lines):
        print(f"… and {more} more")


def _warn(lines: "Sequence[str | UnlistedCode]") -> None:
    for line in lines[:LINES_MAX]:
        print(f"warning: {line}")
    if len(lines) > LINES_MAX:
        print(f"… and {len(lines) - LINES_MAX} more warnings")


def _approved(changes: "CatalogChanges") -> list[str]:
    """Return a line for each price that staff, or a rule, decided on, and that the file takes
    back."""
    from limosa.domain.wholesale.price_lists import approved_prices
    from limosa.foundation.money import Money

    approved = approved_prices({change.plan for change in changes.prices})
    lines = []
    for change in changes.prices:
        row, minor = approved.get((change.plan, change.currency)), change.before_minor
        if row is None or minor is None or row.prices_after[change.currency] != minor:
            continue
        price = Money(minor, change.currency).to_decimal()
        lines.append(
            f"{change.plan}: {price} {change.currency} was approved on {row.decided_at:%Y-%m-%d}, "
            "after a change of cost or of the rules; this file takes that back. "
            "`limosa catalog export` writes a file with the prices of now"
        )
    return lines


def _unlisted(plans: "Iterable[PlanRow]") -> "list[UnlistedCode]":
    """Return the codes that their supplier's price list in force does not have."""
    from limosa.domain.wholesale.unlisted import UsedCode, unlisted_codes, used_codes

    used = [
        one for plan in plans for source in plan.sources for one in used_codes(plan.code, source)
    ]
    own = [UsedCode(plan.code, plan.supplier, plan.code) for plan in plans if not plan.sources]
    return list(unlisted_codes([*used, *own]))


def _ended(plans: "Iterable[PlanRow]") -> list[str]:
    """Return a line for each plan of the file that is off sale by its cost."""
    from limosa.domain.wholesale.price_lists import plans_above_price

    ended = plans_above_price().filter(code__in=[plan.code for plan in plans]).order_by("code")
    return [
        f"{row.code}: off sale, since it costs more than it sells for, "
        f"at {getattr(row, 'last_supplier', '')}"
        for row in ended
    ]


def _agrees(changes: "CatalogChanges") -> bool:
    """Return whether to go on; unless something is startling, no answer is needed."""
    startling = changes.startling
    if not startling:
        return True
    print(f"\nLook twice at {'this' if len(startling) == 1 else f'these {len(startling)}'}:")
    for line in startling:
        print(f"  {line}")
    return agrees(
        "Take it in?",
        otherwise="plans would go off sale, or a price would move by more than 30 %; nothing was "
        "changed. If it is meant, run it again with --yes.",
    )
