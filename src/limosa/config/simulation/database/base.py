"""The database engine that the simulation's settings name."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from django.db.backends.postgresql import base
from psycopg.pq import PipelineStatus

from limosa.config.simulation.stage import SimulatedCrash, current_actor

_VERBS = re.compile(
    r'\b(INSERT INTO|UPDATE|DELETE FROM|FROM)\s+"?(\w+)|(pg_notify|procrastinate_\w+|nextval)'
)
_SILENT = ("SAVEPOINT", "RELEASE", "ROLLBACK", "SET ")


class DatabaseWrapper(base.DatabaseWrapper):
    """Pauses the actor whose statement it is; anyone else's goes through at once."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.execute_wrappers.append(self._pause_before)

    def _pause_before(self, execute: Callable[..., Any], sql: str, *others: Any) -> Any:
        actor = current_actor()
        if actor is not None and not sql.startswith(_SILENT):
            label, writes = _describe(sql)
            actor.pause(label)
            result = execute(sql, *others)
            self._answered()
            actor.changed |= writes and not self.in_atomic_block
            return result
        return execute(sql, *others)

    def _answered(self) -> None:
        """Have the statement answered now, so that others step in before the next one.

        Of those that go out together (domain/statements.py) each would only wait to be sent.
        """
        if self.connection.info.pipeline_status is not PipelineStatus.OFF:
            with self.connection.pipeline():
                pass  # The end of one inside another sends what waits, and reads the answers.

    def _commit(self) -> None:
        actor = current_actor()
        if actor is None:
            super()._commit()  # type: ignore[misc]
            return
        try:
            actor.pause("COMMIT")
        except SimulatedCrash:
            self._forget()
            raise
        super()._commit()  # type: ignore[misc]
        actor.changed = True
        try:
            actor.pause("committed")
        except SimulatedCrash:
            self.run_on_commit = []
            raise

    def _rollback(self) -> None:
        self._release()
        super()._rollback()  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> None:
        self._release()
        super()._savepoint_rollback(sid)  # type: ignore[misc]

    def _release(self) -> None:
        """Have the stage see who waited for what is given up now."""
        actor = current_actor()
        if actor is not None:
            actor.changed = True

    def _forget(self) -> None:
        """Undo the transaction, as the server does for a client that is gone."""
        self.run_on_commit = []
        self._rollback()


@cache
def _describe(sql: str) -> tuple[str, bool]:
    """Return a statement in a few words, and whether it may write."""
    words = [
        f"{verb} {table}" if verb else function for verb, table, function in _VERBS.findall(sql)
    ]
    writes = not all(word.startswith(("FROM", "pg_notify")) for word in words)
    lock = " FOR UPDATE" if "FOR UPDATE" in sql else ""
    wanted = [word for word in words if not word.startswith("FROM")] or words
    head = wanted[0] if wanted else sql[:30]
    return head.replace("FROM ", "SELECT ", 1) + lock if head.startswith("FROM") else head, writes
