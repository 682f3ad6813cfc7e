"""List the profile types, with their stock."""

import argparse

from limosa.config.command import set_up_django


def run(_arguments: argparse.Namespace) -> int:
    set_up_django()
    from limosa.domain.rsp.queries import stock_levels

    levels = stock_levels()
    if not levels:
        print("None. Add the first one: limosa smdp type set CODE --name N --service-provider P")
        return 0
    print(f"{'TYPE':<20} {'AVAILABLE':>9} {'ORDERED':>9} {'GONE':>9}  NAME")
    for level in levels:
        kind = level.profile_type
        low = f"  low: fewer than {kind.low_below:,}" if level.is_low else ""
        print(
            f"{kind.code:<20} {level.available:>9,} {level.ordered:>9,} {level.unavailable:>9,}"
            f"  {kind.name}{low}"
        )
    return 0
