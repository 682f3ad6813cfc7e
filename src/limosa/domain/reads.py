"""Reading by a query that is composed once per process instead of once per use.

The counterpart of rows.py, for the few reads that every payment makes: Django composes the SQL of
a join of four tables anew each time, which costs as much as the database's answer (ADR 11).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState

from limosa.domain.prepared import Row, Statement
from limosa.domain.statements import fetch_one

_Row = TypeVar("_Row", bound=Model)


class PreparedRead(Generic[_Row]):
    """A query for one row, by values that are put in place of the samples that it is built with.

        read_order = PreparedRead(lambda number: Order.objects.filter(number=number), "a number")
        order = read_order("L-1")

    The samples are of the values' types and of no value that the query has elsewhere. Whatever
    else the query holds is fixed with its first use.
    """

    _all: "ClassVar[list[PreparedRead[Any]]]" = []

    def __init__(self, build: Callable[..., QuerySet[_Row]], *samples: Any) -> None:
        self._build = build
        self._samples = samples
        self._composed: _Composed | None = None
        self._all.append(self)

    @classmethod
    def forget_composed(cls) -> None:
        """Have every query composed anew: for a control that changes what it is composed by."""
        for read in cls._all:
            vars(read)["_composed"] = None

    def __call__(self, *values: Any) -> _Row | None:
        """Return the row, with what `select_related` brings; None when there is none."""
        found = fetch_one(*self.statement(*values))
        return None if found is None else self.row(found)

    def statement(self, *values: Any) -> Statement:
        """Return what reads the row, for a caller that sends it together with others."""
        composed = self._composed
        if composed is None:
            composed = self._composed = _compose(self._build(*self._samples)[:1], self._samples)
        places = dict(zip(self._samples, values, strict=True))
        return composed.sql, [places.get(parameter, parameter) for parameter in composed.parameters]

    def row(self, found: Row) -> _Row:
        """Return the row that the statement has found."""
        if self._composed is None:
            raise TypeError("found by another query")
        row: _Row = self._composed.row(list(found))
        return row


@dataclass(frozen=True, slots=True)
class _Composed:
    """A query's SQL, and how its columns become a model with what belongs to it."""

    sql: str
    parameters: tuple[Any, ...]
    converters: list[tuple[int, list[Any], Any]]
    part: "_Part"

    def row(self, found: list[Any]) -> Any:
        for place, converters, expression in self.converters:
            for convert in converters:
                found[place] = convert(found[place], expression, connection)
        return self.part.row(found)


@dataclass(frozen=True, slots=True)
class _Part:
    """The columns of one model among those of a query, and the models that hang on it.

    A row is made without a look at each of its fields: what is not among the columns is missing
    from the instance, which is how Django itself defers it.
    """

    model: type[Model]
    names: tuple[str, ...]
    columns: slice
    parts: "tuple[tuple[Callable[[Model, Model | None], None], _Part], ...]"

    def row(self, found: list[Any]) -> Any:
        state = ModelState()
        state.adding = False
        state.db = "default"
        row = self.model.__new__(self.model)
        vars(row).update(zip(self.names, found[self.columns], strict=True), _state=state)
        for attach, part in self.parts:
            attach(row, None if found[part.columns.start] is None else part.row(found))
        return row


def _compose(rows: QuerySet[Any], samples: tuple[Any, ...]) -> _Composed:
    compiler = rows.query.get_compiler(using="default")
    sql, parameters = compiler.as_sql()
    if missing := set(samples) - set(parameters):
        raise TypeError(f"the query has no place for {missing}")
    expressions = [select[0] for select in compiler.select]
    return _Composed(
        sql=sql,
        parameters=tuple(parameters),
        converters=[
            (place, converters, expression)
            for place, (converters, expression) in compiler.get_converters(expressions).items()
        ],
        part=_part(compiler.klass_info, expressions),
    )


def _part(info: dict[str, Any], expressions: list[Any]) -> _Part:
    places = info["select_fields"]
    columns = slice(places[0], places[-1] + 1)
    fields = [expression.target for expression in expressions[columns]]
    if len(places) != len(fields) or not fields[0].primary_key:
        raise TypeError(f"{info['model']} is not read as a row of columns with its key first")
    return _Part(
        model=info["model"],
        names=tuple(field.attname for field in fields),
        columns=columns,
        parts=tuple(
            (related["local_setter"], _part(related, expressions))
            for related in info.get("related_klass_infos", ())
        ),
    )
