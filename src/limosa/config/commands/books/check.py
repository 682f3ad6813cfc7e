"""Check all of the books.

The worker does this each hour for what has changed and for a slice of the rest; here each guard
checks every row (docs/explanation/money.md#looked-at-each-hour). Prints a line for each finding,
with the actual and the expected value in minor units or bytes, and the number of findings; exits
with 1 if there are any. Changes nothing in the books, and stores the findings for the console.
"""

import argparse
from typing import TYPE_CHECKING

from limosa.config.command import counted, set_up_django

if TYPE_CHECKING:
    from limosa.domain.support.models import Finding


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
        print(line_of(finding))
    found = counted(len(findings), "finding")
    print(f"{counted(len(GuardKind), 'guard')}, {found}, {bars.seconds:.1f} s")
    return 1 if findings else 0


def line_of(finding: "Finding") -> str:
    """Return what is printed of a finding: of some, only one side is known, or neither."""
    sides = ""
    if finding.has is not None:
        due = "" if finding.due is None else f" in place of {finding.due:,}"
        sides = f": {finding.has:,}{due}"
    words = [finding.number, finding.guard, finding.problem, finding.subject]
    return f"{' '.join(filter(None, words))}{sides} {finding.unit}".rstrip()
