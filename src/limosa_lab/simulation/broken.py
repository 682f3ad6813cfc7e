"""The error for an invariant that does not hold."""


class InvariantBrokenError(AssertionError):
    """`name`: I1 to I13, F1 to F12 and R1 to R9, as in docs/explanation/fault-simulation.md."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"{name}: {text}")
        self.name = name


def check(holds: object, name: str, text: object) -> None:
    """Raise InvariantBrokenError unless it holds."""
    if not holds:
        raise InvariantBrokenError(name, str(text))
