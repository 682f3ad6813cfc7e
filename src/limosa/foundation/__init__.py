"""Words everyone uses: money, volume, identifiers, periods, problems. Only the standard library."""
