"""Look at all of the books, and say what is wrong.

The worker does it each hour for what has changed and for a slice of the rest; here each guard looks
at every row (docs/explanation/money.md#looked-at-each-hour). Prints a line for each finding with
what there is and what ought to be, in minor units or bytes, and how many there are; exits with 1
when something is wrong. Changes nothing of the books, and keeps what it finds for the console.
"""

import argparse

from limosa.config.command import set_up_django


def run(arguments: argparse.Namespace) -> int:  # noqa: ARG001 -- it has no options.
    set_up_django()
    from django.utils import timezone

    from limosa.config.progress import StepBars
    from limosa.domain.support.models import GuardKind
    from limosa.domain.support.operations.run_guards import run_guards

    bars = StepBars()
    try:
        findings = run_guards(now=timezone.now(), whole=True, report=bars.show)
    finally:
        bars.finish()
    for finding in findings:
        sides = "" if finding.has is None else f": {finding.has:,} in place of {finding.due:,}"
        words = [finding.number, finding.guard, finding.problem, finding.subject]
        print(f"{' '.join(filter(None, words))}{sides} {finding.unit}".rstrip())
    print(f"{len(GuardKind)} guards, {len(findings):,} findings, {bars.seconds:.1f} s")
    return 1 if findings else 0
