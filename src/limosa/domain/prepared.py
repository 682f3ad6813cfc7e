"""The statements that one connection has prepared: by their text, several in one round trip.

Below the driver's cursors, by the layers that they stand on: `psycopg.pq`, which is PostgreSQL's
own client library, and `psycopg.adapt` (ADR 17 says why). Values go as texts, of which PostgreSQL
finds the types by their places; columns come in its binary form, which the driver reads in C.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from itertools import count
from typing import Any

from psycopg import Connection, RawCursor, abc
from psycopg.abc import Buffer, PQGen
from psycopg.adapt import Loader, PyFormat, Transformer
from psycopg.errors import (
    DataError,
    Error,
    FeatureNotSupported,
    InvalidSqlStatementName,
    error_from_result,
)
from psycopg.generators import fetch, send
from psycopg.pq import ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

Row = tuple[Any, ...]
Statement = tuple[str, Sequence[Any]]
_Call = tuple[str, list[Buffer | None]]
_Receive = Callable[[PGresult], object]
_PLACE = re.compile(r"%([s%])")


def _text(value: str) -> bytes:
    if "\0" in value:  # PostgreSQL would take it for the end.
        raise DataError("a text can't hold the character NUL")
    return str.encode(value)


_TEXTS: dict[type, Callable[[Any], Buffer | None]] = {
    bool: lambda value: b"t" if value else b"f",
    datetime: lambda value: value.isoformat().encode(),
    int: lambda value: b"%d" % value,
    str: _text,
    type(None): lambda _: None,
}


class PreparedStatements:
    """What one of the driver's connections has prepared. Used by one thread at a time."""

    def __init__(self, connection: "Connection[Any]") -> None:
        self.connection = connection
        self._prepared: dict[str, _Prepared] = {}
        self._numbers = count(1)
        self._adapters = RawCursor(connection)
        self._adapters.adapters.register_loader("jsonb", _JsonAsText)
        self._writer = Transformer(self._adapters)
        self._forget_with_the_driver()

    def run(self, asked: Sequence[Statement]) -> list[list[Row]]:
        """Run statements after each other, and return the rows of each.

        A transaction is begun where the connection wants one. Raises psycopg.Error; those behind
        the statement that failed were not run.
        """
        rows: list[list[Row]] = []
        calls = [(text, self._written(values)) for text, values in asked]
        connection, server = self.connection, self.connection.pgconn
        with connection.lock:
            server.enter_pipeline_mode()
            try:
                failed = connection.wait(_receive(server, self._send(calls, rows)))
            except BaseException:
                connection.close()  # Nobody knows what the server has still to say.
                raise
            server.exit_pipeline_mode()
        if failed is not None:
            raise self._error(failed)
        return rows

    def _written(self, values: Sequence[Any]) -> list[Buffer | None]:
        return [
            write(value) if (write := _TEXTS.get(type(value))) else self._written_by_driver(value)
            for value in values
        ]

    def _written_by_driver(self, value: Any) -> Buffer | None:
        if isinstance(value, str):  # One of a model's choices.
            return _text(value)
        return self._writer.get_dumper(value, PyFormat.TEXT).dump(value)

    def _send(self, calls: Sequence[_Call], rows: list[list[Row]]) -> list[_Receive]:
        """Send it all, and return who receives the answers, in their order."""
        server = self.connection.pgconn
        receivers: list[_Receive] = []
        if not self.connection.autocommit and server.transaction_status == TransactionStatus.IDLE:
            server.send_query_params(b"BEGIN", None)
            receivers.append(_ignore)
        new: dict[str, _Prepared] = {}
        for text, values in calls:
            prepared = self._prepared.get(text) or new.get(text)
            if prepared is None:
                prepared = new[text] = self._new()
                server.send_prepare(prepared.name, _numbered(text))
                receivers.append(partial(self._note, text, prepared))
            server.send_query_prepared(prepared.name, values, result_format=Format.BINARY)
            receivers.append(partial(prepared.receive, rows))
        server.pipeline_sync()
        return receivers

    def _new(self) -> "_Prepared":
        name = f"limosa_{next(self._numbers)}".encode()
        return _Prepared(name, Transformer(self._adapters))

    def _note(self, text: str, prepared: "_Prepared", _: PGresult) -> None:
        self._prepared[text] = prepared

    def _error(self, failed: PGresult) -> Error:
        error = error_from_result(failed)
        if isinstance(error, FeatureNotSupported | InvalidSqlStatementName):
            self._prepared.clear()  # A table has changed, or somebody deallocated statements.
        return error

    def _forget_with_the_driver(self) -> None:
        """Take note when the driver has the server forget all statements, as after a rollback."""
        connection, deallocate = self.connection, self.connection._deallocate  # noqa: SLF001

        def noted(name: bytes | None) -> PQGen[None]:
            if name is None:
                self._prepared.clear()
            return deallocate(name)

        connection._deallocate = noted  # type: ignore[method-assign]  # noqa: SLF001


@dataclass(slots=True)
class _Prepared:
    """A statement's name on the server, and what reads its columns."""

    name: bytes
    reader: abc.Transformer
    knows_columns: bool = False

    def receive(self, rows: list[list[Row]], result: PGresult) -> None:
        if result.status != ExecStatus.TUPLES_OK:
            rows.append([])
            return
        if self.knows_columns:
            self.reader.set_pgresult(result, set_loaders=False)
        else:
            self.reader.set_pgresult(result, format=Format.BINARY)
            self.knows_columns = True
        rows.append(self.reader.load_rows(0, result.ntuples, tuple))


class _JsonAsText(Loader):
    """Leaves JSON to the model's field, as Django has it for its own cursors."""

    format = Format.BINARY

    def load(self, data: Buffer) -> str:
        return bytes(data)[1:].decode()  # Behind the version of the format.


def _receive(server: PGconn, receivers: Sequence[_Receive]) -> PQGen[PGresult | None]:
    """Give each answer to its receiver; return the one that tells of a fault, if any does."""
    failed = None
    yield from send(server)
    for receive in receivers:
        result = yield from fetch(server)
        if result is None:
            raise TypeError("an answer is missing")
        if result.status == ExecStatus.FATAL_ERROR:
            failed = result
        elif result.status != ExecStatus.PIPELINE_ABORTED:
            receive(result)
        yield from fetch(server)  # None: the end of this answer.
    yield from fetch(server)  # PIPELINE_SYNC: the end of all.
    return failed


def _ignore(_: PGresult) -> None:
    pass


@cache
def _numbered(statement: str) -> bytes:
    """Return a statement with $1, $2 … in place of %s. Statements are fixed texts, so few."""
    number = count(1)
    numbered = _PLACE.sub(lambda place: f"${next(number)}" if place[1] == "s" else "%", statement)
    return numbered.encode()
