"""The database engine named in the simulation's settings."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from django.db.backends.postgresql import base

from limosa_lab.simulation.stage import SimulatedCrash, current_actor

_VERBS = re.compile(
    r'\b(INSERT INTO|UPDATE|DELETE FROM|FROM)\s+"?(\w+)|(pg_notify|procrastinate_\w+|nextval)'
)
_SILENT = ("SAVEPOINT", "RELEASE", "ROLLBACK", "SET ")


class DatabaseWrapper(base.DatabaseWrapper):
    """Pauses the actor that runs the statement; other threads' statements go through at once."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.execute_wrappers.append(self._pause_before)

    def _pause_before(
        self,
        execute: Callable[..., Any],
        sql: str,
        values: Any,
        many: bool,  # noqa: FBT001 -- the order of Django's wrappers
        context: dict[str, Any],
    ) -> Any:
        actor = current_actor()
        if actor is not None and not sql.startswith(_SILENT):
            label, writes = _describe(sql)
            actor.pause(label)
            result = execute(sql, values, many, context)
            actor.changed |= writes and not self.in_atomic_block
            return result
        return execute(sql, values, many, context)

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
        """Have the stage notice who was waiting for what is released now."""
        actor = current_actor()
        if actor is not None:
            actor.changed = True

    def _forget(self) -> None:
        """Roll the transaction back, as the server does for a client that is gone."""
        self.run_on_commit = []
        self._rollback()


@cache
def _describe(sql: str) -> tuple[str, bool]:
    """Return a short description of a statement, and whether it may write."""
    words = [
        f"{verb} {table}" if verb else function for verb, table, function in _VERBS.findall(sql)
    ]
    writes = not all(word.startswith(("FROM", "pg_notify")) for word in words)
    lock = " FOR UPDATE" if "FOR UPDATE" in sql else ""
    wanted = [word for word in words if not word.startswith("FROM")] or words
    head = wanted[0] if wanted else sql[:30]
    return head.replace("FROM ", "SELECT ", 1) + lock if head.startswith("FROM") else head, writes
