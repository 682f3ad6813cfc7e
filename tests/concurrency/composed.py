"""Queries that are composed once, composed anew for a control that changes how they are."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from limosa.domain.reads import PreparedRead


@contextmanager
def composed_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Let a control patch what queries are composed by; afterwards they are as before."""
    PreparedRead.forget_composed()
    try:
        with monkeypatch.context() as patch:
            yield patch
    finally:
        PreparedRead.forget_composed()
