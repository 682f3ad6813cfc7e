"""The seed by which each planted bug is caught today: a short cut, not a promise."""

CATCHING_SEEDS: dict[str, int] = {
    "never-charge": 1,
}
