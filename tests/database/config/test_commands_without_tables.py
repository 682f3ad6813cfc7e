"""Every command of `limosa` on a database that nobody migrated: a fault on a line, no traceback."""

import os
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.commands_run import READ_SETTINGS, run_all, words_of


@pytest.fixture(scope="module")
def database_url() -> str:
    """Return the address of an empty database."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    with psycopg.connect(parts.geturl(), autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS without_tables")
        server.execute("CREATE DATABASE without_tables")
    return parts._replace(path="/without_tables").geturl()


LACK = "limosa: the database lacks tables of this version; run `limosa migrate` (relation "
# They look before they do anything, and are told by what they look with.
NO_SUPPLIER = 'limosa: no supplier "ada@example.com" is set up; there is: own_network\n'
LOOK_FIRST = {
    "codes make": "limosa: name the currency by three letters of ISO 4217, such as USD\n",
    "check": "The database is older than this version",
    "reconcile": "No payment provider called ada@example.com is set up here. Set up: none.\n",
    "suppliers deposit": NO_SUPPLIER,
    "smdp": "limosa: The database is older than this version",
    "suppliers rules import": "No such file or directory",
    "suppliers sheet import": NO_SUPPLIER,
    "suppliers statement import": NO_SUPPLIER,
    "suppliers sync": NO_SUPPLIER,
    "web": "limosa: The database is older than this version",
    "worker": "limosa: The database is older than this version",
}


@pytest.mark.timeout(400)
def test_every_command_says_in_a_line_that_the_tables_are_missing(database_url: str) -> None:
    commands = [one for one in READ_SETTINGS if words_of(one) != "migrate"]
    settings = {
        "LIMOSA_SECRET_KEY": "one for this test alone, and long enough for it",
        "LIMOSA_PIN_PEPPER": "another for this test alone, and as long as that",
        "LIMOSA_ENCRYPTION_KEYS": f"2026-11:{'q' * 43}=",
    }
    told = run_all(commands, DATABASE_URL=database_url, **settings)
    for command, (code, out, err) in zip(commands, told, strict=True):
        assert code == 1, command.words
        if (words := words_of(command)) in LOOK_FIRST:
            assert LOOK_FIRST[words] in out + err
        else:
            assert err.startswith(LACK), command.words
        assert err.count("\n") <= 1
