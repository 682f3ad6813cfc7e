"""libpq options for connections that Django does not make."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.pq import Conninfo


def libpq_options(connection: BaseDatabaseWrapper) -> dict[str, Any]:
    """Return the options by which Django connects, limited to those that libpq knows."""
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    parameters: dict[str, Any] = connection.get_connection_params()
    return {name: value for name, value in parameters.items() if name in known and value}
