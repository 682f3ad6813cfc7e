"""List the batches of redemption codes, newest first."""

import argparse

from limosa.config.command import add_number, set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_number(parser, "--most", least=1, default=20, about="batches to list")


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from limosa.domain.redemption.models import CodeBatch
    from limosa.domain.redemption.queries import counts_by_state

    for batch in CodeBatch.objects.defer("seed").order_by("-id")[: arguments.most]:
        states = ", ".join(f"{count:,} {state}" for state, count in counts_by_state(batch).items())
        exported = "exported" if batch.exported_at else "not exported"
        worth = f"{batch.amount.to_decimal()} {batch.currency}"
        print(f"{batch.number}  {worth}  {exported}  {states or 'being made'}  {batch.label}")
    return 0
