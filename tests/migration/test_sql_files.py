"""What the SQL files beside the migrations make is in the database, and nothing else of its kind.

So a file that no migration runs is noticed, and a trigger that was made elsewhere.
"""

import re
from collections.abc import Iterator

import pytest
from django.db import connection

from tests.processes import ROOT

pytestmark = pytest.mark.django_db

FILES = sorted((ROOT / "src" / "limosa" / "domain").glob("*/migrations/sql/*.sql"))
MADE = re.compile(
    r"^CREATE\s+(?:OR\s+REPLACE\s+|CONSTRAINT\s+)?(TRIGGER|FUNCTION|SEQUENCE|TABLE|INDEX)\s+(\w+)"
    r"(?:[^;]*?\sON\s+(\w+))?",
    re.MULTILINE,
)
# A model's own sequences belong to a column, what comes with an extension to the extension.
THERE = """
SELECT 'TRIGGER', tgname::text, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT 'FUNCTION', proname::text, '' FROM pg_proc AS function
 WHERE pronamespace = 'public'::regnamespace
   AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = function.oid AND deptype = 'e')
UNION ALL
SELECT 'SEQUENCE', relname::text, '' FROM pg_class AS sequence
 WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace
   AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = sequence.oid AND deptype IN ('a', 'i'))
"""
Thing = tuple[str, str, str]


def made_by_files() -> Iterator[Thing]:
    for file in FILES:
        found = MADE.findall(file.read_text(encoding="utf-8"))
        assert found, f"{file} makes nothing"
        for kind, name, table in found:
            yield kind, name, table if kind == "TRIGGER" else ""


def differences() -> set[Thing]:
    """Return what is only in the files, or only in the database, but for what procrastinate made.

    Tables and indexes of the database are not looked at: most are those of models.
    """
    made = {thing for thing in made_by_files() if thing[0] not in {"TABLE", "INDEX"}}
    assert len([kind for kind, *_ in made if kind == "TRIGGER"]) > 5
    with connection.cursor() as cursor:
        cursor.execute(THERE)
        there: list[Thing] = cursor.fetchall()
    return made ^ {thing for thing in there if not thing[1].startswith("procrastinate_")}


def test_each_trigger_function_and_sequence_is_made_by_a_file_and_is_there() -> None:
    assert differences() == set()


def test_each_table_and_index_of_a_file_is_there() -> None:
    names = {name for kind, name, _ in made_by_files() if kind in {"TABLE", "INDEX"}}
    assert names
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'i')")
        assert names <= {name for (name,) in cursor.fetchall()}


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "DROP TRIGGER ledger_append_only ON ledger_posting",
            ("TRIGGER", "ledger_append_only", "ledger_posting"),
        ),
        ("CREATE SEQUENCE of_nobody", ("SEQUENCE", "of_nobody", "")),
        (
            "CREATE FUNCTION of_nobody() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            ("FUNCTION", "of_nobody", ""),
        ),
    ],
)
def test_one_that_is_missing_and_one_of_no_file_are_told(statement: str, told: Thing) -> None:
    """The control."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
    assert differences() == {told}
