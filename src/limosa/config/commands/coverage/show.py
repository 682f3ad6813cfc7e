"""Show what is known of a country.

That is: its names, the regions that list it, and its operators with their network codes, the
fastest generation, and access point names. The country is given by its code of ISO 3166, as US.
"""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from limosa.config.command import CommandFault, printable, set_up_django

if TYPE_CHECKING:
    from limosa.domain.coverage.engine.operators import Operator

_UNKNOWN = "-"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("country", metavar="COUNTRY", help="two letters of ISO 3166, as US")


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from limosa.domain.coverage.credits import credits_for
    from limosa.domain.coverage.queries import countries, operators_of

    code = arguments.country.upper()
    country = next((one for one in countries() if one.code == code), None)
    if country is None:
        raise CommandFault(
            f"{printable(arguments.country)} is not a country; write two letters of ISO 3166, as US"
        )
    names = dict.fromkeys([*country.short_names.values(), *country.names.values()])
    print(f"{code}  {' · '.join(names)}")
    print(f"regions: {', '.join(country.regions) or _UNKNOWN}")
    operators = operators_of(code)
    print(*_lines(operators), sep="\n")
    for credit in credits_for(operators):
        print(f"\nNetworks: {credit.title} ({credit.address}), {credit.licence}")
    return 0


def _lines(operators: "tuple[Operator, ...]") -> Iterator[str]:
    yield "operators: " + (_UNKNOWN if not operators else str(len(operators)))
    for one in operators:
        kind = " (on another's network)" if one.is_virtual else ""
        yield f"  {one.name}{kind}  {one.fastest or _UNKNOWN}"
        yield f"    codes: {' '.join(map(str, one.plmns)) or _UNKNOWN}"
        if one.apns:
            names = dict.fromkeys(apn.value for apn in one.apns)
            yield f"    access point names: {', '.join(names)}"
