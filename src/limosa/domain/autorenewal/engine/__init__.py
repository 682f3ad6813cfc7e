"""Pure rules for renewals that take care of themselves: when, how often, and by what."""
