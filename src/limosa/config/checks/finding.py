"""What a check found."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One line for the operator. A fault stops the start; a warning does not.

    `is_ours`: it quotes no library and no answer, only what the operator has stored.
    """

    text: str
    is_fault: bool
    is_ours: bool = False


class NotCheckedError(Exception):
    """Nothing could be looked at; another check says why."""


def fault(text: str) -> Finding:
    return Finding(text, is_fault=True)


def warning(text: str) -> Finding:
    return Finding(text, is_fault=False)


def faults_of(findings: Iterable[Finding]) -> list[str]:
    return [finding.text for finding in findings if finding.is_fault]
