"""Words that everyone uses: money, volume, identifiers, periods, problems. Standard library only."""
