"""Types everyone uses: money, volume, identifiers, periods, errors. Only the standard library."""
