"""Reads the environment by the declarations of its variables (foundation/variables.py).

Invalid values are noted and replaced by their defaults, so that the settings can be read to their
end; then `refuse_faults` stops the start with everything noted, one line each. An empty variable
counts as unset.
"""

import os
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

from django.core.exceptions import ImproperlyConfigured

from limosa.foundation.variables import PREFIX, Declaration, Variable

T = TypeVar("T")
_CLOSE = 0.9  # Of 1: one letter of ten missing, or two swapped in a name of eleven.
_subjects: list["Subject"] = []
_faults: list[str] = []


class Subject:
    """Variables that belong together, under one heading of the reference."""

    def __init__(self, title: str, *, declaration: Declaration | None = None) -> None:
        self.title = title
        self.declaration = declaration
        self.variables: list[Variable[Any]] = []
        _subjects.append(self)

    def read(self, variable: Variable[T], *, default: str = "") -> T:
        """Return a variable's value. `default`: one that is computed."""
        if variable.is_needed and not given(variable):
            note_fault(variable.name, f"is not set.{variable.where_to_get}")
        return variable.kind.parse(self._text_of(variable, default or variable.default))

    def read_optional(self, variable: Variable[T]) -> T | None:
        """Return a variable's value, even of one that is required only once others are set.

        None: it is not set, and its type has no value for that.
        """
        text = self._text_of(variable, variable.default)
        return None if not text and variable.faults_of("") else variable.kind.parse(text)

    def _text_of(self, variable: Variable[Any], default: str) -> str:
        """Return the text to use; note what is wrong with the given one."""
        self.variables.append(variable)
        text = given(variable)
        faults = variable.faults_of(text) if text else []
        for fault in faults:
            note_fault(variable.name, fault)
        return default if faults or not text else text


def read_declared(declaration: Declaration) -> dict[str, Any]:
    """Return the values for a provider or a supplier, by the names without their prefix."""
    subject = Subject(declaration.title, declaration=declaration)
    return {
        declaration.key_of(variable.name): subject.read_optional(variable)
        for variable in declaration.variables
    }


def is_turned_on(declaration: Declaration) -> bool:
    return not declaration.turned_on_by or bool(os.environ.get(declaration.turned_on_by))


def given(variable: Variable[Any]) -> str:
    """Return a variable's text; empty if it is not set."""
    return os.environ.get(variable.name, "")


def subjects() -> tuple[Subject, ...]:
    """Return all subjects, in the order of reading."""
    return tuple(_subjects)


def declared_variables() -> Iterator[Variable[Any]]:
    """Yield every variable that is read."""
    for subject in _subjects:
        yield from subject.variables


def refuse_faults() -> None:
    """Raise ImproperlyConfigured with every fault noted, one line each."""
    if _faults:
        raise ImproperlyConfigured("\n".join(_faults))


def note_fault(name: str, what: str) -> None:
    """Note that a variable is invalid."""
    _faults.append(f"{name} {what}")


def secret_texts() -> list[str]:
    """Return the secrets in what was read, in every form in which they may appear."""
    return [
        secret
        for variable in declared_variables()
        for secret in variable.secrets_in(given(variable))
    ]


def unknown_names(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that no setting reads and that look misspelt, each with the name that
    was probably meant, or an empty text.

    Those are all that begin with LIMOSA_ in any case, and those close to a name that is not set.
    """
    known = {variable.name for variable in declared_variables()}
    unset = [name for name in sorted(known) if name not in environment]
    meant = {
        name: next(iter(get_close_matches(name.upper(), unset, n=1, cutoff=_CLOSE)), "")
        for name in sorted(environment.keys() - known)
    }
    return {name: one for name, one in meant.items() if one or name.upper().startswith(PREFIX)}
