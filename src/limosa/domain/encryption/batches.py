"""Re-encrypts an encrypted column of a table under a new key, in batches."""

from typing import Any

from django.db import connection, transaction

from limosa.domain.encryption.cipher import (
    blind_indexes,
    decrypt_bytes,
    encrypt_bytes,
    newest_mark,
)
from limosa.domain.encryption.fields import Encrypted

_IS_OLD = "NOT starts_with({column}, %(mark)s)"
_COUNT = f"SELECT count(*) FROM {{table}} WHERE {_IS_OLD}"
_SELECT = f"""
SELECT {{key}}, {{column}} FROM {{table}}
 WHERE {{key}} > %(after)s AND {_IS_OLD} ORDER BY {{key}} LIMIT %(most)s
"""
# Only if the value is still the one read: a row written meanwhile already has the newest key.
_UPDATE = """
UPDATE {table} AS kept SET {changes}
  FROM unnest(%(keys)s::bigint[], %(old)s::text[], %(new)s::text[], %(digests)s::text[])
       AS given(key, old, new, digest)
 WHERE kept.{key} = given.key AND kept.{column} = given.old
"""


@transaction.atomic
def reencrypt_batch(field: Encrypted, *, after: int, most: int) -> tuple[int, int] | None:
    """Encrypt rows under the newest key that are encrypted under another one.

    Returns (the last row's key, number of rows); pass that key as `after` in the next call. None if
    no such row is left. One transaction.
    Raises: DecryptionError, EncryptionKeyMissingError; nothing changed.
    """
    with connection.cursor() as cursor:
        span: dict[str, str | int] = {"after": after, "most": most, "mark": newest_mark()}
        cursor.execute(_composed(_SELECT, field), span)
        rows: list[tuple[int, str]] = cursor.fetchall()
        if not rows:
            return None
        contents = [decrypt_bytes(text, place=field.place) for _, text in rows]
        given: dict[str, Any] = {
            "keys": [key for key, _ in rows],
            "old": [text for _, text in rows],
            "new": [encrypt_bytes(content, place=field.place) for content in contents],
            "digests": [_digest(content, field) for content in contents],
        }
        cursor.execute(_composed(_UPDATE, field), given)
    return rows[-1][0], len(rows)


def rows_to_reencrypt(field: Encrypted) -> int:
    """Return how many rows are not encrypted under the newest key."""
    with connection.cursor() as cursor:
        cursor.execute(_composed(_COUNT, field), {"mark": newest_mark()})
        (count,) = cursor.fetchone()
    return int(count)


def _digest(content: bytes, field: Encrypted) -> str:
    """Return the digest beside the column; nothing where there is none."""
    return blind_indexes(content.decode(), place=field.place)[0] if field.index_field else ""


def _composed(statement: str, field: Encrypted) -> str:
    """Return a statement with the field's table and column names filled in."""
    meta, column = field.model._meta, f'"{field.column}"'
    changes = f"{column} = given.new"
    if field.index_field:
        changes += f', "{field.index_field}" = given.digest'
    table, key = f'"{meta.db_table}"', f'"{meta.pk.column}"'
    return statement.format(table=table, key=key, column=column, changes=changes)
