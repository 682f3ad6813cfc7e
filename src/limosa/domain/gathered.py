"""Writes that follow each other without a look in between go to the database as one statement.

    with writes_gathered():
        insert_row(bundle)
        update_row(order, "state")
        post_entry(...)

Each statement costs its sender, the database and both ends' scheduler more than the row that it
writes (ADR 15). Nothing that is read can tell the difference: any other statement on the
connection first sends what is waiting. Only the answers come later: a new row has no key yet, and
a fault (IntegrityError, WalletTooLowError) is raised where the writes are sent.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection

from limosa.domain.statements import fetch_one

Answers = Sequence[Any]
# Ours: the statements that occur are few; a caller that makes endless ones costs time, not memory.
STATEMENTS_MAX = 200


@dataclass(frozen=True, slots=True)
class Shape:
    """A write without its values. "#" stands in all texts for its number in the statement.

    parts: name and SQL of statements that change data, with RETURNING where it is needed.
    answers: scalar expressions over those names.
    """

    parts: tuple[tuple[str, str], ...]
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Write:
    """A write. `receive` gets its answers and raises what they mean.

    changes: table and key of the row that it changes. One statement can't change a row twice.
    """

    shape: Shape
    values: Sequence[Any]
    receive: Callable[[Answers], None]
    changes: tuple[str, Any] | None = None


_waiting: ContextVar[list[Write] | None] = ContextVar("waiting", default=None)


@contextmanager
def writes_gathered() -> Iterator[None]:
    """Let the writes inside wait for each other. For the inside of a transaction.

    After an exception those that still wait are dropped: the transaction is rolled back.
    """
    if _waiting.get() is not None:
        yield  # The outer block sends them.
        return
    waiting: list[Write] = []
    token = _waiting.set(waiting)

    def send_before(execute: Callable[..., Any], *statement: Any) -> Any:
        _send_waiting(waiting)
        return execute(*statement)

    try:
        with connection.execute_wrapper(send_before):
            yield
            _send_waiting(waiting)
    finally:
        _waiting.reset(token)


def is_gathering() -> bool:
    """Tell whether a write's answers come later."""
    return _waiting.get() is not None


def write(new: Write) -> None:
    """Send a write, or let it wait inside writes_gathered(). Raises what its `receive` raises."""
    waiting = _waiting.get()
    if waiting is None:
        _send([new])
        return
    if new.changes is not None and any(new.changes == other.changes for other in waiting):
        _send_waiting(waiting)
    waiting.append(new)


def send_waiting() -> None:
    """Send what waits now, for a caller that needs an answer."""
    _send_waiting(_waiting.get() or [])


def _send_waiting(waiting: list[Write]) -> None:
    while waiting:  # Receiving an answer may write more.
        writes = waiting.copy()
        waiting.clear()
        _send(writes)


def _send(writes: list[Write]) -> None:
    statement = _composed(tuple(each.shape for each in writes))
    answers = fetch_one(statement, [value for each in writes for value in each.values])
    if answers is None:
        raise TypeError(f"a statement without an answer: {statement}")
    begin = 0
    for each in writes:
        end = begin + len(each.shape.answers)
        each.receive(answers[begin:end])
        begin = end


@lru_cache(maxsize=STATEMENTS_MAX)
def _composed(shapes: tuple[Shape, ...]) -> str:
    parts = ", ".join(
        f"{name} AS ({sql})".replace("#", str(number))
        for number, shape in enumerate(shapes)
        for name, sql in shape.parts
    )
    answers = ", ".join(
        answer.replace("#", str(number))
        for number, shape in enumerate(shapes)
        for answer in shape.answers
    )
    return f"WITH {parts} SELECT {answers}"
