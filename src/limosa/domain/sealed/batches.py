"""Writing the sealed texts of a table anew, some rows at a time: for migrations and new keys."""

from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from limosa.domain.sealed.fields import SealedTextField
from limosa.domain.sealed.sealing import (
    SealBrokenError,
    digests,
    newest_mark,
    open_sealed,
    seal,
)

_IS_OLD = "NOT starts_with({column}, %(mark)s)"
_IS_SEALED = "starts_with({column}, 'seal1.')"
_COUNT = f"SELECT count(*) FROM {{table}} WHERE {_IS_OLD}"
_SELECT = """
SELECT {{key}}, {{column}} FROM {{table}}
 WHERE {{key}} > %(after)s AND {condition} ORDER BY {{key}} LIMIT %(most)s
"""
# Only where it is still what was read: a row that somebody wrote meanwhile is right already.
_UPDATE = """
UPDATE {table} AS kept SET {changes}
  FROM unnest(%(keys)s::bigint[], %(old)s::text[], %(new)s::text[], %(digests)s::text[])
       AS given(key, old, new, digest)
 WHERE kept.{key} = given.key AND kept.{column} = given.old
"""
_Rows = list[tuple[int, str]]


def reseal_batch(field: SealedTextField, *, after: int, most: int) -> tuple[int, int] | None:
    """Seal rows under the newest key that are sealed under another one.

    Returns (the last row's key, how many rows), to be called again with the key as `after`; None
    when no such row is left. One transaction.
    Raises: SealBrokenError, SealingKeyMissingError; nothing changed.
    """
    return _seal_batch(field, after, most, read=lambda text: open_sealed(text, place=field.place))


def seal_plain_batch(field: SealedTextField, *, after: int, most: int) -> tuple[int, int] | None:
    """Seal rows that are stored plain. Returns and raises as `reseal_batch`. For a migration.

    Rows that an interrupted run has sealed stay sealed.
    """
    return _seal_batch(field, after, most, read=lambda text: _opened(text, field.place))


@transaction.atomic
def unseal_batch(field: SealedTextField, *, after: int, most: int) -> tuple[int, int] | None:
    """Store sealed rows plain. Returns and raises as `reseal_batch`. To undo a migration."""
    rows = _rows(field, after, most, condition=_IS_SEALED)
    return _replace(field, rows, [open_sealed(text, place=field.place) for _, text in rows])


def rows_to_reseal(field: SealedTextField) -> int:
    """Return how many rows are not sealed under the newest key."""
    with connection.cursor() as cursor:
        cursor.execute(_composed(_COUNT, field), {"mark": newest_mark()})
        (count,) = cursor.fetchone()
    return int(count)


@transaction.atomic
def _seal_batch(
    field: SealedTextField, after: int, most: int, *, read: Callable[[str], str]
) -> tuple[int, int] | None:
    rows = _rows(field, after, most, condition=_IS_OLD)
    return _replace(field, rows, [seal(read(text), place=field.place) for _, text in rows])


def _rows(field: SealedTextField, after: int, most: int, *, condition: str) -> _Rows:
    given: dict[str, str | int] = {"after": after, "most": most}
    if condition == _IS_OLD:
        given["mark"] = newest_mark()
    with connection.cursor() as cursor:
        cursor.execute(_composed(_SELECT.format(condition=condition), field), given)
        return list(cursor.fetchall())


def _replace(field: SealedTextField, rows: _Rows, new: list[str]) -> tuple[int, int] | None:
    if not rows:
        return None
    plain = [_opened(text, field.place) for text in new] if field.digest_field else []
    given: dict[str, Any] = {
        "keys": [key for key, _ in rows],
        "old": [text for _, text in rows],
        "new": new,
        "digests": [digests(text, place=field.place)[0] for text in plain],
    }
    with connection.cursor() as cursor:
        cursor.execute(_composed(_UPDATE, field), given)
    return rows[-1][0], len(rows)


def _opened(stored: str, place: str) -> str:
    try:
        return open_sealed(stored, place=place)
    except SealBrokenError:
        return stored


def _composed(statement: str, field: SealedTextField) -> str:
    """Return a statement with the names of the field's table and columns in it."""
    meta, column = field.model._meta, f'"{field.column}"'
    changes = f"{column} = given.new"
    if field.digest_field:
        changes += f', "{field.digest_field}" = given.digest'
    table, key = f'"{meta.db_table}"', f'"{meta.pk.column}"'
    return statement.format(table=table, key=key, column=column, changes=changes)
