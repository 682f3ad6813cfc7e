"""What a `limosa web` of a test is told, so that it works on the test's own database."""

import os
from pathlib import Path
from urllib.parse import quote, urlencode

from django.db import connection

ROOT = Path(__file__).parents[3]


def web_environment() -> dict[str, str]:
    """Return the environment of the process."""
    return {
        **os.environ,
        "DATABASE_URL": _database_url(),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": str(ROOT),
    }


def _database_url() -> str:
    its = connection.settings_dict
    query = urlencode({"host": its["HOST"]})
    return f"postgresql://{its['USER']}:{quote(its['PASSWORD'])}@/{its['NAME']}?{query}"
