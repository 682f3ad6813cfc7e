"""Code shared by the `limosa codes` commands."""

import os
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from django.utils import timezone

from limosa.config.command import CommandFault, counted, printable
from limosa.config.progress import ProgressBar
from limosa.config.staff import refusals_told, staff_member
from limosa.domain.redemption.models import CodeBatch, CodeChange
from limosa.domain.redemption.operations.continue_change import continue_change
from limosa.foundation.amounts import AmountUnreadableError, read_amount
from limosa.foundation.currencies import CURRENCIES
from limosa.foundation.money import Money

_ONLY_OWN = 0o600


def batch_called(number: str) -> CodeBatch:
    """Return the batch with a number such as B-17. Raises CommandFault."""
    digits = number.upper().removeprefix("B-")
    is_number = digits.isascii() and digits.isdecimal() and len(digits) < 10
    batch = CodeBatch.objects.defer("seed").filter(pk=int(digits) if is_number else 0).first()
    if batch is not None:
        return batch
    raise CommandFault(f"there is no batch {printable(number)}; see: limosa codes list")


def amount_called(text: str, currency: str) -> Money:
    """Return an amount. Raises CommandFault."""
    if currency not in CURRENCIES:
        raise CommandFault("name the currency by three letters of ISO 4217, such as USD")
    try:
        return read_amount(text, currency=currency)
    except AmountUnreadableError as error:
        raise CommandFault(f'"{printable(text)}" is not an amount; write 20.00') from error


def change_range(arguments: Namespace, change_codes: Callable[..., CodeChange], done: str) -> int:
    """Have an operation change the codes that `add_range` named, and print how many were: `done`,
    as a participle. Return the exit status."""
    batch = batch_called(arguments.batch)
    actor = staff_member(arguments.by) if arguments.by else None
    with refusals_told():
        change = change_codes(
            batch_id=batch.pk,
            first_serial=arguments.first or batch.first_serial,
            last_serial=arguments.last or batch.last_serial,
            actor=actor,
            now=timezone.now(),
        )
    print(f"{batch.number}: {finish_change(change, label=batch.number)} {done}")
    return 0


def finish_change(change: CodeChange, *, label: str) -> str:
    """Do a change to its end with a bar; return how many codes it changed."""
    bar = ProgressBar(label, unit="codes")
    try:
        while change.done_at is None:
            change = continue_change(change_id=change.pk, now=timezone.now())
            bar.show(change.done_count, change.whole_count)
    finally:
        bar.finish()
    return counted(change.changed, "code")


@contextmanager
def kept_file(path: Path) -> Iterator[TextIO]:
    """Open a new file that only its owner may read; once it is whole, it is on the disk.

    Raises CommandFault, also if there is such a file; what was begun is removed.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _ONLY_OWN)
    except OSError as error:
        raise CommandFault(f"{path} can't be written: {error.strerror}") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(handle)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
