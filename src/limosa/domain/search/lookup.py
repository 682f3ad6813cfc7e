"""The index of terms, as engine.reading asks it. Each question is one statement, by index."""

from collections.abc import Iterable, Mapping, Sequence

from django.db import connection

from limosa.domain.search.engine.terms import Form, Kind, Term
from limosa.domain.search.engine.typing_errors import shortened

# Of more names than these that begin alike, the popular ones are enough.
BEGUN_MAX = 40
NEAR_MAX = 100
_COLUMNS = "SELECT key, kind, form, targets, label FROM search_termrow"
_WHOLE = f"{_COLUMNS} WHERE key = ANY(%s)"
# The operators of text_pattern_ops: they compare by code point, whatever the database's locale.
_BEGUN = f"""
{_COLUMNS}
 WHERE key ~>=~ %s AND key ~<~ %s AND form <> ALL(%s)
 ORDER BY popularity, length(key), key LIMIT {BEGUN_MAX}
"""
# One look-up for each form: for "has any of these" the planner expects many rows, and reads all.
_NEAR = """
SELECT DISTINCT key, kind, form, targets, label
  FROM unnest(%s::text[]) AS typed(form_of_it)
  JOIN search_termrow ON shortened @> ARRAY[form_of_it]
 LIMIT %s
"""
_NEVER_BEGUN = [Form.CODE.value, Form.INITIALS.value, Form.SHORT.value]
_LAST = "\U0010ffff"


class IndexedTerms:
    """engine.reading.Lookup."""

    def whole(self, keys: Iterable[str]) -> Mapping[str, Sequence[Term]]:
        """Return the terms with each of the keys."""
        found: dict[str, list[Term]] = {}
        wanted = sorted(keys)
        if wanted:
            for term in _terms(_WHOLE, [wanted]):
                found.setdefault(term.key, []).append(term)
        return found

    def begun(self, key: str) -> Sequence[Term]:
        """Return terms whose keys begin with one, the popular ones first, at most BEGUN_MAX."""
        return _terms(_BEGUN, [key, key + _LAST, _NEVER_BEGUN])

    def near(self, key: str) -> Sequence[Term]:
        """Return at least the terms whose keys are one error away, as far as NEAR_MAX goes."""
        short = shortened(key)
        return _terms(_NEAR, [short, NEAR_MAX]) if short else []


def _terms(statement: str, parameters: list[int | str | list[str] | list[int]]) -> list[Term]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [
            Term(key, Kind(kind), Form(form), tuple(targets), label)
            for key, kind, form, targets, label in cursor.fetchall()
        ]
