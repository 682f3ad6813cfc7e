"""Pure rules of the track record: what is measured."""
