"""The books at rest, as the fault simulation looks at them; its faults are AssertionErrors."""

from limosa.config.simulation.books import check_books

__all__ = ["check_books"]
